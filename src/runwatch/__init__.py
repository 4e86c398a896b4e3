"""Runwatch records, launches, watches and compares machine-learning runs on your own machines.

Public names load when they are first used, so that ``import runwatch`` costs next to nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers take it for true; importing typing would be most of the cost of this module
if TYPE_CHECKING:
    from typing import Any

    from runwatch.sdk.compute.cluster import AmlCompute
    from runwatch.sdk.compute.target import ComputeTarget
    from runwatch.sdk.config.distributed import MpiConfiguration, PyTorchConfiguration, TensorflowConfiguration
    from runwatch.sdk.config.run import RunConfiguration
    from runwatch.sdk.config.script import ScriptRunConfig
    from runwatch.sdk.dataset.consumption import DatasetConsumptionConfig, OutputFileDatasetConfig
    from runwatch.sdk.dataset.dataset import FileDataset, TabularDataset
    from runwatch.sdk.dataset.factory import Dataset, DataType
    from runwatch.sdk.datastore import Datastore
    from runwatch.sdk.environment.dependency import CondaDependencies
    from runwatch.sdk.environment.environment import Environment
    from runwatch.sdk.environment.section import DockerConfiguration
    from runwatch.sdk.experiment import Experiment
    from runwatch.sdk.keyvault import Keyvault
    from runwatch.sdk.model.model import Model
    from runwatch.sdk.run import Run, get_run
    from runwatch.sdk.workspace import Workspace

__version__ = "0.1.0"

VERSION = __version__
"""The version as the original's ``azureml.core.VERSION``."""

__all__ = [
    "VERSION",
    "AmlCompute",
    "ComputeTarget",
    "CondaDependencies",
    "DataType",
    "Dataset",
    "DatasetConsumptionConfig",
    "Datastore",
    "DockerConfiguration",
    "Environment",
    "Experiment",
    "FileDataset",
    "Keyvault",
    "Model",
    "MpiConfiguration",
    "OutputFileDatasetConfig",
    "PyTorchConfiguration",
    "Run",
    "RunConfiguration",
    "ScriptRunConfig",
    "TabularDataset",
    "TensorflowConfiguration",
    "Workspace",
    "__version__",
    "get_run",
]

_HOMES = {
    "CondaDependencies": "runwatch.sdk.environment.dependency",
    "DataType": "runwatch.sdk.dataset.factory",
    "Dataset": "runwatch.sdk.dataset.factory",
    "DatasetConsumptionConfig": "runwatch.sdk.dataset.consumption",
    "Datastore": "runwatch.sdk.datastore",
    "FileDataset": "runwatch.sdk.dataset.dataset",
    "Keyvault": "runwatch.sdk.keyvault",
    "OutputFileDatasetConfig": "runwatch.sdk.dataset.consumption",
    "TabularDataset": "runwatch.sdk.dataset.dataset",
    "DockerConfiguration": "runwatch.sdk.environment.section",
    "Environment": "runwatch.sdk.environment.environment",
    "AmlCompute": "runwatch.sdk.compute.cluster",
    "ComputeTarget": "runwatch.sdk.compute.target",
    "Experiment": "runwatch.sdk.experiment",
    "Model": "runwatch.sdk.model.model",
    "MpiConfiguration": "runwatch.sdk.config.distributed",
    "PyTorchConfiguration": "runwatch.sdk.config.distributed",
    "Run": "runwatch.sdk.run",
    "RunConfiguration": "runwatch.sdk.config.run",
    "ScriptRunConfig": "runwatch.sdk.config.script",
    "TensorflowConfiguration": "runwatch.sdk.config.distributed",
    "Workspace": "runwatch.sdk.workspace",
    "get_run": "runwatch.sdk.run",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(shell: Any) -> None:
    """Make ``%runwatch`` and ``%%runwatch`` known: called by ``%load_ext runwatch``."""
    from runwatch.widget import magic

    magic.load(shell)
