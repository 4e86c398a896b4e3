"""Gives a snapshot back into a folder: exactly what was submitted, and nothing outside of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from runwatch.schema.error import SnapshotException
from runwatch.store.protocol import Store
from runwatch.store.snapshot.manifest import Manifest, SnapshotFile
from runwatch.store.snapshot.place import HeldFolder
from runwatch.store.snapshot.reader import read_file, read_manifest


def give_back(
    store: Store, run_id: str, folder: str | os.PathLike[str], advance: Callable[[int], None] | None = None
) -> Manifest:
    """Write the snapshot of a run into a folder: files, links, empty folders, and which files may be executed.

    Folders that are there are used; a file or link that is there is never replaced nor followed. If it fails, what was
    written so far stays: the caller removes the folder.

    Args:
        store: Where the run is.
        run_id: The run.
        folder: Made if it is not there.
        advance: Told the bytes of each part that was written.

    Returns:
        What was written.

    Raises:
        NotFoundError: There is no such run, or it has no snapshot.
        CorruptDataError: The manifest is refused, or a file is not what was submitted.
        SnapshotException: The folder cannot be written to, or something is in the way.
    """
    manifest, root = read_manifest(store, run_id), Path(folder)
    with _said(root):
        root.mkdir(parents=True, exist_ok=True)
    with _opened(root) as held:
        for file in manifest.files:
            with _said(root / file.path):
                _write(held, store, run_id, file, advance)
        for path in manifest.folders:
            with _said(root / path):
                held.make_folder(path)
        for link in manifest.links:  # last of all: nothing is written once there are links
            with _said(root / link.path):
                held.make_link(link.path, link.target)
    return manifest


def _write(
    held: HeldFolder, store: Store, run_id: str, file: SnapshotFile, advance: Callable[[int], None] | None
) -> None:
    with open(held.make_file(file.path, executable=file.executable), "wb", buffering=0) as target:
        for data in read_file(store, run_id, file):
            rest = memoryview(data)
            while rest:
                rest = rest[target.write(rest) :]
            if advance is not None:
                advance(len(data))


def _opened(root: Path) -> HeldFolder:
    with _said(root):
        return HeldFolder(root)


@contextmanager
def _said(path: Path) -> Iterator[None]:
    """Errors of the operating system name the file and say what to do."""
    try:
        yield
    except FileExistsError as error:
        raise SnapshotException(f"{path} is there already.", hint="Choose an empty folder.") from error
    except OSError as error:
        raise SnapshotException(
            f"{path} cannot be written: {error.strerror}.", hint="Choose another folder, and no link in it."
        ) from error
