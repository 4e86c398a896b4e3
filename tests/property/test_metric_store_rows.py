"""Whatever batches of whatever values arrive: what is read back is what was sent, however the store laid it out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runwatch.schema.error import SequenceGapError
from runwatch.schema.metric import (
    Block,
    Column,
    ColumnType,
    MetricKind,
    Overview,
    ReadMetric,
    ReadOverview,
    Summary,
)
from runwatch.series.chunk import NO_STEP
from runwatch.series.column import Scalar, Values
from runwatch.series.summary import ColumnSummary, summarize
from runwatch.store.protocol import Store
from runwatch.store.sql.store import SqlStore
from runwatch.testing.sample import Writer, describe, from_floats, from_integers, new_run, values

_STORES: list[SqlStore] = []


@pytest.fixture(scope="module", autouse=True)
def _store() -> Iterator[None]:
    """One store for all examples, each of which has a run of its own."""
    with TemporaryDirectory() as folder:
        _STORES.append(SqlStore(Path(folder)))
        yield
        _STORES.pop().close()


@dataclass
class Model:
    """What a metric should hold."""

    rows: int = 0
    columns: dict[str, list[Scalar]] = field(default_factory=dict)
    steps: list[int] = field(default_factory=list)
    times: list[int] = field(default_factory=list)

    def append(self, piece: Piece) -> None:
        for name, column in piece.columns.items():
            self.columns.setdefault(name, [None] * self.rows).extend(column)
        self.rows += len(piece.times)
        for column in self.columns.values():
            column.extend([None] * (self.rows - len(column)))
        self.steps += piece.steps or [NO_STEP] * len(piece.times)
        self.times += piece.times


@dataclass
class Piece:
    """Rows of one block, in plain values."""

    columns: dict[str, list[Scalar]]
    steps: list[int]
    times: list[int]

    def block(self, name: str) -> Block:
        columns = []
        for column, items in self.columns.items():
            kind, data, valid = Values.from_list(items).to_wire()
            columns.append(Column(name=column, type=ColumnType(kind), data=data, valid=valid))
        times = np.array(self.times, "<i8").tobytes()
        steps = np.array(self.steps, "<i8").tobytes()
        kind_of = MetricKind.TABLE
        rows = len(self.times)
        return Block(metric=name, kind=kind_of, rows=rows, columns=tuple(columns), times=times, steps=steps)


FLOATS = st.floats() | st.sampled_from([0.0, -0.0, math.nan, math.inf, -math.inf, 5e-324, 1.7e308])
INTS = st.integers(-(2**63), 2**63 - 1) | st.integers(-9, 9)
ANY: st.SearchStrategy[Scalar] = (
    FLOATS | INTS | st.booleans() | st.text(st.characters(exclude_categories=["Cs"]), max_size=5) | st.none()
)
ITEMS: dict[str, st.SearchStrategy[Scalar]] = {
    "float": FLOATS,
    "int": INTS,
    "bool": st.booleans(),
    "text": st.text("ab", max_size=3),
    "any": ANY,
}
SIZES = st.sampled_from([1, 1, 1, 2, 3, 15, 16, 17, 40, 40, 257, 700, 4_100, 8_191, 8_192, 17_000])
NAMES = st.sampled_from(["loss", "acc", "über/läng%_e"])


@st.composite
def pieces(draw: st.DrawFn) -> Piece:
    """Rows of a few columns; long ones repeat a short pattern, since what matters is where they are cut."""
    rows = draw(SIZES)
    columns = {}
    for name in draw(st.lists(st.sampled_from(["value", "x", "y"]), max_size=3, unique=True)):
        kind = draw(st.sampled_from(["float", "float", "int", "bool", "text", "any"]))
        items = ITEMS[kind] if draw(st.booleans()) else ITEMS[kind] | st.none()
        pattern = draw(st.lists(items, min_size=1, max_size=7))
        columns[name] = (pattern * (rows // len(pattern) + 1))[:rows]
    start = draw(st.integers(-(2**62), 2**62))
    steps = draw(st.sampled_from([[], [start + row for row in range(rows)], [NO_STEP] * (rows - 1) + [start]]))
    first = draw(st.integers(0, 2**50))
    return Piece(columns, steps, [first + 7 * row for row in range(rows)])


BATCHES = st.lists(st.lists(st.tuples(NAMES, pieces()), min_size=1, max_size=3), min_size=1, max_size=8)


@settings(max_examples=25, deadline=None)
@given(batches=BATCHES, data=st.data())
def test_rows_summaries_and_overviews_equal_those_of_the_model(
    batches: list[list[tuple[str, Piece]]], data: st.DataObject
) -> None:
    store = _STORES[0]
    run_id = new_run(store).run_id
    writers = [Writer(store, run_id, "aa"), Writer(store, run_id, "bb")]
    models: dict[str, Model] = {}
    for batch in batches:
        writer = data.draw(st.sampled_from(writers))
        sent = writer.batch(*(piece.block(name) for name, piece in batch))
        for name, piece in batch:
            models.setdefault(name, Model()).append(piece)
        assert not store.metrics.append(sent).repeated
        if data.draw(st.booleans()):
            assert store.metrics.append(sent).repeated
        writer.next += sent.count
    for name, model in models.items():
        check_rows(store, run_id, name, model, data)
        check_summaries(store, run_id, name, model)
        check_overview(store, run_id, name, model, data)


def test_small_batches_over_several_seals_stay_in_order() -> None:
    """Some 20,000 rows in batches of changing size, so that every tier is merged and chunks are sealed."""
    store = _STORES[0]
    run_id = new_run(store).run_id
    writer, model, rng = Writer(store, run_id), Model(), np.random.default_rng(5)
    while model.rows < 20_000:
        rows = int(rng.choice([1, 2, 5, 30, 180, 600]))
        items: list[Scalar] = rng.normal(size=rows).tolist()
        piece = Piece({"value": items}, list(range(model.rows, model.rows + rows)), [model.rows] * rows)
        model.append(piece)
        writer.append(piece.block("loss"))
    found = store.metrics.read(ReadMetric(run_id=run_id, name="loss"))
    assert values(found.block.columns[0], found.block.rows) == model.columns["value"]
    assert from_integers(found.block.steps) == model.steps


@settings(max_examples=40, deadline=None)
@given(deliveries=st.lists(st.tuples(st.sampled_from("ab"), st.integers(-3, 2)), max_size=25))
def test_a_batch_counts_once_in_whatever_order_it_arrives(deliveries: list[tuple[str, int]]) -> None:
    """Batches of three records each: late ones are repeated, early ones refused with the cursor."""
    store = _STORES[0]
    run_id = new_run(store).run_id
    cursors, expected = {"a": 0, "b": 0}, []
    for name, offset in deliveries:
        first = max(0, cursors[name] + 3 * offset)
        rows = [float(first + row) + (1_000.0 if name == "b" else 0.0) for row in range(3)]
        piece = Piece({"value": list(rows)}, [], [0, 0, 0])
        writer = Writer(store, run_id, name)
        sent = writer.batch(piece.block("loss"), first=first)
        if first > cursors[name]:
            with pytest.raises(SequenceGapError) as caught:
                store.metrics.append(sent)
            assert caught.value.detail["cursor"] == cursors[name]
            continue
        receipt = store.metrics.append(sent)
        assert receipt.repeated is (first < cursors[name])
        if not receipt.repeated:
            cursors[name] += 3
            expected += rows
        assert receipt.cursor == cursors[name]
    if expected:
        found = store.metrics.read(ReadMetric(run_id=run_id, name="loss"))
        assert from_floats(found.block.columns[0].data) == expected


def check_rows(store: Store, run_id: str, name: str, model: Model, data: st.DataObject) -> None:
    first = data.draw(st.integers(-model.rows - 3, model.rows + 3))
    count = data.draw(st.none() | st.integers(0, model.rows + 3))
    found = store.metrics.read(ReadMetric(run_id=run_id, name=name, first=first, count=count))
    start = max(0, model.rows + first) if first < 0 else min(first, model.rows)
    end = model.rows if count is None else min(model.rows, start + count)
    assert (found.first, found.total, found.block.rows) == (start, model.rows, end - start)
    assert [column.name for column in found.block.columns] == list(model.columns)
    for column in found.block.columns:
        assert_same(values(column, end - start), model.columns[column.name][start:end])
    assert from_integers(found.block.times) == model.times[start:end]
    steps = model.steps[start:end]
    assert from_integers(found.block.steps) == (steps if any(step != NO_STEP for step in steps) else [])


def assert_same(found: list[Scalar], expected: list[Scalar]) -> None:
    """Equal one by one; an integer may have become the float of the same value."""
    assert len(found) == len(expected)
    for mine, theirs in zip(found, expected, strict=True):
        if isinstance(theirs, float) and math.isnan(theirs):
            assert isinstance(mine, float)
            assert math.isnan(mine)
            continue
        assert mine == theirs
        assert isinstance(mine, bool) is isinstance(theirs, bool)
        if isinstance(theirs, float):
            assert isinstance(mine, float)
            assert math.copysign(1, mine) == math.copysign(1, theirs)


def check_summaries(store: Store, run_id: str, name: str, model: Model) -> None:
    metric = describe(store, run_id, name)
    assert metric.rows == model.rows
    assert metric.has_steps is any(step != NO_STEP for step in model.steps)
    assert metric.last_step == (None if model.steps[-1] == NO_STEP else model.steps[-1])
    assert (metric.first_at, metric.last_at) == (model.times[0] / 1e6, model.times[-1] / 1e6)
    assert [column.column for column in metric.columns] == list(model.columns)
    steps = np.array(model.steps, np.int64)
    for column in metric.columns:
        assert_summary(column, summarize(Values.from_list(model.columns[column.column]), steps))


def assert_summary(found: Summary, expected: ColumnSummary) -> None:
    for name in ("count", "nonfinite", "numeric", "min", "max", "min_step", "max_step"):
        assert getattr(found, name) == getattr(expected, name), name
    assert_same([found.first, found.last], [expected.first, expected.last])
    # Sums of pieces differ in the last digits, and may overflow in one order but not in the other.
    if max(abs(expected.min or 0), abs(expected.max or 0)) < 1e150:
        scale = math.sqrt(expected.sum_squares * max(1, expected.count))
        assert found.sum == pytest.approx(expected.sum, rel=1e-9, abs=1e-9 * scale)
        assert found.sum_squares == pytest.approx(expected.sum_squares, rel=1e-9)


def check_overview(store: Store, run_id: str, name: str, model: Model, data: st.DataObject) -> None:
    column = data.draw(st.sampled_from([*model.columns, "absent"]))
    buckets = data.draw(st.sampled_from([1, 2, 10, 30, 100, 1_000]))
    first = data.draw(st.integers(0, model.rows))
    count = data.draw(st.none() | st.integers(0, model.rows))
    request = ReadOverview(run_id=run_id, name=name, column=column, buckets=buckets, first=first, count=count)
    found = store.metrics.read_overview(request)
    end = model.rows if count is None else min(model.rows, first + count)
    assert (found.total, found.points) == (model.rows, end - first)
    starts, stops = unpack(found, end)
    assert len(starts["first_row"]) <= buckets
    assert starts["first_row"][:1] == ([first] if end > first else [])
    items = model.columns.get(column, [None] * model.rows)
    for index, (start, stop) in enumerate(zip(starts["first_row"], stops, strict=True)):
        figures = {figure: column[index] for figure, column in starts.items()}
        check_bucket(figures, items[start:stop])
        assert figures["first_step"] == model.steps[start]
        assert figures["last_step"] == model.steps[stop - 1]
        assert figures["first_time"] == model.times[start]
        assert figures["last_time"] == model.times[stop - 1]


def unpack(found: Overview, end: int) -> tuple[dict[str, list[Any]], list[int]]:
    """The arrays of an overview as lists, and where each bucket ends."""
    arrays: dict[str, list[Any]] = {}
    for name in Overview.__struct_fields__[2:]:
        data = getattr(found, name)
        arrays[name] = from_floats(data) if name in ("min", "max", "last", "mean") else from_integers(data)
    starts = arrays["first_row"]
    return arrays, [*starts[1:], end][: len(starts)]


def check_bucket(found: dict[str, Any], items: list[Any]) -> None:
    numbers = [float(item) for item in items if isinstance(item, float | int)]
    finite = [number for number in numbers if math.isfinite(number)]
    assert found["count"] == len(finite)
    assert found["nonfinite"] == len(numbers) - len(finite)
    if not finite:
        assert all(math.isnan(found[name]) for name in ("min", "max", "last", "mean"))
        return
    low, high = min(finite), max(finite)
    assert (found["min"], found["max"], found["last"]) == (low, high, finite[-1])
    assert low <= found["mean"] <= high
    if max(abs(low), abs(high)) < 1e300:
        assert found["mean"] == pytest.approx(math.fsum(finite) / len(finite), abs=1e-9 * max(abs(low), abs(high)))
