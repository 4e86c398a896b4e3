"""An environment as it stands in run definitions and configuration files: the original's form, and back."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from runwatch.schema.error import RunConfigurationException
from runwatch.schema.launch import EnvironmentSpec

DEFAULT_NAME: Final = "default-environment"
"""The original's name for the environment of a run that was given none."""

UNTOUCHED: Final = EnvironmentSpec(name=DEFAULT_NAME, managed=True, conda_channels=("conda-forge",))
"""What an environment of that name says before somebody changes it."""


def spec_of(environment: Any) -> EnvironmentSpec:
    """What an environment object says; None, or one of which nothing was said, is the Python that submits.

    Raises:
        RunConfigurationException: It is no environment.
    """
    if environment is None:
        return EnvironmentSpec()
    told = getattr(environment, "_to_spec", None)
    spec = told() if callable(told) else None
    if not isinstance(spec, EnvironmentSpec):
        raise RunConfigurationException(
            f"A {environment.__class__.__name__} is no environment.", hint="Give an Environment."
        )
    if spec.name != DEFAULT_NAME:
        return spec
    return EnvironmentSpec() if spec == UNTOUCHED else replace(spec, name="")


def to_form(spec: EnvironmentSpec) -> dict[str, Any]:
    """The original's form; packages stand as in a conda file."""
    pip = [*spec.pip_options, *spec.pip_packages]
    packages: list[Any] = [f"python={spec.python_version}"] if spec.python_version else []
    packages += [*spec.conda_packages, *([{"pip": pip}] if pip else [])]
    return {
        "name": spec.name or DEFAULT_NAME,
        "version": spec.version or None,
        "environmentVariables": dict(spec.variables),
        "python": {
            "userManagedDependencies": not spec.managed,
            "interpreterPath": spec.interpreter or "python",
            "condaDependencies": {"channels": list(spec.conda_channels), "dependencies": packages},
        },
        "docker": {"baseImage": spec.image or None, "baseDockerfile": spec.dockerfile or None},
    }


def from_form(form: dict[str, Any]) -> EnvironmentSpec:
    """What a form says; what is missing is as in `EnvironmentSpec`, and further keys are passed over.

    Raises:
        RunConfigurationException: It has another shape.
    """
    python, docker = part(form, "python"), part(form, "docker")
    conda = part(python, "condaDependencies")
    packages = conda.get("dependencies") or []
    pip = [str(each) for each_part in packages if isinstance(each_part, dict) for each in each_part.get("pip") or []]
    named = [str(each) for each in packages if not isinstance(each, dict)]
    version = next((each.split("=")[-1] for each in named if each.startswith("python=")), "")
    interpreter = str(python.get("interpreterPath") or "")
    return EnvironmentSpec(
        name="" if form.get("name") == DEFAULT_NAME else str(form.get("name") or ""),
        version=str(form.get("version") or ""),
        managed=not python.get("userManagedDependencies", True),
        interpreter="" if interpreter == "python" else interpreter,
        python_version=version,
        pip_packages=tuple(each for each in pip if not each.startswith("-")),
        pip_options=tuple(each for each in pip if each.startswith("-")),
        conda_packages=tuple(each for each in named if not each.startswith("python=")),
        conda_channels=tuple(map(str, conda.get("channels") or [])),
        variables={str(key): str(value) for key, value in part(form, "environmentVariables").items()},
        image=str(docker.get("baseImage") or ""),
        dockerfile=str(docker.get("baseDockerfile") or ""),
    )


def part(form: dict[str, Any], name: str) -> dict[str, Any]:
    """A part of a form that holds names and values; empty if it is not there.

    Raises:
        RunConfigurationException: It holds something else.
    """
    found = form.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise RunConfigurationException(
            f"{name} must hold names and values, not {found!r:.80}.", hint="See docs/formats/runconfig.md."
        )
    return found
