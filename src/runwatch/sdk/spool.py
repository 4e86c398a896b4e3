"""Hands files to the watcher through a journal's ``upload`` folder: a file counts once its ``.json`` is in place."""

from __future__ import annotations

import secrets
import shutil
import time
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from runwatch.sdk import whole_file

FOLDER: Final = "upload"


def hand_over(folder: Path, path: str, content: bytes | Path | BinaryIO, *, overwrite: bool = False) -> None:
    """Copy a file for the watcher, which uploads and removes it; a process killed meanwhile hands over nothing.

    Args:
        folder: The journal folder.
        path: The artifact it becomes.
        content: The bytes, a file, or a stream to be read to its end.
        overwrite: Replace an artifact of this path.

    Raises:
        OSError: If it cannot be written.
    """
    place = folder / FOLDER
    place.mkdir(parents=True, exist_ok=True)
    name = f"{time.time_ns():020d}-{secrets.token_hex(4)}"  # sorts by time, and no two processes meet
    data = place / f"{name}.bin"
    try:
        _write(data, content)
        whole_file.write(data.with_suffix(".json"), msgspec.json.encode({"path": path, "overwrite": overwrite}))
    except BaseException:
        data.unlink(missing_ok=True)
        raise


def is_empty(folder: Path) -> bool:
    """Whether the watcher has uploaded all that was handed over."""
    try:
        return not any(entry.suffix == ".json" for entry in (folder / FOLDER).iterdir())
    except FileNotFoundError:
        return True


def _write(data: Path, content: bytes | Path | BinaryIO) -> None:
    if isinstance(content, Path):
        shutil.copyfile(content, data)
    elif isinstance(content, bytes):
        data.write_bytes(content)
    else:
        with data.open("wb") as file:
            shutil.copyfileobj(content, file)
