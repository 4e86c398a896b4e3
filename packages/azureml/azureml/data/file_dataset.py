"""Datasets of files."""

from runwatch.sdk.dataset.dataset import FileDataset

__all__ = ["FileDataset"]
