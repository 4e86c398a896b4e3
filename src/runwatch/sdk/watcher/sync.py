"""Ships the journals that no watcher looks after: those of killed watchers, restarted machines and missing networks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

from msgspec import Struct

from runwatch.journal.manifest import Manifest, read_manifest
from runwatch.schema.error import RunwatchError
from runwatch.sdk import home
from runwatch.sdk.watcher import backlog
from runwatch.sdk.watcher.claim import Claim, is_claimed
from runwatch.sdk.watcher.life import Life
from runwatch.sdk.watcher.ward import Ward
from runwatch.store.location import open_store
from runwatch.store.protocol import Store

State = Literal["live", "waiting", "parked", "unreadable"]


class Unshipped(Struct, frozen=True, kw_only=True):
    """A journal that is not wholly in its workspace.

    Attributes:
        folder: The journal folder.
        run_id: The run; the folder's name if the manifest cannot be read.
        state: ``live``: a watcher has it; ``waiting``: `sync` would ship it; ``parked``: its run was deleted;
            ``unreadable``: the manifest is damaged.
        size_bytes: What its files take.
        note: Why it is parked or unreadable.
    """

    folder: Path
    run_id: str
    state: State
    size_bytes: int = 0
    note: str = ""


class SyncResult(Struct, frozen=True, kw_only=True):
    """What `sync` did with one journal.

    Attributes:
        folder: The journal folder.
        run_id: The run.
        state: ``finished``: all is in the store, the run has ended and the journal is gone; ``shipped``: all is in the
            store, the process goes on; ``live``: left to the watcher that has it; ``failed``: see ``error``.
        records: Journal records that went to the store.
        notices: What was lost or refused.
        error: Why it failed; the journal is still there.
    """

    folder: Path
    run_id: str
    state: Literal["finished", "shipped", "live", "failed"]
    records: int = 0
    notices: tuple[str, ...] = ()
    error: str = ""


def unshipped(workspace: str) -> list[Unshipped]:
    """The journals of a workspace, given as folder or URL, by name."""
    return [_describe(folder) for folder in backlog.journal_folders(backlog.journal_root(workspace))]


def sync(
    workspace: str,
    *,
    store: Store | None = None,
    run_ids: Iterable[str] | None = None,
    progress: Callable[[SyncResult], None] | None = None,
) -> list[SyncResult]:
    """Ship every journal of a workspace that no watcher looks after; one bad journal never stops the others.

    A run whose process has ended gets its final status; one whose process goes on is only shipped.

    Args:
        workspace: Folder or URL.
        store: Where to, if it is open already; else the workspace is opened. Never where a manifest says, since the
            workspace may have been moved.
        run_ids: Only these runs.
        progress: Told of each journal when it is done.
    """
    wanted = None if run_ids is None else set(run_ids)
    entries = [entry for entry in unshipped(workspace) if wanted is None or entry.run_id in wanted]
    opened = open_store(home.normal(workspace), create=False) if store is None and entries else None
    results = []
    try:
        for entry in entries:
            target = store if store is not None else opened
            assert target is not None
            results.append(_sync_one(entry, target))
            if progress is not None:
                progress(results[-1])
    finally:
        if opened is not None:
            opened.close()
    return results


def ship_folder(folder: Path, store: Store, *, leaving: bool = False) -> SyncResult:
    """Ship one journal from within any process, its own training process included; never raises.

    For where no watcher can be started. With an explicit end in the journal, or when its process has ended, the run is
    finished too.

    Args:
        folder: The journal folder.
        store: Where to.
        leaving: Called as the last thing that the training process does, after its "exit" event: finish the run.
    """
    return _sync_one(_describe(folder), store, leaving=leaving)


def _describe(folder: Path) -> Unshipped:
    size_bytes = _size_bytes(folder)
    try:
        run_id = read_manifest(folder).run_id
    except (RunwatchError, OSError) as error:
        return Unshipped(
            folder=folder, run_id=folder.name, state="unreadable", size_bytes=size_bytes, note=str(error)
        )  # fmt: skip
    note = backlog.parked(folder)
    state: State = "live" if is_claimed(folder) else "parked" if note else "waiting"
    return Unshipped(folder=folder, run_id=run_id, state=state, size_bytes=size_bytes, note=note)


def _sync_one(entry: Unshipped, store: Store, *, leaving: bool = False) -> SyncResult:
    if entry.state == "unreadable":
        return SyncResult(folder=entry.folder, run_id=entry.run_id, state="failed", error=entry.note)
    claim = Claim.take(entry.folder)
    if claim is None:
        return SyncResult(folder=entry.folder, run_id=entry.run_id, state="live")
    lives: list[Life] = []

    def follow(manifest: Manifest) -> Life:
        lives.append(Life(manifest.pid, manifest.process_started))
        return lives[-1]

    try:
        return _carry(entry, Ward(claim, lambda workspace: store, follow), leaving=leaving)
    except Exception as error:  # the next journal may be well; this one stays where it is
        return SyncResult(folder=entry.folder, run_id=entry.run_id, state="failed", error=_say(error))
    finally:
        claim.release()
        for life in lives:
            life.close()


def _carry(entry: Unshipped, ward: Ward, *, leaving: bool) -> SyncResult:
    state: Literal["finished", "shipped", "failed"]
    try:
        over = ward.finish_if_over(leaving=leaving)
        state, error = "finished" if over else "shipped", ""
    except Exception as failure:
        state, error = "failed", _say(failure)
    finally:
        ward.leave()
    return SyncResult(
        folder=entry.folder, run_id=entry.run_id, state=state, records=ward.records,
        notices=ward.notices.sentences(), error=error,
    )  # fmt: skip


def _say(error: Exception) -> str:
    return str(error) if isinstance(error, RunwatchError) else f"{type(error).__name__}: {error}"


def _size_bytes(folder: Path) -> int:
    total = 0
    for file in folder.rglob("*"):
        try:
            total += file.stat().st_blocks * 512 if file.is_file() else 0
        except OSError:  # a watcher is at work there
            continue
    return total
