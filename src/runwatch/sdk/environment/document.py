"""An environment as a dictionary under the original's keys, and as a folder with ``azureml_environment.json``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from runwatch.schema.error import UserErrorException
from runwatch.sdk import whole_file
from runwatch.sdk.environment import dependency, requirement
from runwatch.sdk.environment.dependency import CondaDependencies
from runwatch.sdk.environment.section import DockerSection, PythonSection

if TYPE_CHECKING:
    from runwatch.sdk.environment.environment import Environment

FILE_NAME: Final = "azureml_environment.json"

_PYTHON: Final = {
    "interpreterPath": "interpreter_path",
    "userManagedDependencies": "user_managed_dependencies",
    "condaDependenciesFile": "conda_dependencies_file",
    "baseCondaEnvironment": "base_conda_environment",
}
_DOCKER: Final = {
    "enabled": "enabled",
    "baseImage": "base_image",
    "baseDockerfile": "base_dockerfile",
    "arguments": "arguments",
    "sharedVolumes": "shared_volumes",
    "shmSize": "shm_size",
    "gpuSupport": "gpu_support",
}


def to_dict(environment: Environment) -> dict[str, Any]:
    """The environment under the original's keys, without the registry of its image and the password for that."""
    packages = environment.python.conda_dependencies
    return {
        "name": environment.name,
        "version": environment.version,
        "environmentVariables": dict(environment.environment_variables),
        "python": {
            **{key: getattr(environment.python, name) for key, name in _PYTHON.items()},
            "condaDependencies": packages.as_dict() if packages is not None else None,
        },
        "docker": {key: getattr(environment.docker, name) for key, name in _DOCKER.items()},
        "inferencingStackVersion": environment.inferencing_stack_version,
    }


def fill(environment: Environment, document: Mapping[str, Any]) -> None:
    """Set an environment to what a dictionary of `to_dict`, or one of the original's, says; unknown keys are ignored.

    Raises:
        UserErrorException: If it does not have that form.
    """
    python, docker = document.get("python") or {}, document.get("docker") or {}
    variables = document.get("environmentVariables") or {}
    if not all(isinstance(each, dict) for each in (python, docker, variables)):
        raise UserErrorException("This is no description of an environment.", hint="Its sections must be objects.")
    environment.version = document.get("version")
    environment.environment_variables = {str(name): str(value) for name, value in variables.items()}
    environment.inferencing_stack_version = document.get("inferencingStackVersion")
    environment.python = PythonSection(**{name: python[key] for key, name in _PYTHON.items() if key in python})
    environment.docker = DockerSection(**{name: docker[key] for key, name in _DOCKER.items() if key in docker})
    if isinstance(python.get("condaDependencies"), dict):
        environment.python.conda_dependencies = CondaDependencies(_underlying_structure=python["condaDependencies"])


def save(environment: Environment, folder: Path, overwrite: bool) -> None:
    """Write the environment into a folder; see ``Environment.save_to_directory``."""
    files = {FILE_NAME: "", dependency.FILE_NAME: ""}
    there = [name for name in files if (folder / name).exists()]
    if there and not overwrite:
        raise UserErrorException(
            f"The folder {folder} holds {there[0]} already.", hint="Pass overwrite=True, or choose another folder."
        )
    document = to_dict(environment)
    del document["python"]["condaDependencies"]  # it has a file of its own
    packages = environment.python.conda_dependencies
    if packages is not None:
        packages.save(folder / dependency.FILE_NAME)
    else:
        (folder / dependency.FILE_NAME).unlink(missing_ok=True)
    whole_file.write(folder / FILE_NAME, json.dumps(document, indent=4).encode())


def load(environment: Environment, folder: Path) -> None:
    """Set an environment to what `save` wrote into a folder."""
    fill(environment, read(folder))
    packages = folder / dependency.FILE_NAME
    if packages.exists():
        environment.python.conda_dependencies = CondaDependencies(packages)


def read(folder: Path) -> dict[str, Any]:
    """The content of ``azureml_environment.json`` in a folder.

    Raises:
        UserErrorException: If there is none, or it is no JSON object.
    """
    path = folder / FILE_NAME
    try:
        document = json.loads(requirement.text_of(path))
    except ValueError as error:
        raise UserErrorException(f"{path} is no JSON.", hint="Save the environment again.") from error
    if not isinstance(document, dict):
        raise UserErrorException(f"{path} is no description of an environment.", hint="Save the environment again.")
    return document
