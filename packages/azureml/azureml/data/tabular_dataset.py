"""Datasets of tables."""

from runwatch.sdk.dataset.dataset import TabularDataset

__all__ = ["TabularDataset"]
