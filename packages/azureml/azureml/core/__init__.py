"""The face of the original: workspaces, experiments, runs and what they need."""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers take it for true; importing typing would be most of the cost of this module
if TYPE_CHECKING:
    from typing import Any

    from azureml._version import VERSION
    from runwatch.sdk.absent import (
        Image,
        LinkedService,
        PrivateEndPoint,
        PrivateEndPointConfig,
        SynapseWorkspaceLinkedServiceConfiguration,
        Webservice,
        attach_legacy_compute_target,
        is_compute_target_prepared,
        prepare_compute_target,
        remove_legacy_compute_target,
    )
    from runwatch.sdk.compute.target import ComputeTarget
    from runwatch.sdk.config.run import RunConfiguration
    from runwatch.sdk.config.script import ScriptRunConfig
    from runwatch.sdk.dataset.factory import Dataset
    from runwatch.sdk.datastore import Datastore
    from runwatch.sdk.environment.environment import Environment
    from runwatch.sdk.environment.section import ContainerRegistry
    from runwatch.sdk.experiment import Experiment
    from runwatch.sdk.keyvault import Keyvault
    from runwatch.sdk.model.model import Model
    from runwatch.sdk.run import Run, get_run
    from runwatch.sdk.run import Run as ScriptRun
    from runwatch.sdk.telemetry import diagnostic_log
    from runwatch.sdk.workspace import Workspace

__all__ = [
    "VERSION",
    "ComputeTarget",
    "ContainerRegistry",
    "Dataset",
    "Datastore",
    "Environment",
    "Experiment",
    "Image",
    "Keyvault",
    "LinkedService",
    "Model",
    "PrivateEndPoint",
    "PrivateEndPointConfig",
    "Run",
    "RunConfiguration",
    "ScriptRun",
    "ScriptRunConfig",
    "SynapseWorkspaceLinkedServiceConfiguration",
    "Webservice",
    "Workspace",
    "attach_legacy_compute_target",
    "diagnostic_log",
    "get_run",
    "is_compute_target_prepared",
    "prepare_compute_target",
    "remove_legacy_compute_target",
]

_HOMES = {
    "ComputeTarget": "runwatch.sdk.compute.target",
    "ContainerRegistry": "runwatch.sdk.environment.section",
    "Dataset": "runwatch.sdk.dataset.factory",
    "Datastore": "runwatch.sdk.datastore",
    "Environment": "runwatch.sdk.environment.environment",
    "Experiment": "runwatch.sdk.experiment",
    "Image": "runwatch.sdk.absent",
    "Keyvault": "runwatch.sdk.keyvault",
    "LinkedService": "runwatch.sdk.absent",
    "Model": "runwatch.sdk.model.model",
    "PrivateEndPoint": "runwatch.sdk.absent",
    "PrivateEndPointConfig": "runwatch.sdk.absent",
    "Run": "runwatch.sdk.run",
    "RunConfiguration": "runwatch.sdk.config.run",
    "ScriptRun": "runwatch.sdk.run",
    "ScriptRunConfig": "runwatch.sdk.config.script",
    "SynapseWorkspaceLinkedServiceConfiguration": "runwatch.sdk.absent",
    "Webservice": "runwatch.sdk.absent",
    "Workspace": "runwatch.sdk.workspace",
    "attach_legacy_compute_target": "runwatch.sdk.absent",
    "diagnostic_log": "runwatch.sdk.telemetry",
    "get_run": "runwatch.sdk.run",
    "is_compute_target_prepared": "runwatch.sdk.absent",
    "prepare_compute_target": "runwatch.sdk.absent",
    "remove_legacy_compute_target": "runwatch.sdk.absent",
    "VERSION": "azureml._version",
}
_PARTS = {
    "authentication",
    "compute",
    "compute_target",
    "conda_dependencies",
    "container_registry",
    "dataset",
    "datastore",
    "diagnostics",
    "environment",
    "experiment",
    "image",
    "keyvault",
    "linked_service",
    "model",
    "private_endpoint",
    "run",
    "runconfig",
    "script_run",
    "script_run_config",
    "webservice",
    "workspace",
}
"""Modules that are there without being imported, as in the original, which loaded them all."""


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _PARTS:
        return import_module(f"{__name__}.{name}")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), {"ScriptRun": "Run"}.get(name, name))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_PARTS})
