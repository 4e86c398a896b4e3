"""Where the processes of this machine keep what belongs to a workspace and is not in its store yet."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Final

AGENT_LOCK: Final = "agent.lock"
"""In the compute folder: held by the agent that serves the workspace on this machine."""

AGENT_LOG: Final = "agent.log"
"""In the compute folder: what an agent without a terminal says."""

NAME_BYTES: Final = 200
"""File names end at 255 bytes; ids may have 256 letters of several bytes."""


def is_folder(location: str) -> bool:
    """Whether a location is a folder rather than the URL of a server."""
    return "://" not in location


def journal_folder(location: str, run_id: str) -> Path:
    """Where the journal of a run stands: in the workspace's folder, or in the user's own if the workspace is a server.

    Args:
        location: The workspace.
        run_id: Checked by `runwatch.schema.name.check_run_id`, so that it is one plain file name.
    """
    return _place(location, "journal") / file_name(run_id)


def compute_folder(location: str) -> Path:
    """Where the agent of this machine keeps the jobs of a workspace."""
    return _place(location, "compute")


def job_folder(location: str, run_id: str, attempt: int) -> Path:
    """The folder of one start of a submitted run.

    Args:
        location: The workspace.
        run_id: As in `journal_folder`.
        attempt: Which start, from 1.
    """
    return compute_folder(location) / "jobs" / file_name(run_id) / str(attempt)


def bell(folder: Path) -> Path:
    """The socket at which somebody who looks after a folder can be rung.

    Its name must be short, whatever the folder's is: it lies in the user's folder for temporary files.

    Raises:
        PermissionError: If that folder belongs to somebody else.
    """
    owner = os.getuid() if hasattr(os, "getuid") else "user"
    place = Path(tempfile.gettempdir()) / f"runwatch-{owner}"
    place.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "getuid") and os.lstat(place).st_uid != os.getuid():
        raise PermissionError(f"{place} belongs to somebody else")
    return place / f"{hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()[:24]}.bell"


def file_name(run_id: str) -> str:
    """A run's id as a file name."""
    if len(run_id.encode()) <= NAME_BYTES:
        return run_id
    return f"{run_id.encode()[:150].decode(errors='ignore')}~{hashlib.sha256(run_id.encode()).hexdigest()[:16]}"


def _place(location: str, kind: str) -> Path:
    if is_folder(location):
        return Path(location) / kind
    from platformdirs import user_state_path

    place = hashlib.sha256(location.encode()).hexdigest()[:16]
    return user_state_path("runwatch", appauthor=False) / kind / place
