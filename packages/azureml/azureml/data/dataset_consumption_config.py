"""Datasets as inputs."""

from runwatch.sdk.dataset.consumption import DatasetConsumptionConfig

__all__ = ["DatasetConsumptionConfig"]
