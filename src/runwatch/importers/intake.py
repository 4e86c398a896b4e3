"""Brings a run of another tracker into a store: as a whole, and once, however often it is tried."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import BinaryIO, Final

from msgspec.structs import replace

from runwatch.importers.found import FoundFile, FoundRun
from runwatch.schema import limit
from runwatch.schema.artifact import AppendArtifact, CreateArtifact, GetArtifact, SealArtifact
from runwatch.schema.error import ConflictError, GoneError, NotFoundError
from runwatch.schema.metric import AppendBatch, Block
from runwatch.schema.run import CreateRun, GetRun, Run, RunStatus, RunWarning, UpdateRun
from runwatch.store.mark import IMPORTING, is_incomplete
from runwatch.store.protocol import Store

SOURCE: Final = "import"
"""Who speaks in the warnings that an import adds."""

_BATCH_BYTES: Final = 16 << 20
"""Rows of one transaction: large enough to make its cost small, small enough to hold in memory."""


class Standing(StrEnum):
    """What of a run is in a store."""

    ABSENT = "absent"
    PARTIAL = "partial"
    PRESENT = "present"


def standing(store: Store, found: FoundRun) -> Standing:
    """What of a run is there; nothing is changed.

    Raises:
        ConflictError: Another run has its id, or an import of something else is half done under it.
        GoneError: It was deleted here.
    """
    run_id = found.born.run_id
    try:
        if _get(store, run_id) is None:
            return Standing.ABSENT
        there = store.runs.create(_request(found, parent_run_id=None))
    except GoneError as error:
        raise GoneError(
            f"The run {run_id} was deleted here, and its id does not come back.",
            hint="Import it into another workspace.",
            run_id=run_id,
        ) from error
    except ConflictError as error:
        raise ConflictError(
            f"There is a run {run_id} already, and it holds something else.",
            hint="Delete it to import this one in its place, or use another workspace.",
            run_id=run_id,
        ) from error
    return Standing.PARTIAL if is_incomplete(there) else Standing.PRESENT


def bring_in(store: Store, found: FoundRun, *, advance: Callable[[int], None] = lambda _: None) -> Standing:
    """Bring in a run, or what an interrupted import has left out of it.

    Until all of it is there, the run bears the tag ``runwatch.importing`` and the status Preparing.

    Args:
        store: Where to.
        found: The run.
        advance: Told the size, in bytes, of each part of a file.

    Returns:
        What was there before.

    Raises:
        ConflictError: Another run has its id.
        GoneError: It was deleted here.
    """
    before = standing(store, found)
    if before is Standing.PRESENT:
        advance(found.size_bytes)
        return before
    parent = found.born.parent_run_id
    kept_parent = parent if parent is not None and _is_there(store, parent) else None
    made = store.runs.create(_request(found, kept_parent))
    _append_rows(store, found)
    for file in found.files():
        _upload(store, made.run_id, file, advance)
    _complete(store, found, made)
    return before


def _get(store: Store, run_id: str) -> Run | None:
    try:
        return store.runs.get(GetRun(run_id=run_id))
    except NotFoundError:
        return None


def _is_there(store: Store, run_id: str) -> bool:
    try:
        return _get(store, run_id) is not None
    except GoneError:
        return False


def _request(found: FoundRun, parent_run_id: str | None) -> CreateRun:
    return replace(
        found.born,
        status=RunStatus.PREPARING,
        parent_run_id=parent_run_id,
        tags={IMPORTING: _digest(found)},
    )


def _digest(found: FoundRun) -> str:
    return hashlib.sha256(found.born.token.encode()).hexdigest()


def _append_rows(store: Store, found: FoundRun) -> None:
    """Append all rows; batches are the same each time, so that those the store has change nothing."""
    run_id, writer, cursor = found.born.run_id, _digest(found)[:32], 0
    for blocks in _batches(found.blocks()):
        count = sum(max(1, block.rows) for block in blocks)
        batch = AppendBatch(
            run_id=run_id, writer=writer, epoch=1, first=cursor, count=count, blocks=tuple(blocks)
        )  # fmt: skip
        store.metrics.append(batch)
        cursor += count


def _batches(blocks: Iterator[Block]) -> Iterator[list[Block]]:
    waiting: list[Block] = []
    records = size_bytes = 0
    for block in blocks:
        records += max(1, block.rows)
        size_bytes += _size(block)
        if waiting and (records > limit.BATCH_RECORDS or size_bytes > _BATCH_BYTES):
            yield waiting
            waiting, records, size_bytes = [], max(1, block.rows), _size(block)
        waiting.append(block)
    if waiting:
        yield waiting


def _size(block: Block) -> int:
    return len(block.times) + len(block.steps) + sum(len(column.data) for column in block.columns)


def _upload(store: Store, run_id: str, file: FoundFile, advance: Callable[[int], None]) -> None:
    if _is_kept(store, run_id, file):
        advance(file.size_bytes)
        return
    with file.opened() as content:
        sha256 = file.sha256 or _measure(content)
        wanted = CreateArtifact(run_id=run_id, path=file.path, sha256=sha256, size_bytes=file.size_bytes)
        there = store.artifacts.create(wanted)
        if not there.sealed:
            _send(store, run_id, file.path, content, there.size_bytes)
            store.artifacts.seal(SealArtifact(run_id=run_id, path=file.path, sha256=sha256))
    advance(file.size_bytes)


def _is_kept(store: Store, run_id: str, file: FoundFile) -> bool:
    """Whether the run has the file: of this content, or of this size where nobody knows the content yet."""
    try:
        there = store.artifacts.get(GetArtifact(run_id=run_id, path=file.path))
    except NotFoundError:
        return False
    return there.sealed and there.size_bytes == file.size_bytes and file.sha256 in {"", there.sha256}


def _measure(content: BinaryIO) -> str:
    digest = hashlib.sha256()
    while part := content.read(limit.PART_BYTES):
        digest.update(part)
    return digest.hexdigest()


def _send(store: Store, run_id: str, path: str, content: BinaryIO, offset: int) -> None:
    content.seek(offset)
    while part := content.read(limit.PART_BYTES):
        store.artifacts.append(AppendArtifact(run_id=run_id, path=path, offset=offset, data=part))
        offset += len(part)


def _complete(store: Store, found: FoundRun, made: Run) -> None:
    """All that tells the run from one in the making, in one change."""
    warnings = [*found.warnings, *(RunWarning(source=SOURCE, message=note) for note in found.notes)]
    parent = found.born.parent_run_id
    if parent is not None and made.parent_run_id is None:
        warnings.append(RunWarning(source=SOURCE, message=f"Its parent {parent} was not imported."))
    store.runs.update(
        UpdateRun(
            run_id=made.run_id,
            life=found.life,
            remove_tags=(IMPORTING,),
            set_tags={name: value for name, value in found.tags.items() if name != IMPORTING},
            error=found.error,
            add_warnings=tuple(warnings),
        )
    )
