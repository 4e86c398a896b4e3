"""The Python that an environment is made from: one of the version that was asked for, or one close to it."""

from __future__ import annotations

import platform
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

from runwatch.compute.environment import tool
from runwatch.compute.environment.python import minor_of
from runwatch.compute.environment.step import StepFailedError, Steps
from runwatch.schema.error import ExperimentExecutionException

ANSWER_S: Final = 60.0
_RANGE: Final = re.compile(r"[<>!~]=?\s*\d+(\.\d+){0,2}(\.\*)?(\s*,\s*[<>=!~]=?\s*\d+(\.\d+){0,2}(\.\*)?)*")
_VERSION: Final = re.compile(r"\d+(\.\d+){0,2}")


def choose(asked: str, steps: Steps, folder: Path) -> Path:
    """An interpreter of the version asked for; fetched by uv if this machine has none.

    If only the patch version is not there, one of the same minor version is taken, and the log says so.

    Args:
        asked: E.g. ``3.11``, ``3.11.7`` or ``>=3.11``; empty for that of the agent.
        steps: Runs uv where it has to fetch one.
        folder: Any folder that holds no project.

    Raises:
        ExperimentExecutionException: If there is none and none can be fetched.
        BuildCanceledError: If the job was canceled meanwhile.
    """
    wanted = asked.strip().lstrip("=").removesuffix(".*")
    if not wanted or _is_of(platform.python_version(), wanted):
        return _ours()
    if is_range(wanted):
        return _installed(wanted, folder) or _fetched(wanted, steps, folder)
    if _VERSION.fullmatch(wanted) is None:
        raise ExperimentExecutionException(
            f"{asked!r} is no version of Python.", hint="Write it as 3.11, 3.11.7 or >=3.11."
        )
    return _installed(wanted, folder) or _close(wanted, steps, folder) or _fetched(wanted, steps, folder)


def is_range(asked: str) -> bool:
    """Whether it is a comparison such as ``>=3.11,<3.13``."""
    return _RANGE.fullmatch(asked) is not None


def running_minor() -> str:
    """E.g. ``3.11``: the minor version of the Python that runs here."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _ours() -> Path:
    """The Python that runs here, without the virtual environment around it: agents of several share what they build."""
    executable = Path(getattr(sys, "_base_executable", "") or sys.executable)
    return executable if executable.is_file() else Path(sys.executable)


def _is_of(version: str, wanted: str) -> bool:
    return f"{version}.".startswith(f"{wanted}.")


def _close(wanted: str, steps: Steps, folder: Path) -> Path | None:
    """One of the same minor version, if a patch version was asked for."""
    if wanted.count(".") < 2:
        return None
    minor = ".".join(str(part) for part in minor_of(wanted))
    is_ours = _is_of(platform.python_version(), minor)
    found = _ours() if is_ours else _installed(minor, folder)
    if found is not None:
        steps.log.say(f"Python {wanted} is not on this machine: taking {found}, which is a {minor} too.")
    return found


def _fetched(wanted: str, steps: Steps, folder: Path) -> Path:
    steps.log.say(f"Python {wanted} is not on this machine: uv fetches it.")
    try:
        steps.run([tool.uv(), "python", "install", wanted], folder)
    except StepFailedError as error:
        raise ExperimentExecutionException(
            f"Python {wanted} is not on this machine and could not be fetched. There are: {_list(folder)}.",
            hint="Ask for one of those, or install it (uv python install) where there is a network.",
        ) from error
    found = _installed(wanted, folder)
    if found is None:
        raise ExperimentExecutionException(
            f"uv fetched Python {wanted} and does not find it again.", hint="See what `uv python list` shows."
        )
    return found


def _installed(wanted: str, folder: Path) -> Path | None:
    done = _ask(["find", "--system", "--no-python-downloads", wanted], folder)
    return Path(done) if done else None


def _list(folder: Path) -> str:
    lines = _ask(["list", "--only-installed", "--no-python-downloads"], folder).splitlines()
    versions = {found[0] for line in lines if (found := re.search(r"\d+\.\d+\.\d+\w*", line)) is not None}
    return ", ".join(sorted(versions | {platform.python_version()}))


def _ask(arguments: list[str], folder: Path) -> str:
    """What ``uv python …`` answers; empty if it has none."""
    try:
        done = subprocess.run(
            [tool.uv(), "python", *arguments],
            cwd=folder,
            env=tool.variables(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=ANSWER_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
