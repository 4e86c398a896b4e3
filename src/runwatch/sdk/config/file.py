"""Run configurations in files: YAML under the original's keys (docs/formats/runconfig.md)."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from runwatch.schema.error import RunConfigurationException
from runwatch.schema.launch import EnvironmentSpec
from runwatch.sdk import whole_file
from runwatch.sdk.config import argument
from runwatch.sdk.config.definition import docker_form
from runwatch.sdk.config.distributed import MpiConfiguration, PyTorchConfiguration, TensorflowConfiguration
from runwatch.sdk.config.environment import from_form, part, spec_of, to_form
from runwatch.sdk.environment.environment import Environment

if TYPE_CHECKING:
    from runwatch.sdk.config.run import RunConfiguration

FOLDERS: Final = (".azureml", "aml_config")
_NAME: Final = re.compile(r"[\w\-][\w\-.]{0,99}", re.ASCII)


def save(config: RunConfiguration, folder: str | os.PathLike[str] | None, name: str) -> Path:
    """Write a file, whole or not at all; see `RunConfiguration.save`."""
    import yaml

    path = _place(Path.cwd() if folder is None else Path(folder), name)
    whole_file.write(path, yaml.safe_dump(_to_form(config), sort_keys=False, allow_unicode=True).encode())
    return path


def load(place: str | os.PathLike[str], name: str) -> RunConfiguration:
    """Read a file; see `RunConfiguration.load`."""
    import yaml

    path = Path(place)
    if not path.is_file():
        path = _there(path, name)
    try:
        form = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise RunConfigurationException(f"{path} cannot be read as YAML.", hint="Is it a run configuration?") from error
    if not isinstance(form, dict):
        raise RunConfigurationException(f"{path} holds no run configuration.", hint="It must hold names and values.")
    return _from_form(form, path)


def delete(folder: str | os.PathLike[str], name: str) -> None:
    """Delete a file; see `RunConfiguration.delete`."""
    _there(Path(folder), name).unlink()


def _place(project: Path, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise RunConfigurationException(
            f"{name!r:.80} cannot name a run configuration.", hint="Use letters, digits, hyphens, underscores and dots."
        )
    subfolder = next((each for each in reversed(FOLDERS) if (project / each).is_dir()), FOLDERS[0])
    return project / subfolder / f"{name}.runconfig"


def _there(project: Path, name: str) -> Path:
    path = _place(project, name)
    for subfolder in (path.parent.name, *FOLDERS):
        if (project / subfolder / path.name).is_file():
            return project / subfolder / path.name
    raise RunConfigurationException(f"There is no run configuration {path}.", hint="RunConfiguration.save writes one.")


def _to_form(config: RunConfiguration) -> dict[str, Any]:
    spec = spec_of(config.environment)
    environment = None if spec == EnvironmentSpec() else to_form(spec)
    command = config.command
    return {
        "script": config.script,
        "command": command if isinstance(command, str) or command is None else argument.texts(command, "command"),
        "arguments": argument.texts(config.arguments),
        "framework": config.framework,
        "communicator": config.communicator,
        "target": config.target,
        "maxRunDurationSeconds": config.max_run_duration_seconds,
        "nodeCount": config.node_count,
        "environment": environment,
        "environmentVariables": {str(name): str(value) for name, value in config.environment_variables.items()},
        "history": {
            "outputCollection": config.history.output_collection,
            "snapshotProject": config.history.snapshot_project,
            "directoriesToWatch": list(config.history.directories_to_watch),
        },
        "mpi": {"processCountPerNode": config.mpi.process_count_per_node, "nodeCount": config.mpi.node_count},
        "pytorch": {
            "communicationBackend": config.pytorch.communication_backend,
            "processCount": config.pytorch.process_count,
            "nodeCount": config.pytorch.node_count,
        },
        "tensorflow": {
            "workerCount": config.tensorflow.worker_count,
            "parameterServerCount": config.tensorflow.parameter_server_count,
        },
        "docker": None if config.docker is None else docker_form(config.docker),
    }


def _from_form(form: dict[str, Any], path: Path) -> RunConfiguration:
    from types import SimpleNamespace

    from runwatch.sdk.config.run import MAX_RUN_S, RunConfiguration

    made = RunConfiguration(
        script=form.get("script") or None,
        arguments=argument.texts(form.get("arguments")),
        framework=str(form.get("framework") or "Python"),
        communicator=str(form.get("communicator") or "None"),
        command=form.get("command") or None,
        _path=path.parent.parent,
        _name=path.stem,
    )
    made.target = form.get("target")
    made.max_run_duration_seconds = form.get("maxRunDurationSeconds", MAX_RUN_S)
    made.node_count = form.get("nodeCount", 1)
    variables = part(form, "environmentVariables")
    made.environment_variables = {str(name): str(value) for name, value in variables.items()}
    if form.get("environment") is not None:
        made.environment = Environment._from_spec(from_form(part(form, "environment")))
    history = part(form, "history")
    made.history.output_collection = history.get("outputCollection", True)
    made.history.snapshot_project = history.get("snapshotProject", True)
    made.history.directories_to_watch = history.get("directoriesToWatch", ["logs"])
    _read_distribution(made, form)
    if form.get("docker") is not None:
        docker = part(form, "docker")
        made.docker = SimpleNamespace(
            use_docker=docker.get("useDocker", False),
            shared_volumes=docker.get("sharedVolumes", True),
            shm_size=docker.get("shmSize", "2g"),
            arguments=docker.get("arguments") or [],
        )
    return made


def _read_distribution(made: RunConfiguration, form: dict[str, Any]) -> None:
    mpi, torch, tensorflow = part(form, "mpi"), part(form, "pytorch"), part(form, "tensorflow")
    made.mpi = MpiConfiguration(mpi.get("processCountPerNode", 1), mpi.get("nodeCount", 1))
    made.pytorch = PyTorchConfiguration(
        torch.get("communicationBackend") or "Nccl", torch.get("processCount"), torch.get("nodeCount", 1)
    )
    made.tensorflow = TensorflowConfiguration(
        tensorflow.get("workerCount", 1), tensorflow.get("parameterServerCount", 1)
    )
