"""Wakes the agent of a workspace on this machine, and starts one if there is none: standard library only."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from runwatch.journal import background, location
from runwatch.journal.location import is_folder
from runwatch.sdk import problem

MODULE: Final = "runwatch.compute.agent"
"""Named, not imported: the SDK knows no back end."""

LOOK_S: Final = 0.02
"""How often to see whether an agent is up: it takes half a second."""


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
    background.let_loose(command(workspace), _log(place), _environment())


def start(workspace: str, *options: str) -> subprocess.Popen[bytes]:
    """Start an agent that the caller looks after and ends.

    Args:
        workspace: Folder or URL.
        *options: Further words of its command line.

    Raises:
        OSError: If it could not be started.
    """
    line = [*command(workspace), *options]
    return background.start(line, _log(location.compute_folder(workspace)), _environment())


@contextmanager
def serving(workspace: str, *options: str) -> Iterator[None]:
    """An agent for as long as the block lasts; one that serves the workspace already does the work instead.

    Args:
        workspace: The folder, which has been made.
        *options: Further words of its command line.
    """
    ours = start(workspace, *options)
    try:
        while ours.poll() is None and not is_there(workspace):  # or the first submission would start another one
            time.sleep(LOOK_S)
        yield
    finally:
        ours.terminate()
        ours.wait()


def command(workspace: str) -> list[str]:
    """The command line of an agent of a folder or URL."""
    return [sys.executable, "-P", "-m", MODULE, "--workspace", workspace]


def _log(place: Path) -> Path:
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place / location.AGENT_LOG


def _environment() -> dict[str, str]:
    return background.elsewhere({name: value for name, value in os.environ.items() if name != "PYTHONSTARTUP"})
