"""What `Experiment.submit` is given: a folder, what in it to run, and where."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Any

from runwatch.schema.error import ExperimentExecutionException, RunConfigurationException
from runwatch.schema.launch import Launch
from runwatch.sdk import later, problem, starting
from runwatch.sdk.config import argument, data, definition
from runwatch.sdk.config.distributed import MpiConfiguration, PyTorchConfiguration, TensorflowConfiguration
from runwatch.sdk.config.environment import spec_of
from runwatch.sdk.config.process import processes
from runwatch.sdk.config.run import MAX_RUN_S, RunConfiguration


class ScriptRunConfig:
    """A script or command to run, and where.

    Args:
        source_directory: The folder with the code; its content is what runs, as it is when it is submitted.
        script: Path of a Python script in it.
        arguments: A list of texts, numbers, paths, and datasets as inputs: ``ds.as_named_input("x").as_mount()``.
        run_config: All further settings; those that are given beside it are ignored, with one line that says so.
        _telemetry_values: Accepted and ignored.
        compute_target: A name or a `ComputeTarget`; ``local`` if None.
        environment: The environment; the Python that submits if None.
        distributed_job_config: An `MpiConfiguration`, `PyTorchConfiguration` or `TensorflowConfiguration`.
        resume_from: Not here.
        max_run_duration_seconds: The run is ended after so long, in s; None means thirty days.
        command: Instead of a script: a list of a program and its arguments, or one text for the shell.
        docker_runtime_config: Settings of a container.

    Attributes:
        run_config: The `RunConfiguration`; it and its attributes can be assigned.
    """

    def __init__(
        self,
        source_directory: str | os.PathLike[str],
        script: str | os.PathLike[str] | None = None,
        arguments: list[Any] | None = None,
        run_config: RunConfiguration | None = None,
        _telemetry_values: object = None,
        compute_target: object = None,
        environment: Any = None,
        distributed_job_config: MpiConfiguration | PyTorchConfiguration | TensorflowConfiguration | None = None,
        resume_from: object = None,
        max_run_duration_seconds: float | None = MAX_RUN_S,
        command: list[Any] | str | None = None,
        docker_runtime_config: object = None,
    ) -> None:
        if resume_from is not None:
            later.refuse("resuming of runs", "Submit again, and let the script load what the other run has saved.")
        self.source_directory = os.fspath(source_directory) if source_directory is not None else "."
        self.script = script if script is None else os.fspath(script)
        self.arguments = argument.texts(arguments)
        self.command = command
        self._given = arguments
        given = {
            "compute_target": compute_target,
            "environment": environment,
            "distributed_job_config": distributed_job_config,
            "docker_runtime_config": docker_runtime_config,
        }
        if max_run_duration_seconds != MAX_RUN_S:
            given["max_run_duration_seconds"] = max_run_duration_seconds
        self.run_config = _configuration(given) if run_config is None else _given(run_config, given)

    def to_launch(self) -> Launch:
        """What a job of it starts.

        Raises:
            ExperimentExecutionException: The script or its folder is not there.
            RunConfigurationException: Something contradicts itself or cannot be.
        """
        config = self.run_config
        used = self.data()
        command, arguments = used.texts(self._command()), used.texts(self._arguments())
        how = processes(config)
        return Launch(
            script="" if command else self._script(),
            command=tuple(command),
            arguments=tuple(arguments),
            folders=used.folders(),
            environment=spec_of(config.environment),
            variables=used.variables()
            | {str(name): str(value) for name, value in (config.environment_variables or {}).items()},
            framework=how.framework,
            nodes=how.nodes,
            processes=how.processes,
            parameter_servers=how.parameter_servers,
            backend=how.backend,
            max_duration_s=_duration_s(config.max_run_duration_seconds),
            container_arguments=_container_arguments(config.docker),
            user=starting.user(),
            python=sys.executable,
            host=socket.gethostname(),
        )

    def to_definition(self) -> dict[str, Any]:
        """The run definition that ``run.get_details()`` shows; errors as in `to_launch`."""
        used = self.data()
        told = {"data": used.to_form(), "outputData": used.to_outputs()}
        return definition.definition(self.run_config, self.to_launch()) | told

    def data(self) -> data.Data:
        """The datasets and output folders among the arguments."""
        config = self.run_config
        return data.found_in(self._given, config.arguments, self.command, config.command, config.data)

    def _arguments(self) -> list[str]:
        return self.arguments or argument.texts(self.run_config.arguments)

    def _command(self) -> tuple[str, ...]:
        command = self.command or (None if self.script else self.run_config.command)
        if not command:
            return ()
        if self.script or self._arguments():
            raise RunConfigurationException(
                "A command has no script and no arguments beside it.", hint="Put all of it into command."
            )
        return (command,) if isinstance(command, str) else tuple(argument.texts(command, "command"))

    def _script(self) -> str:
        """The script's path below the folder, with ``/``."""
        folder = Path(self.source_directory).absolute()
        if not folder.is_dir():
            raise ExperimentExecutionException(
                f"There is no folder {folder}.", hint="source_directory is the folder with the script."
            )
        named = self.script or self.run_config.script
        if not named:
            raise RunConfigurationException("Nothing says what to run.", hint="Pass script=… or command=….")
        path = Path(os.path.normpath(folder / named))
        if not path.is_file():
            raise ExperimentExecutionException(
                f"There is no script {path}.", hint=f"Give its path within the folder {folder}."
            )
        if not path.is_relative_to(os.path.normpath(folder)):
            raise ExperimentExecutionException(
                f"The script {path} is not in the folder {folder}, which is all that a run is given.",
                hint="Move it there, or name a folder above both as source_directory.",
            )
        return path.relative_to(os.path.normpath(folder)).as_posix()

    def __repr__(self) -> str:
        what = f"command={self.command!r}" if self.command else f"script={self.script!r}"
        return f"ScriptRunConfig(source_directory={self.source_directory!r}, {what}, target={self.run_config.target!r})"


def _given(config: RunConfiguration, beside: dict[str, Any]) -> RunConfiguration:
    if not isinstance(config, RunConfiguration):
        raise RunConfigurationException(
            f"run_config cannot be a {config.__class__.__name__}.", hint="Give a RunConfiguration."
        )
    ignored = [name for name, value in beside.items() if value is not None]
    if ignored:
        problem.say(f"run_config was given, so that {', '.join(ignored)} of ScriptRunConfig are ignored.")
    return config


def _configuration(given: dict[str, Any]) -> RunConfiguration:
    made = RunConfiguration()
    made.target = given["compute_target"]
    made.environment = given["environment"]
    made.docker = given["docker_runtime_config"]
    made.max_run_duration_seconds = given.get("max_run_duration_seconds", MAX_RUN_S)
    kind = given["distributed_job_config"]
    if isinstance(kind, MpiConfiguration):
        made.communicator, made.mpi, made.node_count = "Mpi", kind, kind.node_count
    elif isinstance(kind, PyTorchConfiguration):
        made.framework, made.communicator = "PyTorch", kind.communication_backend
        made.pytorch, made.node_count = kind, kind.node_count
    elif isinstance(kind, TensorflowConfiguration):
        made.framework, made.communicator, made.tensorflow = "TensorFlow", "ParameterServer", kind
    elif kind is not None:
        raise RunConfigurationException(
            f"distributed_job_config cannot be a {kind.__class__.__name__}.",
            hint="Give an MpiConfiguration, a PyTorchConfiguration or a TensorflowConfiguration.",
        )
    return made


def _container_arguments(docker: Any) -> tuple[str, ...]:
    """What a `DockerConfiguration` asks of the engine, as its command line has it."""
    if docker is None:
        return ()
    size = getattr(docker, "shm_size", None)
    given = tuple(str(each) for each in getattr(docker, "arguments", None) or ())
    return (*(("--shm-size", str(size)) if size else ()), *given)


def _duration_s(given: Any) -> float | None:
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given < float("inf"):
        raise RunConfigurationException(
            f"max_run_duration_seconds cannot be {given!r:.80}.", hint="Give a number of seconds above 0."
        )
    return float(given)
