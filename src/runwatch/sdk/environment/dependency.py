"""The packages of an environment, in the form of conda's environment files."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from runwatch.schema.error import UserErrorException
from runwatch.sdk import whole_file
from runwatch.sdk.environment import requirement

FILE_NAME: Final = "conda_dependencies.yml"
CHANNELS: Final = ("conda-forge",)

_COMPARISONS: Final = ("<", ">", "!", "~")


class CondaDependencies:
    """A list of packages: from conda, from pip, and the version of Python.

    Without conda on the machine that builds it, pip installs the conda packages too.

    Args:
        conda_dependencies_file_path: A file in conda's format to start from; empty if None.
        _underlying_structure: The same as a dictionary.

    Raises:
        UserErrorException: If the file cannot be read or is not in that format.
    """

    def __init__(
        self,
        conda_dependencies_file_path: str | os.PathLike[str] | None = None,
        _underlying_structure: Mapping[str, Any] | None = None,
    ) -> None:
        self._name = "project_environment"
        self._channels = list(CHANNELS)
        self._python = ""
        self._conda: list[str] = []
        self._pip: list[str] = []
        if conda_dependencies_file_path is not None:
            path = Path(conda_dependencies_file_path)
            self._take(_parsed(path), path)
        elif _underlying_structure is not None:
            self._take(_underlying_structure, None)

    @staticmethod
    def create(
        pip_indexurl: str | None = None,
        pip_packages: Iterable[str] | None = None,
        conda_packages: Iterable[str] | None = None,
        python_version: str | None = None,
        pin_sdk_version: bool = True,
    ) -> CondaDependencies:
        """A list made from its parts.

        Args:
            pip_indexurl: Where pip gets packages from.
            pip_packages: In pip's spelling.
            conda_packages: In conda's spelling.
            python_version: E.g. ``3.11``; the minor version that runs here if None.
            pin_sdk_version: Accepted and ignored: an environment has the Runwatch of whoever builds it.
        """
        made = CondaDependencies()
        made.set_python_version(python_version or f"{sys.version_info.major}.{sys.version_info.minor}")
        if pip_indexurl:
            made.set_pip_index_url(pip_indexurl)
        for package in conda_packages or ():
            made.add_conda_package(package)
        for package in pip_packages or ():
            made.add_pip_package(package)
        return made

    def _take(self, document: Mapping[str, Any], path: Path | None) -> None:
        origin = str(path or "The dictionary")
        self._name = str(document.get("name", self._name))
        self._channels = [str(each) for each in document.get("channels", self._channels)]
        dependencies = document.get("dependencies") or []
        if not isinstance(dependencies, list):
            raise _malformed(origin)
        for entry in dependencies:
            if isinstance(entry, str):
                self.add_conda_package(entry)
            elif isinstance(entry, dict) and set(entry) == {"pip"} and isinstance(entry["pip"], list):
                lines = [str(line).strip() for line in entry["pip"]]
                self._pip += (
                    lines if path is None else [one for each in lines for one in requirement.expanded(each, path)]
                )
            else:
                raise _malformed(origin)

    @property
    def conda_packages(self) -> list[str]:
        """In conda's spelling, without Python itself."""
        return list(self._conda)

    @property
    def pip_packages(self) -> list[str]:
        """In pip's spelling, without options."""
        return [line for line in self._pip if not requirement.is_option(line)]

    @property
    def pip_options(self) -> list[str]:
        """Options of pip, e.g. ``--pre``."""
        return [line for line in self._pip if requirement.is_option(line)]

    @property
    def conda_channels(self) -> list[str]:
        """Where conda packages come from."""
        return list(self._channels)

    @property
    def python_version(self) -> str | None:
        """E.g. ``3.11``; None if none was set."""
        return self._python or None

    def get_python_version(self) -> str | None:
        """See `python_version`."""
        return self.python_version

    def set_python_version(self, version: str) -> None:
        """Set the version of Python, e.g. ``3.11``."""
        self._python = str(version)

    def add_channel(self, channel: str) -> None:
        """Add a channel of conda, unless it is there."""
        if channel not in self._channels:
            self._channels.append(channel)

    def remove_channel(self, channel: str) -> None:
        """Remove a channel, if it is there."""
        self._channels = [each for each in self._channels if each != channel]

    def add_conda_package(self, conda_package: str) -> None:
        """Add a package; it takes the place of one of the same name. ``python=3.11`` sets the version of Python."""
        if requirement.name_of(conda_package) == "python":
            self._python = _python_of(conda_package)
            return
        self.remove_conda_package(conda_package)
        self._conda.append(conda_package)

    def remove_conda_package(self, conda_package: str) -> None:
        """Remove the package of this name, if it is there."""
        self._conda = _without(conda_package, self._conda)

    def add_pip_package(self, pip_package: str) -> None:
        """Add a package; it takes the place of one of the same name."""
        self.remove_pip_package(pip_package)
        self._pip.append(pip_package)

    def remove_pip_package(self, pip_package: str) -> None:
        """Remove the package of this name, if it is there."""
        self._pip = _without(pip_package, self._pip)

    def set_pip_index_url(self, index_url: str) -> None:
        """Set where pip gets packages from.

        Args:
            index_url: An address; the original's form, with the option's name before it, is fine too.
        """
        url = index_url.strip().removeprefix("--index-url").lstrip(" =")
        self._pip = [line for line in self._pip if not line.startswith(("--index-url", "-i "))]
        self.set_pip_option(f"--index-url {url}")

    def set_pip_option(self, pip_option: str) -> None:
        """Add an option of pip, unless it is there."""
        if pip_option not in self._pip:
            self._pip.insert(len(self.pip_options), pip_option)  # options first, as in a requirements file

    def remove_pip_option(self, pip_option: str) -> None:
        """Remove an option, if it is there."""
        self._pip = [line for line in self._pip if line != pip_option]

    def as_dict(self) -> dict[str, Any]:
        """The content of the file that `save` writes."""
        dependencies: list[Any] = [_python_package(self._python)] if self._python else []
        dependencies += self._conda
        if self._pip:
            dependencies.append({"pip": list(self._pip)})
        return {"name": self._name, "dependencies": dependencies, "channels": list(self._channels)}

    def serialize_to_string(self) -> str:
        """The text of the file that `save` writes: YAML in conda's format."""
        import yaml

        return str(yaml.safe_dump(self.as_dict(), sort_keys=False, allow_unicode=True))

    def save(self, path: str | os.PathLike[str] | None = None) -> str:
        """Write a file in conda's format.

        Args:
            path: The file; ``conda_dependencies.yml`` in the working folder if None.

        Returns:
            Its path.
        """
        file = Path(path) if path is not None else Path(FILE_NAME)
        whole_file.write(file.absolute(), self.serialize_to_string().encode())
        return str(file)

    def save_to_file(self, base_directory: str | os.PathLike[str], conda_file_path: str | None = None) -> str:
        """Write a file in conda's format below a folder.

        Args:
            base_directory: The folder.
            conda_file_path: Its path below that; ``conda_dependencies.yml`` if None.

        Returns:
            The path below the folder.
        """
        name = conda_file_path or FILE_NAME
        self.save(Path(base_directory) / name)
        return name

    def __repr__(self) -> str:
        return self.serialize_to_string()


def _python_of(package: str) -> str:
    """``3.11`` of ``python=3.11``, ``>=3.9`` of ``python>=3.9``."""
    text = package.strip().rpartition("::")[2].removeprefix("python").strip()
    return text if text.startswith(_COMPARISONS) else text.lstrip("= ").partition("=")[0].strip()


def _python_package(version: str) -> str:
    return f"python{version}" if version.startswith(_COMPARISONS) else f"python={version}"


def _without(package: str, packages: Iterable[str]) -> list[str]:
    name = requirement.name_of(package)
    return [each for each in packages if requirement.is_option(each) or requirement.name_of(each) != name]


def _parsed(path: Path) -> Mapping[str, Any]:
    import yaml

    try:
        document = yaml.safe_load(requirement.text_of(path))
    except yaml.YAMLError as error:
        raise UserErrorException(f"{path} is no YAML: {error}", hint="Check the file.") from error
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise _malformed(str(path))
    return document


def _malformed(origin: str) -> UserErrorException:
    return UserErrorException(
        f"{origin} is no list of packages in conda's format.",
        hint="It needs 'dependencies:' with a list of packages and, for pip's, an entry 'pip:' with a list.",
    )
