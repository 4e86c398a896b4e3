"""Steps of pipelines."""

from runwatch.sdk.absent import (
    AutoMLStep,
    CommandStep,
    DatabricksStep,
    DataTransferStep,
    EstimatorStep,
    HyperDriveStep,
    MpiStep,
    ParallelRunConfig,
    ParallelRunStep,
    RScriptStep,
)
from runwatch.sdk.pipeline.step import PythonScriptStep

__all__ = [
    "AutoMLStep",
    "CommandStep",
    "DataTransferStep",
    "DatabricksStep",
    "EstimatorStep",
    "HyperDriveStep",
    "MpiStep",
    "ParallelRunConfig",
    "ParallelRunStep",
    "PythonScriptStep",
    "RScriptStep",
]
