"""Where images come from."""

from runwatch.sdk.environment.section import ContainerRegistry

__all__ = ["ContainerRegistry"]
