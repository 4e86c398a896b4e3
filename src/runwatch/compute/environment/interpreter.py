"""Finds the Python of a job that brings its own: a path, a name on ``PATH``, or the folder of an environment."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from runwatch.compute.environment.python import Python, probe
from runwatch.schema.error import ExperimentExecutionException
from runwatch.schema.launch import EnvironmentSpec


def find(spec: EnvironmentSpec, submitted_python: str = "", submitted_here: bool = False) -> Python:
    """The Python that an unmanaged environment names.

    Args:
        spec: ``managed`` is not looked at.
        submitted_python: The interpreter that submitted the job.
        submitted_here: Whether that was on this machine, so that its path means something.

    Raises:
        ExperimentExecutionException: If it is not there or does not run.
    """
    if spec.interpreter:
        return probe(_named(spec.interpreter))
    if submitted_here and submitted_python and Path(submitted_python).is_file():
        return probe(Path(submitted_python))
    return probe(Path(sys.executable))


def _named(name: str) -> Path:
    path = Path(name).expanduser()
    if path.is_absolute():
        return _in_folder(path) if path.is_dir() else path
    if "/" in name:
        raise ExperimentExecutionException(
            f"The interpreter {name} is named by a relative path.",
            hint="A job runs in a folder of its own: name the interpreter by an absolute path, or by a name on PATH.",
        )
    found = shutil.which(name)
    if found is None or not Path(found).is_absolute():  # a relative entry of PATH could be a trap
        raise ExperimentExecutionException(
            f"There is no interpreter {name} on the PATH of the agent.",
            hint="Name it by its absolute path, or start the agent with a PATH that has it.",
        )
    return Path(found)


def _in_folder(prefix: Path) -> Path:
    """The interpreter of a virtual or conda environment."""
    found = [path for path in (prefix / "bin" / "python", prefix / "bin" / "python3") if path.exists()]
    if not found:
        raise ExperimentExecutionException(
            f"The folder {prefix} holds no environment: it has no bin/python.",
            hint="Name the folder of a virtual or conda environment, or the interpreter itself.",
        )
    return found[0]
