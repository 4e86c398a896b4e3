"""A run configuration: where and with what a script runs, as the original names it."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any, Final

from runwatch.sdk.compute.target import LOCAL, target_name
from runwatch.sdk.config.distributed import MpiConfiguration, PyTorchConfiguration, TensorflowConfiguration
from runwatch.sdk.config.environment import DEFAULT_NAME
from runwatch.sdk.environment.environment import Environment

MAX_RUN_S: Final = 2_592_000
"""Thirty days: how long a run may take unless it is told otherwise, in s."""


class RunConfiguration:
    """Where and with what a script runs. Every attribute can be assigned.

    Args:
        script: The script's path below the source folder.
        arguments: Its arguments.
        framework: ``Python``, ``PyTorch`` or ``TensorFlow``; ``Python`` if None.
        communicator: ``None``, ``Mpi``, ``Nccl``, ``Gloo`` or ``ParameterServer``; ``None`` if None.
        conda_dependencies: The packages of the environment.
        _history_enabled: Accepted and ignored.
        _path: Where `save` puts it unless told otherwise.
        _name: Under which name.
        command: Instead of a script.

    Attributes:
        node_count: Machines.
        environment_variables: Given to the script's process, on top of those of the environment.
        mpi: Processes, if the communicator is MPI; likewise ``pytorch`` and ``tensorflow``.
        docker: Settings of the container, or None.
        history: ``output_collection``, ``snapshot_project`` and ``directories_to_watch``; kept.
        max_run_duration_seconds: It is ended after so long, in s.
        data: Kept, like ``data_references``, ``output_data``, ``amlcompute`` and ``spark``, and of no effect.
    """

    def __init__(
        self,
        script: str | None = None,
        arguments: list[Any] | None = None,
        framework: str | None = None,
        communicator: str | None = None,
        conda_dependencies: Any = None,
        _history_enabled: bool | None = None,
        _path: str | os.PathLike[str] | None = None,
        _name: str | None = None,
        command: list[Any] | str | None = None,
    ) -> None:
        self.script = script
        self.arguments = list(arguments or [])
        self.command = command
        self.framework = framework or "Python"
        self.communicator = communicator or "None"
        self._environment: Any = Environment(DEFAULT_NAME)
        if conda_dependencies is not None:
            self._environment.python.conda_dependencies = conda_dependencies
        self.node_count = 1
        self.environment_variables: dict[str, str] = {}
        self.mpi = MpiConfiguration()
        self.pytorch = PyTorchConfiguration()
        self.tensorflow = TensorflowConfiguration()
        self.docker: Any = None
        self.history = SimpleNamespace(output_collection=True, snapshot_project=True, directories_to_watch=["logs"])
        self.amlcompute = SimpleNamespace(
            vm_size=None, vm_priority=None, name=None, retain_cluster=False, cluster_max_node_count=None
        )
        self.spark: Any = None
        self.data: dict[str, Any] = {}
        self.data_references: dict[str, Any] = {}
        self.output_data: dict[str, Any] = {}
        self.max_run_duration_seconds: float | None = MAX_RUN_S
        self._target = LOCAL
        self._path, self._name = _path, _name

    @property
    def environment(self) -> Any:
        """Its environment: one of which nothing was said, as at first, is the Python that submits.

        None can be assigned for that, too.
        """
        return self._environment

    @environment.setter
    def environment(self, value: object) -> None:
        self._environment = Environment(DEFAULT_NAME) if value is None else value

    @property
    def target(self) -> str:
        """The compute target's name; a `ComputeTarget` can be assigned, too, and None means ``local``."""
        return self._target

    @target.setter
    def target(self, value: object) -> None:
        self._target = LOCAL if value is None else target_name(value)

    def save(
        self,
        path: str | os.PathLike[str] | None = None,
        name: str | None = None,
        separate_environment_yaml: bool = False,
    ) -> None:
        """Write ``.azureml/<name>.runconfig``, which `load` reads again and people can edit.

        Args:
            path: The project; the working folder if None.
            name: Its name; the target's if None.
            separate_environment_yaml: Accepted and ignored: the environment stands in the same file.

        Raises:
            RunConfigurationException: The name is none, or the environment cannot be written down.
        """
        from runwatch.sdk.config.file import save

        save(self, path or self._path, name or self._name or self.target)

    @staticmethod
    def load(path: str | os.PathLike[str], name: str | None = None) -> RunConfiguration:
        """Read a configuration that `save`, or the original, has written.

        Args:
            path: The project, or the file itself.
            name: Its name; ``local`` if None.

        Raises:
            RunConfigurationException: There is none, or it is not one.
        """
        from runwatch.sdk.config.file import load

        return load(path, name or LOCAL)

    @staticmethod
    def delete(path: str | os.PathLike[str], name: str) -> None:
        """Delete the file of a configuration.

        Raises:
            RunConfigurationException: There is none.
        """
        from runwatch.sdk.config.file import delete

        delete(path, name)

    def __repr__(self) -> str:
        return f"RunConfiguration(target={self.target!r}, script={self.script!r}, node_count={self.node_count})"
