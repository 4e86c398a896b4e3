"""The folder in which built environments are kept: what is ready, when it was last used, and what is thrown away."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import time
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from runwatch.compute.environment import lock, provision
from runwatch.compute.environment.python import Python, probe
from runwatch.schema.error import ExperimentExecutionException
from runwatch.schema.settled import settled

READY: Final = "ready.json"
DAY_S: Final = 86_400.0


class Ready(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The content of ``ready.json``, which is written last: without it an environment does not count.

    Attributes:
        v: The format's version.
        python: The interpreter, an absolute path.
        requirements: What was asked for, in pip's spelling.
        conda: Likewise, in conda's.
        runwatch: The copy of Runwatch that it points to; empty if its Python is too old for one.
        built_at: Seconds UTC.
    """

    v: int = 1
    python: str
    requirements: tuple[str, ...] = ()
    conda: tuple[str, ...] = ()
    runwatch: str = ""
    built_at: float


def standing(folder: Path) -> tuple[Python, Ready] | None:
    """The environment in a folder, if it was built to the end and still runs."""
    try:
        ready = msgspec.json.decode((folder / READY).read_bytes(), type=settled(Ready))
        return probe(Path(ready.python)), ready
    except (FileNotFoundError, msgspec.DecodeError, ExperimentExecutionException):
        return None  # half-built, or the Python that it was made from is gone


def note(folder: Path, ready: Ready) -> None:
    """Write ``ready.json``, whole; its time of change says when the environment was last used."""
    draft = folder / f".{READY}.{secrets.token_hex(4)}"
    with draft.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(ready)))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / READY)


def clear(folder: Path) -> None:
    """Remove an environment: first what makes it count."""
    (folder / READY).unlink(missing_ok=True)
    if folder.exists():
        shutil.rmtree(folder)


def collect(place: Path, keep_days: float) -> list[Path]:
    """Remove environments, and copies of Runwatch, that no job has started with for so long.

    Args:
        place: Where environments are kept.
        keep_days: More than the longest job may last: a running job does not show here.

    Returns:
        The folders that were removed.
    """
    oldest = time.time() - keep_days * DAY_S
    removed = [folder for path in sorted(place.glob("*.lock")) if (folder := _discard(path, oldest)) is not None]
    copies = [*place.glob(f"{provision.PREFIX}*"), *place.glob(f".{provision.PREFIX}*")]
    for copy in sorted(copies):
        if copy.stat().st_mtime < oldest:
            shutil.rmtree(copy)
            removed.append(copy)
    return removed


def _discard(path: Path, oldest: float) -> Path | None:
    descriptor = lock.take(path)
    if descriptor is None:  # being built
        return None
    folder = path.with_suffix("")
    try:
        ready = folder / READY
        used_at = ready.stat().st_mtime if ready.exists() else path.stat().st_mtime
        if used_at >= oldest:
            return None
        clear(folder)
        path.unlink()  # while it is held: whoever opened it before sees that it is gone, and makes a new one
        return folder
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)
