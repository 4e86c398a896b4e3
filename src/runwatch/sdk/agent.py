"""Wakes the agent of a workspace on this machine, and starts one if there is none: standard library only."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Final

from runwatch.journal import location
from runwatch.journal.location import is_folder
from runwatch.sdk import problem

MODULE: Final = "runwatch.compute.agent"
"""Named, not imported: the SDK knows no back end."""


def wake(workspace: str) -> None:
    """Have the agent look at the queue now. Never raises: the job is in the queue whatever happens.

    The jobs of a server's workspace run where the server is: `runwatch up` looks after its agent.

    Args:
        workspace: Folder or URL.
    """
    if not is_folder(workspace):
        return
    place = location.compute_folder(workspace)
    try:
        if not is_there(workspace):
            _start(workspace, place)
    except OSError as error:
        problem.say(f"the agent could not be started ({error.strerror}); 'runwatch agent' in a terminal starts it.")


def is_there(workspace: str) -> bool:
    """Whether an agent of this machine listens for jobs of a folder; it is rung by the question."""
    return _ring(location.bell(location.compute_folder(workspace)))


def _ring(bell: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.setblocking(False)
        try:
            line.sendto(b"r", str(bell))
        except BlockingIOError:  # full of rings that it has yet to hear
            return True
        except OSError:  # nobody listens
            return False
    return True


def _start(workspace: str, place: Path) -> None:
    """Start an agent that nothing of ours holds: it outlives this process and its terminal."""
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(place / location.AGENT_LOG, "ab") as log:
        process = subprocess.Popen(
            ["/bin/sh", "-c", '"$@" &', "sh", *command(workspace)], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            cwd="/", start_new_session=True, env=environment(),
        )  # fmt: skip
    process.wait()


def command(workspace: str) -> list[str]:
    """The command line of an agent.

    Args:
        workspace: Folder or URL.
    """
    return [sys.executable, "-P", "-m", MODULE, "--workspace", workspace]


def environment() -> dict[str, str]:
    """The environment of an agent that is started from this process and works in another folder."""
    return _absolute({name: value for name, value in os.environ.items() if name != "PYTHONSTARTUP"})


def _absolute(variables: dict[str, str]) -> dict[str, str]:
    """Relative entries of ``PYTHONPATH`` mean another folder where the agent is."""
    if path := variables.get("PYTHONPATH"):
        variables["PYTHONPATH"] = os.pathsep.join(os.path.abspath(part) for part in path.split(os.pathsep) if part)  # noqa: PTH100 (a symbolic link stays as it is)
    return variables
