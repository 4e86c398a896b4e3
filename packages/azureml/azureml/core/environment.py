"""Environments."""

from runwatch.sdk.environment.dependency import CondaDependencies
from runwatch.sdk.environment.environment import Environment
from runwatch.sdk.environment.section import ContainerRegistry, DockerSection, PythonSection

__all__ = ["CondaDependencies", "ContainerRegistry", "DockerSection", "Environment", "PythonSection"]
