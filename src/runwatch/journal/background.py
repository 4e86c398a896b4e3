"""Starts processes that work in the background of others: watchers and agents."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess


def start(line: Sequence[str], log: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a process in a session of its own, which holds on to no folder and no terminal of ours.

    Args:
        line: The program and its arguments.
        log: What it says of itself is appended here.
        environment: All its variables.

    Raises:
        OSError: If it could not be started.
    """
    import subprocess  # every training process loads this module, and hardly any of them this

    with open(log, "ab") as opened:
        return subprocess.Popen(
            line, stdin=subprocess.DEVNULL, stdout=opened, stderr=opened, cwd="/", start_new_session=True,
            env=environment,
        )  # fmt: skip


def let_loose(line: Sequence[str], log: Path, environment: Mapping[str, str]) -> None:
    """Start a process as `start` does that nobody has to wait for: a shell in between takes it off our hands."""
    start(["/bin/sh", "-c", '"$@" &', "sh", *line], log, environment).wait()


def elsewhere(variables: Mapping[str, str]) -> dict[str, str]:
    """Variables for a process that works in another folder: there, relative entries of ``PYTHONPATH`` mean others."""
    found = dict(variables)
    if path := found.get("PYTHONPATH"):
        found["PYTHONPATH"] = os.pathsep.join(os.path.abspath(part) for part in path.split(os.pathsep) if part)  # noqa: PTH100 (a symbolic link stays as it is)
    return found
