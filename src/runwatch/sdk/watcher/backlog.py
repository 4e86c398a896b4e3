"""The journal folders of a workspace and how each stands: waiting, parked or done."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from runwatch.journal.location import journal_folder
from runwatch.journal.place import journal_folders as journal_places
from runwatch.sdk import home, whole_file
from runwatch.sdk.watcher.claim import LOCK

MANIFEST: Final = "run.json"
PARKED: Final = "parked"
QUARANTINE: Final = "quarantine"
"""The subfolder for records that the store refuses for good; it stays when the rest of the journal is removed."""

KEPT: Final = frozenset({MANIFEST, LOCK, QUARANTINE})


def journal_root(workspace: str) -> Path:
    """The folder that holds the journals of a workspace, given as folder or URL."""
    return journal_folder(home.normal(workspace), "any").parent


def journal_folders(root: Path) -> Iterator[Path]:
    """The folders below a journal root that hold a run's journal, by name."""
    if root.is_dir():
        for folder in sorted(root.iterdir()):
            if (folder / MANIFEST).is_file():
                yield folder


def park(folder: Path, reason: str) -> None:
    """Leave a folder as it is, for somebody to decide about: its run is gone from the store."""
    if folder.is_dir():
        whole_file.write(folder / PARKED, f"{reason}\n".encode())  # it counts as parked as soon as the file is there


def parked(folder: Path) -> str:
    """Why a folder was parked, or an empty text if it was not."""
    try:
        return (folder / PARKED).read_text(encoding="utf-8").strip() or PARKED
    except OSError:
        return ""


def remove(folder: Path) -> None:
    """Remove the journal of a run that is wholly in the store; records in quarantine stay.

    The manifest goes last: a removal that was cut short is done again by whoever finds it, and until then the folder
    counts as waiting.
    """
    if not folder.is_dir():
        return
    for elsewhere in journal_places(folder):
        if elsewhere != folder:
            shutil.rmtree(elsewhere)
    for entry in folder.iterdir():
        if entry.name in KEPT:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink(missing_ok=True)
    (folder / LOCK).unlink(missing_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()
