"""Configurations of runs."""

from runwatch.sdk.config.distributed import MpiConfiguration, PyTorchConfiguration, TensorflowConfiguration
from runwatch.sdk.config.run import RunConfiguration
from runwatch.sdk.environment.dependency import CondaDependencies
from runwatch.sdk.environment.section import ContainerRegistry, DockerConfiguration

__all__ = [
    "CondaDependencies",
    "ContainerRegistry",
    "DockerConfiguration",
    "MpiConfiguration",
    "PyTorchConfiguration",
    "RunConfiguration",
    "TensorflowConfiguration",
]
