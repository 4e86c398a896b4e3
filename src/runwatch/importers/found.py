"""A run of another tracker as its importer found it: what it was made with, how it went, what it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import BinaryIO

from msgspec import Struct

from runwatch.schema.metric import Block
from runwatch.schema.run import CreateRun, RunError, RunLife, RunWarning


class FoundFile(Struct, frozen=True, kw_only=True):
    """A file of a run.

    Attributes:
        path: Its path within the run.
        size_bytes: Its size.
        opened: Opens it from its start; it can be sought.
        sha256: The digest of its content, or empty where nobody has read it yet.
    """

    path: str
    size_bytes: int
    opened: Callable[[], AbstractContextManager[BinaryIO]]
    sha256: str = ""


class FoundRun(Struct, frozen=True, kw_only=True):
    """A run.

    Attributes:
        source: Where it was found, for people.
        born: What it is made with. Its token stands for the run's content: an equal one means the same run.
        life: How it went.
        blocks: The rows of its metrics, the same ones in the same order each time.
        files: Its files, likewise.
        tags: Its labels.
        error: What went wrong.
        warnings: What its reader must know.
        metrics: How many metrics it has.
        file_count: How many files.
        size_bytes: Of the files, where known.
        notes: What of it was left out, a sentence each.
    """

    source: str
    born: CreateRun
    life: RunLife
    blocks: Callable[[], Iterator[Block]]
    files: Callable[[], Iterator[FoundFile]]
    tags: dict[str, str | None]
    error: RunError | None = None
    warnings: tuple[RunWarning, ...] = ()
    metrics: int = 0
    file_count: int = 0
    size_bytes: int = 0
    notes: tuple[str, ...] = ()
