"""Configurations of runs."""

from runwatch.sdk.config.distributed import MpiConfiguration, PyTorchConfiguration, TensorflowConfiguration
from runwatch.sdk.config.run import RunConfiguration
from runwatch.sdk.environment.dependency import CondaDependencies
from runwatch.sdk.environment.section import (
    DEFAULT_CPU_IMAGE,
    DEFAULT_GPU_IMAGE,
    ContainerRegistry,
    DockerConfiguration,
)

__all__ = [
    "DEFAULT_CPU_IMAGE",
    "DEFAULT_GPU_IMAGE",
    "CondaDependencies",
    "ContainerRegistry",
    "DockerConfiguration",
    "MpiConfiguration",
    "PyTorchConfiguration",
    "RunConfiguration",
    "TensorflowConfiguration",
]
