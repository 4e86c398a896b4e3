"""Folders that scripts write to."""

from runwatch.sdk.dataset.consumption import OutputFileDatasetConfig

__all__ = ["OutputFileDatasetConfig"]
