"""Data."""

from runwatch.sdk.dataset.consumption import OutputFileDatasetConfig
from runwatch.sdk.dataset.dataset import AbstractDataset, FileDataset, TabularDataset
from runwatch.sdk.dataset.factory import Dataset, DataType

__all__ = ["AbstractDataset", "DataType", "Dataset", "FileDataset", "OutputFileDatasetConfig", "TabularDataset"]
