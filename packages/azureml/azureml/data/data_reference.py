"""Paths in datastores as inputs."""

from runwatch.sdk.data_reference import DataReference

__all__ = ["DataReference"]
