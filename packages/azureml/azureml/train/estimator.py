"""Scripts with their packages."""

from runwatch.sdk.estimator import Estimator, Gloo, Mpi, Nccl, ParameterServer

__all__ = ["Estimator", "Gloo", "Mpi", "Nccl", "ParameterServer"]
