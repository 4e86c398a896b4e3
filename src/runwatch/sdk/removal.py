"""Deletes a workspace: what Runwatch made in its folder, and nothing that anybody else put there."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from runwatch.journal.location import is_folder
from runwatch.schema.error import ConflictError, WorkspaceNotFoundError
from runwatch.sdk import home, identity, later, recording

OWN: Final = ("journal", "blobs", "workspace.lock", identity.FILE)
"""What lies in a workspace folder besides the database."""

DATABASE: Final = "runwatch.db"


def remove_workspace(location: str) -> None:
    """Delete a workspace.

    Args:
        location: Its folder.

    Raises:
        WorkspaceNotFoundError: If there is none.
        ConflictError: If this process still records a run in it.
    """
    if not is_folder(location):
        later.refuse("deletion of a workspace on a server")
    folder = Path(location)
    if not (folder / DATABASE).exists() and not (folder / identity.FILE).exists():
        raise WorkspaceNotFoundError(f"There is no workspace in {folder}.")
    if any(each.location == location for each in recording.all_live()):
        raise ConflictError(f"A run in {folder} is still being recorded.", hint="Complete it first.")
    home.close(location)
    for entry in [*(folder / name for name in OWN), *folder.glob(f"{DATABASE}*")]:
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
