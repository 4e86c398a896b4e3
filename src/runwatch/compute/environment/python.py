"""A Python that a job can run with, and the question to an interpreter whether it is one."""

from __future__ import annotations

import json
import os
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Final

from msgspec import Struct

from runwatch.schema.error import ExperimentExecutionException

ANSWER_S: Final = 60.0
"""How long an interpreter may take to say who it is; a cold one on a network disk takes seconds."""

# Old enough for every Python that somebody may still train with.
_QUESTION: Final = (
    "import json, platform, sys, sysconfig; "
    "print(json.dumps([platform.python_version(), sys.prefix, sysconfig.get_path('purelib')]))"
)


class Python(Struct, frozen=True, kw_only=True):
    """A Python that was seen to run.

    Attributes:
        executable: Absolute path of the interpreter; a symbolic link stays one, since it says which environment it is.
        version: E.g. ``3.11.7``.
        prefix: The folder of the environment.
        site: Where its packages are.
    """

    executable: str
    version: str
    prefix: str
    site: str

    def variables(self, search_path: str) -> dict[str, str]:
        """The environment variables that make it the Python of a process, as activating it in a shell would.

        Args:
            search_path: The ``PATH`` that is set otherwise.
        """
        folder = str(Path(self.executable).parent)
        found = {"PATH": f"{folder}{os.pathsep}{search_path}" if search_path else folder}
        if (Path(self.prefix) / "conda-meta").is_dir():
            found["CONDA_PREFIX"] = self.prefix
        elif (Path(self.prefix) / "pyvenv.cfg").is_file():
            found["VIRTUAL_ENV"] = self.prefix
        return found


def minor_of(version: str) -> tuple[int, ...]:
    """``(3, 11)`` of ``3.11.7``."""
    return tuple(int(part) for part in version.split(".")[:2])


def probe(executable: Path) -> Python:
    """Ask an interpreter who it is; the same file is asked once.

    Raises:
        ExperimentExecutionException: If it is not there, does not start or is no Python.
    """
    try:
        changed = executable.stat().st_mtime_ns
    except OSError as error:
        raise ExperimentExecutionException(
            f"There is no Python at {executable} ({error.strerror}).",
            hint="Name one that is on the machine that runs the job.",
        ) from error
    return _ask(str(executable.absolute()), changed)


@lru_cache(maxsize=256)
def _ask(executable: str, changed: int) -> Python:
    try:
        done = subprocess.run(
            [executable, "-c", _QUESTION],
            cwd="/",  # the agent's working folder must not shadow a module
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=ANSWER_S,
            check=True,
        )
        version, prefix, site = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError, TypeError) as error:
        raise ExperimentExecutionException(
            f"{executable} does not run as a Python: {_reason(error)}.",
            hint="Name an interpreter that starts on the machine that runs the job.",
        ) from error
    return Python(executable=executable, version=version, prefix=prefix, site=site)


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        lines = error.stderr.decode(errors="replace").strip().splitlines()
        return f"it ended with code {error.returncode}" + (f" ({lines[-1]})" if lines else "")
    if isinstance(error, subprocess.TimeoutExpired):
        return f"no answer within {ANSWER_S:.0f} s"
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return "its answer is not that of a Python"
