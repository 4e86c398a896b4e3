"""What is put into an environment, worked out from what a job asks for; equal recipes share one environment."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from typing import Final

import msgspec
from msgspec import Struct

from runwatch.compute.environment import conda
from runwatch.schema.error import ExperimentExecutionException
from runwatch.schema.launch import EnvironmentSpec

_PROVIDED: Final = re.compile(r"runwatch(-azureml)?|azureml(-.*)?|azure-ml(-.*)?")
"""The original's packages: their place is taken by Runwatch, which every environment has."""

_OPTIONS: Final = {
    "-i": "--index-url",
    "--index-url": "--index-url",
    "--extra-index-url": "--extra-index-url",
    "-f": "--find-links",
    "--find-links": "--find-links",
    "--trusted-host": "--allow-insecure-host",
    "--no-binary": "--no-binary",
    "--only-binary": "--only-binary",
    "--no-index": "--no-index",
    "--pre": "--prerelease=allow",
}
"""pip's options that uv has too, and how it calls them. Others could write anywhere and are left out."""

_OPTION: Final = re.compile(r"(--?[\w-]+)(?:\s*=\s*|\s+)?(.*)")
_BARE: Final = frozenset({"--no-index", "--pre"})


class Recipe(Struct, frozen=True, kw_only=True):
    """Everything that decides what an environment contains.

    Attributes:
        python: The interpreter it is made from; if conda brings it, the package that it is.
        requirements: In pip's spelling, sorted.
        options: Arguments for uv.
        conda: Requirements in conda's spelling, if conda builds it.
        channels: Where those come from.
    """

    python: str
    requirements: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    conda: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """A name for it: 32 hexadecimal digits."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:32]


def asked_version(spec: EnvironmentSpec) -> str:
    """The Python version that a job asks for, or empty."""
    if spec.python_version:
        return spec.python_version
    pythons = [each for each in spec.conda_packages if conda.name_of(each) == "python"]
    return conda.python_version_of(pythons[0]) if pythons else ""


def draw_up(
    spec: EnvironmentSpec, python: str, own: Iterable[str], with_conda: bool, say: Callable[[str], None]
) -> Recipe:
    """The recipe for an environment.

    Args:
        spec: What the job asks for.
        python: See `Recipe`.
        own: What Runwatch itself requires.
        with_conda: Whether conda installs the conda packages; else pip does, as far as they are Python packages.
        say: Told, line by line, what is left out or called otherwise.

    Raises:
        ExperimentExecutionException: If a requirement or option cannot be read.
    """
    packages = [each for each in spec.conda_packages if conda.name_of(each) != "python"]
    translated = [] if with_conda else _translated(packages, say)
    requirements = [each for each in (*spec.pip_packages, *translated) if _is_wanted(each, say)]
    return Recipe(
        python=python,
        requirements=tuple(sorted({*requirements, *own})),
        options=tuple(_options(spec.pip_options, say)),
        conda=tuple(sorted(packages)) if with_conda else (),
        channels=spec.conda_channels if with_conda else (),
    )


def _translated(packages: Iterable[str], say: Callable[[str], None]) -> list[str]:
    found = []
    for package in packages:
        requirement = conda.to_pip(package)
        if requirement is None:
            say(f"conda package {package}: left out, it is no Python package and there is no conda on this machine.")
        else:
            say(f"conda package {package}: installed by pip as {requirement}.")
            found.append(requirement)
    return found


def _is_wanted(requirement: str, say: Callable[[str], None]) -> bool:
    text = requirement.strip()
    if not text or text.startswith("-") or "\n" in text:
        raise ExperimentExecutionException(
            f"{requirement!r} is no requirement of a package.",
            hint="Name packages as in a requirements file, one each; options belong to pip_options.",
        )
    name = re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=!~;@(]", text, maxsplit=1)[0]).lower()
    if _PROVIDED.fullmatch(name) is None:
        return True
    if name == "runwatch":
        say(f"{text}: left out, Runwatch itself is in every environment.")
    else:
        say(f"{text}: replaced by runwatch-azureml, which every environment has where the agent has it.")
    return False


def _options(lines: Iterable[str], say: Callable[[str], None]) -> Iterable[str]:
    for line in lines:
        found = _OPTION.fullmatch(line.strip())
        name, value = (found[1], found[2]) if found else (line, "")
        known = _OPTIONS.get(name)
        if known is None:
            say(f"option {name}: left out, it is none of those that choose where packages come from.")
        elif name in _BARE:
            yield known
        elif value:
            yield f"{known}={value}"
