"""Datasets."""

from runwatch.sdk.dataset.factory import Dataset

__all__ = ["Dataset"]
