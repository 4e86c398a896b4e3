"""Small requests to test a store with, and its answers in plain Python values."""

from __future__ import annotations

import hashlib
import struct
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import msgspec
import pytest

from runwatch.schema import artifact, metric, run
from runwatch.schema.artifact import Artifact
from runwatch.schema.error import RunwatchError
from runwatch.schema.metric import AppendBatch, Appended, Block, Column, ColumnType, MetricKind
from runwatch.schema.run import CreateRun, Run
from runwatch.store.protocol import Store

NO_STEP: Final = -(2**63)
START_AT: Final = 1_700_000_000.0
"""When everything in the samples begins, seconds UTC."""

Value = float | int | bool | str | None


@contextmanager
def refused(kind: type[RunwatchError]) -> Iterator[pytest.ExceptionInfo[RunwatchError]]:
    """The block must raise an error of this class, with its code and a message."""
    with pytest.raises(kind) as caught:
        yield caught
    assert caught.value.code == kind.code
    assert caught.value.message


def new_run(store: Store, experiment: str = "sample", **changes: Any) -> Run:
    """Make a run; every attribute of `CreateRun` may be given."""
    run_id, token = f"run-{uuid.uuid4().hex}", uuid.uuid4().hex
    values: dict[str, Any] = {"run_id": run_id, "token": token, "created_at": START_AT} | changes
    return store.runs.create(CreateRun(experiment=experiment, **values))


def get_run(store: Store, run_id: str) -> Run:
    """One run."""
    return store.runs.get(run.GetRun(run_id=run_id))


def run_ids(store: Store, **conditions: Any) -> list[str]:
    """The ids of the runs that a list shows, over all its pages."""
    return [row.run_id for row in all_pages(lambda cursor: store.runs.list(run.ListRuns(cursor=cursor, **conditions)))]


def all_pages(ask: Callable[[str | None], Any]) -> list[Any]:
    """The rows of all pages of a list; each page must bring something and end some time."""
    found: list[Any] = []
    cursor = None
    for _ in range(10_000):
        page = ask(cursor)
        rows = getattr(page, page.__struct_fields__[0])
        found += rows
        cursor = page.next_cursor
        if cursor is None:
            return found
        assert rows, "a page that is not the last one has rows"
    raise AssertionError("the list has no end")


def column(name: str, values: Sequence[Value], kind: ColumnType | None = None) -> Column:
    """Values as a column on its way into a store; None stands for a row that lacks its value."""
    there = [value for value in values if value is not None]
    kind = kind or _kind(there)
    valid = b"" if len(there) == len(values) or kind is ColumnType.MIXED else bytes(v is not None for v in values)
    return Column(name=name, type=kind, data=_pack(kind, values), valid=valid)


def table(name: str, columns: Mapping[str, Sequence[Value]], **changes: Any) -> Block:
    """Rows of a table."""
    packed = tuple(column(key, values) for key, values in columns.items())
    return block(name, packed, len(next(iter(columns.values()))), kind=MetricKind.TABLE, **changes)


def scalars(name: str, values: Sequence[Value], steps: Sequence[int] | None = None, **changes: Any) -> Block:
    """Logged scalars, one row each."""
    return block(name, (column("value", values),), len(values), steps, **changes)


def block(
    name: str,
    columns: tuple[Column, ...],
    rows: int,
    steps: Sequence[int] | None = None,
    *,
    kind: MetricKind = MetricKind.SCALAR,
    first_at: float = START_AT,
    description: str = "",
) -> Block:
    """Rows of a metric, logged a millisecond apart."""
    start = int(first_at * 1e6)
    return Block(
        metric=name,
        kind=kind,
        rows=rows,
        columns=columns,
        times=integers([start + 1_000 * row for row in range(rows)]),
        steps=b"" if steps is None else integers(steps),
        description=description,
    )


class Writer:
    """One writer's journal on its way into a store: counts the records, one for each row."""

    def __init__(self, store: Store, run_id: str, name: str = "aa", epoch: int = 1) -> None:
        self.store = store
        self.run_id = run_id
        self.name = name
        self.epoch = epoch
        self.next = 0

    def batch(self, *blocks: Block, **changes: Any) -> AppendBatch:
        """The next batch, not sent yet."""
        count = max(1, sum(each.rows for each in blocks))
        values: dict[str, Any] = {"first": self.next, "count": count, "epoch": self.epoch, "blocks": blocks} | changes
        return AppendBatch(run_id=self.run_id, writer=self.name, **values)

    def append(self, *blocks: Block, **changes: Any) -> Appended:
        """Send the next batch."""
        receipt = self.store.metrics.append(self.batch(*blocks, **changes))
        self.next = receipt.cursor
        return receipt


def read(store: Store, run_id: str, name: str, **changes: Any) -> dict[str, list[Value]]:
    """Rows of a metric by column."""
    found = store.metrics.read(metric.ReadMetric(run_id=run_id, name=name, **changes))
    return {each.name: values(each, found.block.rows) for each in found.block.columns}


def describe(store: Store, run_id: str, name: str) -> metric.Metric:
    """What is known of a metric."""
    return store.metrics.list(metric.ListMetrics(run_id=run_id, names=(name,))).metrics[0]


def values(found: Column, rows: int) -> list[Value]:
    """The values of a column that a store gave back."""
    formats = {ColumnType.FLOAT: "d", ColumnType.INT: "q", ColumnType.BOOL: "?"}
    if found.type in formats:
        unpacked = list(struct.unpack(f"<{rows}{formats[found.type]}", found.data))
    else:
        unpacked = msgspec.msgpack.decode(found.data)
    assert len(unpacked) == rows
    valid = found.valid or b"\1" * rows
    assert len(valid) == rows
    return [value if there else None for value, there in zip(unpacked, valid, strict=True)]


def integers(numbers: Sequence[int]) -> bytes:
    """Numbers as little-endian int64."""
    return struct.pack(f"<{len(numbers)}q", *numbers)


def from_integers(data: bytes) -> list[int]:
    """Little-endian int64 as numbers."""
    return list(struct.unpack(f"<{len(data) // 8}q", data))


def from_floats(data: bytes) -> list[float]:
    """Little-endian float64 as numbers."""
    return list(struct.unpack(f"<{len(data) // 8}d", data))


def create_file(store: Store, run_id: str, path: str = "a", **changes: Any) -> Artifact:
    """Open a file."""
    return store.artifacts.create(artifact.CreateArtifact(run_id=run_id, path=path, **changes))


def append_file(store: Store, run_id: str, data: bytes, offset: int = 0, path: str = "a") -> Artifact:
    """Append to a file."""
    return store.artifacts.append(artifact.AppendArtifact(run_id=run_id, path=path, offset=offset, data=data))


def seal_file(store: Store, run_id: str, path: str = "a", sha256: str = "") -> Artifact:
    """Complete a file."""
    return store.artifacts.seal(artifact.SealArtifact(run_id=run_id, path=path, sha256=sha256))


def get_file(store: Store, run_id: str, path: str = "a") -> Artifact:
    """What is known of a file."""
    return store.artifacts.get(artifact.GetArtifact(run_id=run_id, path=path))


def put_file(store: Store, run_id: str, path: str, data: bytes = b"content") -> Artifact:
    """A sealed file."""
    create_file(store, run_id, path)
    append_file(store, run_id, data, path=path)
    return seal_file(store, run_id, path)


def read_file(store: Store, run_id: str, path: str) -> bytes:
    """The first part of a file."""
    return store.artifacts.read(artifact.ReadArtifact(run_id=run_id, path=path)).data


def digest(data: bytes) -> str:
    """The SHA-256 of a content."""
    return hashlib.sha256(data).hexdigest()


def _kind(there: Sequence[Value]) -> ColumnType:
    kinds = {type(value) for value in there}
    if len(kinds) > 1:
        return ColumnType.MIXED
    names: dict[type, ColumnType] = {bool: ColumnType.BOOL, int: ColumnType.INT, str: ColumnType.STR}
    return names.get(kinds.pop(), ColumnType.FLOAT) if kinds else ColumnType.FLOAT


def _pack(kind: ColumnType, items: Sequence[Value]) -> bytes:
    if kind is ColumnType.MIXED:
        return msgspec.msgpack.encode(list(items))
    if kind is ColumnType.STR:
        return msgspec.msgpack.encode(["" if item is None else item for item in items])
    formats = {ColumnType.FLOAT: "d", ColumnType.INT: "q", ColumnType.BOOL: "?"}
    return struct.pack(f"<{len(items)}{formats[kind]}", *(0 if item is None else item for item in items))
