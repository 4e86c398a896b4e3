"""An environment: the Python, the packages and the variables that a job runs with."""

from __future__ import annotations

import copy
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from msgspec.structs import replace

from runwatch.schema.error import InvalidValueError
from runwatch.schema.launch import EnvironmentSpec
from runwatch.sdk import later
from runwatch.sdk.config.environment import DEFAULT_NAME
from runwatch.sdk.environment import document, existing, registration, requirement
from runwatch.sdk.environment.dependency import CondaDependencies
from runwatch.sdk.environment.section import ContainerRegistry, DockerSection, PythonSection

if TYPE_CHECKING:
    from runwatch.sdk.environment.registration import ImageBuildDetails
    from runwatch.sdk.workspace import Workspace


class Environment:
    """What a job runs with; it is built when a job first needs it.

    Args:
        name: For display.
        **kwargs: Accepted and ignored, as in the original.

    Attributes:
        name: For display.
        version: Likewise; None until it has one.
        python: Which Python and packages: see `PythonSection`.
        docker: Which container: see `DockerSection`.
        environment_variables: Set for the job.
        inferencing_stack_version: Kept, and not used.
    """

    def __init__(self, name: str, **kwargs: object) -> None:
        if not name or not isinstance(name, str):
            raise InvalidValueError(f"{name!r} is no name of an environment.", hint="Give a text that is not empty.")
        self.name = name
        self.version: str | None = None
        self.python = PythonSection()
        self.docker = DockerSection()
        self.environment_variables: dict[str, str] = {}
        self.inferencing_stack_version: str | None = None

    @staticmethod
    def from_conda_specification(name: str, file_path: str | os.PathLike[str]) -> Environment:
        """An environment with the packages of a file in conda's format.

        Args:
            name: Its name.
            file_path: The file; pip's part may include requirements files with ``-r``.

        Raises:
            UserErrorException: If the file cannot be read.
        """
        made = Environment(name)
        made.python.conda_dependencies = CondaDependencies(file_path)
        return made

    @staticmethod
    def from_pip_requirements(
        name: str,
        file_path: str | os.PathLike[str],
        conda_version: str | None = None,
        pip_version: str | None = None,
    ) -> Environment:
        """An environment with the packages of a file in pip's format, and the minor version of Python that runs here.

        Args:
            name: Its name.
            file_path: The file.
            conda_version: Accepted and ignored, like ``pip_version``: neither builds the environment.

        Raises:
            UserErrorException: If the file cannot be read.
        """
        made = Environment(name)
        made.python.conda_dependencies = _listed(file_path)
        return made

    @staticmethod
    def from_existing_conda_environment(name: str, conda_environment_name: str) -> Environment:
        """An environment with the packages that a conda environment of this machine has now.

        Raises:
            UserErrorException: If there is no conda, or no environment of this name.
        """
        made = Environment(name)
        made.python.conda_dependencies = existing.export(conda_environment_name)
        return made

    @staticmethod
    def from_docker_image(
        name: str,
        image: str,
        container_registry: ContainerRegistry | None = None,
        conda_specification: str | os.PathLike[str] | None = None,
        pip_requirements: str | os.PathLike[str] | None = None,
    ) -> Environment:
        """An environment that asks for an image, which jobs run in where a container engine answers.

        Args:
            name: Its name.
            image: The image.
            container_registry: Where it comes from.
            conda_specification: The packages, as a file in conda's format. Without any, the Python that submits the
                job is used.
            pip_requirements: The packages, as a file in pip's format.

        Raises:
            UserErrorException: If a file cannot be read, or both are given.
        """
        made = _with_packages(name, conda_specification, pip_requirements)
        made.docker.base_image = image
        made.docker.base_image_registry = container_registry or ContainerRegistry()
        return made

    @staticmethod
    def from_dockerfile(
        name: str,
        dockerfile: str | os.PathLike[str],
        conda_specification: str | os.PathLike[str] | None = None,
        pip_requirements: str | os.PathLike[str] | None = None,
    ) -> Environment:
        """An environment that asks for the image of a Dockerfile; see `from_docker_image`.

        Args:
            name: Its name.
            dockerfile: Its text, or the path of the file.
            conda_specification: See `from_docker_image`.
            pip_requirements: See `from_docker_image`.

        Raises:
            UserErrorException: If a file cannot be read, or both are given.
        """
        made = _with_packages(name, conda_specification, pip_requirements)
        made.docker.base_dockerfile = _text_of_dockerfile(dockerfile)
        return made

    @staticmethod
    def get(workspace: Workspace, name: str, version: str | None = None, label: str | None = None) -> Environment:
        """A registered environment; else, of the original's ready-made ones (``AzureML-…``), the Python that submits.

        Args:
            workspace: Where.
            name: Its name.
            version: Its number; the highest if None.
            label: Accepted and ignored: ``Latest`` is what no version means.

        Raises:
            NotFoundError: If there is none.
        """
        return registration.get(workspace, name, version)

    @staticmethod
    def list(workspace: Workspace) -> dict[str, Environment]:
        """The highest version of each registered environment by name."""
        return registration.get_all(workspace)

    @staticmethod
    def load_from_directory(path: str | os.PathLike[str]) -> Environment:
        """The environment that `save_to_directory` wrote.

        Raises:
            UserErrorException: If the folder holds none.
        """
        folder = Path(path)
        made = Environment(str(document.read(folder).get("name") or folder.absolute().name))
        document.load(made, folder)
        return made

    def save_to_directory(self, path: str | os.PathLike[str], overwrite: bool = False) -> None:
        """Write ``azureml_environment.json`` and ``conda_dependencies.yml`` into a folder, which is made if need be.

        Args:
            path: The folder.
            overwrite: Replace the files if they are there.

        Raises:
            UserErrorException: If they are there and not to be replaced.
        """
        document.save(self, Path(path).absolute(), overwrite)

    def clone(self, new_name: str) -> Environment:
        """A copy under another name, without a version."""
        made = copy.deepcopy(self)
        made.name, made.version = new_name, None
        return made

    def register(self, workspace: Workspace) -> Environment:
        """Register it as the next version of its name; the same again is no new version.

        The password for the registry of its image is not kept.

        Returns:
            The registered environment, with its version.

        Raises:
            InvalidValueError: If its name is not accepted.
        """
        return registration.register(self, workspace)

    def build(self, workspace: Workspace, image_build_compute: object = None) -> ImageBuildDetails:
        """Have it built on the machine of a compute target: a job of one line is submitted that needs it.

        Args:
            workspace: Where the job is recorded, in the experiment ``environment-builds``.
            image_build_compute: The target; ``local`` if None.
        """
        return registration.build(self, workspace, image_build_compute)

    def build_local(self, workspace: Workspace, platform: str | None = None, **kwargs: object) -> ImageBuildDetails:
        """As `build`, on this machine; further arguments are ignored."""
        return registration.build(self, workspace, None)

    def get_image_details(self, workspace: Workspace) -> NoReturn:
        """Not on one's own machines: no images are kept anywhere."""
        later.unsupported("stores of images", "environment.build(workspace) builds it where its jobs run.")

    def _to_spec(self) -> EnvironmentSpec:
        """What a job is given of it."""
        python, docker = self.python, self.docker
        shown = EnvironmentSpec(
            name=self.name,
            version=self.version or "",
            variables={str(name): str(value) for name, value in self.environment_variables.items()},
            image=docker.base_image or "",
            dockerfile=_text_of_dockerfile(docker.base_dockerfile) if docker.base_dockerfile else "",
        )
        if python.user_managed_dependencies:
            named = os.fspath(python.interpreter_path or "")
            return replace(shown, interpreter="" if named == "python" else named)
        file = python.conda_dependencies_file
        packages = CondaDependencies(file) if file else python.conda_dependencies or CondaDependencies()
        return replace(
            shown,
            managed=True,
            python_version=packages.python_version or "",
            pip_packages=tuple(packages.pip_packages),
            pip_options=tuple(packages.pip_options),
            conda_packages=tuple(packages.conda_packages),
            conda_channels=tuple(packages.conda_channels),
        )

    @staticmethod
    def _from_spec(spec: EnvironmentSpec) -> Environment:
        """The environment that a job was given."""
        made = Environment(spec.name or DEFAULT_NAME)
        made.version = spec.version or None
        made.environment_variables = dict(spec.variables)
        made.docker.base_image, made.docker.base_dockerfile = spec.image or None, spec.dockerfile or None
        made.python.user_managed_dependencies = not spec.managed
        if spec.managed:
            made.python.conda_dependencies = CondaDependencies(_underlying_structure=_structure(spec))
        else:
            made.python.interpreter_path = spec.interpreter or "python"
        return made

    def _to_dict(self) -> dict[str, Any]:
        """The environment under the original's keys, as it stands in ``runDefinition``."""
        return document.to_dict(self)

    def __repr__(self) -> str:
        return json.dumps(document.to_dict(self), indent=4, default=str)


def _structure(spec: EnvironmentSpec) -> dict[str, Any]:
    """Packages in conda's form."""
    packages: list[Any] = [f"python={spec.python_version}"] if spec.python_version else []
    packages += spec.conda_packages
    if pip := [*spec.pip_options, *spec.pip_packages]:
        packages.append({"pip": pip})
    return {"channels": list(spec.conda_channels), "dependencies": packages}


def _listed(file_path: str | os.PathLike[str]) -> CondaDependencies:
    """The packages of a file in pip's format."""
    lines = requirement.read(Path(file_path))
    python = f"python={CondaDependencies.create().python_version}"
    return CondaDependencies(_underlying_structure={"dependencies": [python, {"pip": lines}]})


def _with_packages(
    name: str, conda_specification: str | os.PathLike[str] | None, pip_requirements: str | os.PathLike[str] | None
) -> Environment:
    if conda_specification is not None and pip_requirements is not None:
        raise InvalidValueError(
            "Both conda_specification and pip_requirements are given.", hint="Give one; the first may hold pip's too."
        )
    if conda_specification is not None:
        return Environment.from_conda_specification(name, conda_specification)
    if pip_requirements is not None:
        return Environment.from_pip_requirements(name, pip_requirements)
    made = Environment(name)
    made.python.user_managed_dependencies = True
    return made


def _text_of_dockerfile(dockerfile: str | os.PathLike[str]) -> str:
    """The text, also if a path was given: a text that is no one line, or names no file, is the Dockerfile itself."""
    if isinstance(dockerfile, str) and ("\n" in dockerfile or not Path(dockerfile).is_file()):
        return dockerfile
    return requirement.text_of(Path(dockerfile))
