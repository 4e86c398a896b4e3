"""What a run does with its snapshot: takes it once, and gives it back as a zip."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from runwatch.schema.error import NotFoundError, SnapshotException
from runwatch.schema.run import ListRuns
from runwatch.sdk import problem
from runwatch.sdk.snapshot.capture import capture, put
from runwatch.store.protocol import Store
from runwatch.store.snapshot.manifest import SNAPSHOT_PROPERTY, snapshot_id
from runwatch.store.snapshot.reader import read_manifest
from runwatch.store.zip.snapshot import zip_snapshot


def take(store: Store, run_id: str, source: str | os.PathLike[str], known: str | None) -> str:
    """Capture a folder or file and put it into a run; its notices are said on stderr.

    Args:
        store: Where the run is.
        run_id: The run.
        source: A folder or a file.
        known: The id of the snapshot that the run has.

    Returns:
        The id of the snapshot; the caller notes it with the run.

    Raises:
        SnapshotException: The run has a snapshot already, or none can be taken.
    """
    if known:
        raise SnapshotException(
            f"Cannot take a snapshot as the run already has one: {known}.", hint="Take it in a new run."
        )
    captured = capture(source)
    for notice in captured.notices:
        problem.say(f"snapshot of {captured.root}: {notice}.")
    return put(store, run_id, captured)


def restore(store: Store, run_id: str, wanted: str | None, folder: str | os.PathLike[str] | None) -> str:
    """Write a snapshot as ``<its id>.zip``, whole or not at all.

    Args:
        store: Where the run is.
        run_id: The run.
        wanted: The id of the snapshot, be it that of another run; the run's own if None.
        folder: Where to; a new folder for temporary files if None.

    Returns:
        The path of the zip.

    Raises:
        SnapshotException: There is no such snapshot, or the folder cannot be written to.
    """
    owner = run_id if wanted is None else _owner(store, wanted)
    try:
        manifest = read_manifest(store, owner)
    except NotFoundError as error:
        raise SnapshotException(
            f"The run {owner} has no snapshot.", hint="run.take_snapshot(folder) takes one."
        ) from error
    name = f"{snapshot_id(manifest)}.zip"  # worked out from the content: what stands in a property becomes no path
    try:
        target = Path(tempfile.mkdtemp(prefix="runwatch-snapshot-") if folder is None else folder) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{secrets.token_hex(6)}.part")
        try:
            with draft.open("xb") as file:
                for part in zip_snapshot(store, owner, manifest):
                    file.write(part)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise SnapshotException(
            f"The snapshot cannot be written to {folder}: {error.strerror}.", hint="Choose another folder."
        ) from error
    return str(target)


def _owner(store: Store, wanted: str) -> str:
    """A run whose snapshot has this id."""
    found = store.runs.list(ListRuns(properties={SNAPSHOT_PROPERTY: wanted}, hidden=True, limit=1)).runs
    if not found:
        raise SnapshotException(
            f"No run of this workspace has the snapshot {wanted!r}.", hint="run.get_snapshot_id() tells a run's own."
        )
    return found[0].run_id
