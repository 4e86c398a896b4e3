"""``runwatch download --snapshot``: the source folder that a run was started from, as a folder."""

from __future__ import annotations

from pathlib import Path

from runwatch.cli import figure
from runwatch.cli.progress import progress
from runwatch.cli.session import Session
from runwatch.cli.text import visible
from runwatch.schema.error import ConflictError, NotFoundError
from runwatch.store.protocol import Store
from runwatch.store.snapshot.manifest import Manifest, snapshot_id
from runwatch.store.snapshot.reader import read_manifest


def snapshot_of(store: Store, run_id: str) -> Manifest:
    """The manifest of a run's snapshot.

    Raises:
        NotFoundError: It has none.
    """
    try:
        return read_manifest(store, run_id)
    except NotFoundError as error:
        raise NotFoundError("This run has no snapshot.", hint="run.take_snapshot(folder) takes one.") from error


def give_folder(session: Session, run_id: str, folder: Path) -> None:
    """Write the snapshot into a folder that is not there, or empty."""
    from runwatch.store.snapshot.giving import give_back

    store, terminal = session.store(), session.terminal
    total = snapshot_of(store, run_id).size_bytes
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConflictError(f"{folder} is there already, and not empty.", hint="Choose another folder with --to.")
    with progress(terminal, total) as advance:
        manifest = give_back(store, run_id, folder, advance)
    if terminal.as_json:
        terminal.json(
            {
                "run_id": run_id,
                "snapshot_id": snapshot_id(manifest),
                "folder": str(folder),
                "downloaded": [str(folder / file.path) for file in manifest.files],
            }
        )
        return
    terminal.line(visible(str(folder)))
    terminal.note(f"{figure.plural(len(manifest.files), 'file')} of the snapshot {snapshot_id(manifest)}.")
