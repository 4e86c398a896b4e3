"""What makes datasets."""

from runwatch.sdk.dataset.factory import DataType, FileDatasetFactory, TabularDatasetFactory

__all__ = ["DataType", "FileDatasetFactory", "TabularDatasetFactory"]
