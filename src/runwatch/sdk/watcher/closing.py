"""Finishes a run that has ended: last records, files, final status, in an order that survives a crash anywhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from msgspec import UNSET

from runwatch.journal.manifest import Manifest
from runwatch.schema.error import ConflictError
from runwatch.schema.run import ExitKind, GetRun, Run, RunStatus, UpdateRun
from runwatch.sdk.watcher import backlog
from runwatch.sdk.watcher.ending import Ending
from runwatch.sdk.watcher.follow import Follower
from runwatch.sdk.watcher.notice import Notices
from runwatch.sdk.watcher.shipping import Shipped, Shipper
from runwatch.sdk.watcher.upload import put_folder, put_handed
from runwatch.store.protocol import Store

BY_OTHERS = frozenset({ExitKind.SIGNAL, ExitKind.INTERRUPTED, ExitKind.LOST, ExitKind.EXIT_CODE, ExitKind.EXCEPTION})
"""Endings that a request to cancel explains."""


def close_run(
    shipper: Shipper,
    follower: Follower,
    notices: Notices,
    *,
    take: Callable[[Shipped], None],
    judge: Callable[[], Ending | None],
    final: bool,
) -> Iterator[None]:
    """Finish a run, and yield between the parts of long uploads so that other runs get their turn.

    Every step may be repeated: whoever finds the folder after a crash starts from the top. The manifest goes last,
    after the status, so that no journal is removed before the store says how its run ended.

    Args:
        shipper: Ships its journal.
        follower: Follows its console and logs.
        notices: What the reader of the run must be told.
        take: Given what each call of the shipper did.
        judge: Says how it ended, or None if that is not ours to say; asked when all records are in the store.
        final: No process writes to the journal any more, so that torn ends are dropped.
    """
    store, manifest, folder = shipper.store, shipper.manifest, shipper.folder
    yield from _ship(shipper, take, final=final)  # first of all: it also makes the run, if the store has none yet
    if (ending := judge()) is not None:
        ended_at = ending.exit.at or time.time()  # of the process; how long the rest takes is no part of the run
        reason = "" if ending.status is RunStatus.COMPLETED else ending.reason or "failed"
        store.runs.update(
            UpdateRun(run_id=shipper.run_id, status=RunStatus.FINALIZING, reason=reason, at=ended_at, contact=True)
        )
    yield from follower.finish()
    yield from put_handed(store, shipper.run_id, folder / "upload", notices)
    if manifest.outputs:
        yield from put_folder(store, shipper.run_id, "outputs", Path(manifest.outputs), notices)
    yield from put_handed(store, shipper.run_id, folder / "upload", notices)
    yield from _ship(shipper, take, final=final)
    if manifest.job is not None and (ending := judge()) is not None and ending.status is RunStatus.COMPLETED:
        _register(store, shipper.run_id, notices)
    notices.flush(store, shipper.run_id)
    if (ending := judge()) is not None:
        settle(store, shipper.run_id, ending)
    backlog.remove(folder)


def _register(store: Store, run_id: str, notices: Notices) -> None:
    """Make datasets of the folders that a submitted run was to have registered."""
    run = store.runs.get(GetRun(run_id=run_id))
    if not run.definition.get("outputData") or run.error is not None:
        return
    from runwatch.sdk.dataset.completion import register_outputs

    for sentence in register_outputs(store, run):
        notices(sentence)


def _ship(shipper: Shipper, take: Callable[[Shipped], None], *, final: bool) -> Iterator[None]:
    more = True
    while more:
        shipped = shipper.ship(final=final)
        take(shipped)
        more = shipped.more
        yield


def settle(store: Store, run_id: str, ending: Ending) -> None:
    """Write the last word on a run; what its own code or another hand has settled before stays."""
    before = store.runs.get(GetRun(run_id=run_id))
    if _was_started_again(before, ending):
        return
    if _was_to_be_canceled(before) and ending.exit.kind in BY_OTHERS:
        cause = msgspec.structs.replace(ending.exit, kind=ExitKind.CANCELED)
        ending = Ending(status=RunStatus.CANCELED, exit=cause, reason="canceled")
    if ending.status is RunStatus.QUEUED:  # it is to be started again; how this attempt ended stands in the history
        store.runs.update(UpdateRun(run_id=run_id, status=ending.status, reason=ending.reason))
        return
    over = before.status.is_terminal
    store.runs.update(
        UpdateRun(
            run_id=run_id,
            status=UNSET if over else ending.status,
            reason="" if over else ending.reason,
            at=ending.exit.at or time.time(),
            exit=UNSET if before.exit is not None else ending.exit,
            error=UNSET if over or before.error is not None or ending.error is None else ending.error,
        )
    )


def is_made_here(store: Store, manifest: Manifest) -> bool:
    """Whether the process of this manifest made the run or was submitted as it, rather than joined another's.

    The end of a process that only joined a run says nothing about it. The store tells the two apart: it answers the
    request that made the run with that run, and any other one for the same id with a refusal.
    """
    if manifest.job is not None:
        return True
    try:
        store.runs.create(manifest.create)
    except ConflictError:
        return False
    return True


def _was_to_be_canceled(run: Run) -> bool:
    for change in reversed(run.history):
        if change.status is not RunStatus.FINALIZING:
            return change.status is RunStatus.CANCEL_REQUESTED
    return False


def _was_started_again(run: Run, ending: Ending) -> bool:
    """Whether this ending is that of an earlier attempt, whose journal was found late."""
    started = max((change.at for change in run.history if change.status is RunStatus.RUNNING), default=0.0)
    return run.attempt > 1 and 0.0 < ending.exit.at < started
