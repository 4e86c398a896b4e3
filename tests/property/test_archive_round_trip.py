"""Whatever a run holds: an archive of it, imported elsewhere, holds the same, to the bit."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runwatch.archive.export import export_runs
from runwatch.archive.intake import import_runs
from runwatch.schema.metric import Block, Column, ColumnType, MetricKind
from runwatch.schema.run import Delete, GetRun, Run, RunStatus, RunWarning, UpdateRun
from runwatch.store.memory.store import MemoryStore
from runwatch.store.protocol import Store
from runwatch.store.sql.store import SqlStore
from runwatch.testing.sample import NO_STEP, Writer, append_file, column, integers, new_run, put_file
from tests.unit.archive.scene import holdings

INT64 = st.integers(-(2**63), 2**63 - 1)
NAMES = st.text(min_size=1, max_size=12).filter(lambda text: text.encode("utf-8", "replace").decode() == text)
PATHS = st.lists(
    st.text(st.characters(min_codepoint=32, exclude_categories=["Cs", "Cc"], exclude_characters="/\\"), min_size=1)
    .filter(lambda part: part not in {".", ".."}),
    min_size=1, max_size=3,
).map("/".join)  # fmt: skip
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
SCALARS = st.one_of(st.none(), st.floats(), INT64, st.booleans(), TEXTS)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)


@st.composite
def columns(draw: st.DrawFn, name: str, rows: int) -> Column:
    """A column of any type, with missing cells; floats of any 64 bits."""
    kind = draw(st.sampled_from(ColumnType))
    if kind is ColumnType.FLOAT:
        data = b"".join(draw(st.lists(st.binary(min_size=8, max_size=8), min_size=rows, max_size=rows)))
        valid = bytes(draw(st.lists(st.booleans(), min_size=rows, max_size=rows)))
        return Column(name=name, type=kind, data=data, valid=draw(st.sampled_from([b"", valid])))
    cells: dict[ColumnType, st.SearchStrategy[Any]] = {
        ColumnType.INT: st.none() | INT64,
        ColumnType.BOOL: st.none() | st.booleans(),
        ColumnType.STR: st.none() | TEXTS,
        ColumnType.MIXED: SCALARS,
    }
    return column(name, draw(st.lists(cells[kind], min_size=rows, max_size=rows)), kind)


@st.composite
def blocks(draw: st.DrawFn, metric: str) -> Block:
    """A few rows of a metric."""
    rows = draw(st.integers(1, 6))
    names = draw(st.lists(NAMES | st.sampled_from(["", "step", "Time", "value"]), max_size=3, unique=True))
    steps = draw(st.none() | st.lists(INT64 | st.just(NO_STEP), min_size=rows, max_size=rows))
    return Block(
        metric=metric,
        kind=draw(st.sampled_from(MetricKind)),
        rows=rows,
        columns=tuple(draw(columns(name, rows)) for name in names),
        times=integers(draw(st.lists(INT64, min_size=rows, max_size=rows))),
        steps=b"" if steps is None else integers(steps),
        description=draw(TEXTS),
    )


@st.composite
def contents(draw: st.DrawFn) -> dict[str, Any]:
    """What one run holds."""
    metrics = draw(st.lists(NAMES, max_size=3, unique=True))
    return {
        "blocks": [draw(blocks(name)) for name in metrics for _ in range(draw(st.integers(1, 3)))],
        "params": draw(st.dictionaries(NAMES, JSON, max_size=3)),
        "tags": draw(st.dictionaries(NAMES, st.none() | TEXTS, max_size=3)),
        "properties": draw(st.dictionaries(NAMES, TEXTS, max_size=2)),
        "statuses": draw(st.lists(st.tuples(st.sampled_from(RunStatus), st.booleans(), TEXTS), max_size=4)),
        "warnings": draw(st.lists(st.tuples(TEXTS, TEXTS, st.integers(1, 9)), max_size=2)),
        "files": draw(st.dictionaries(PATHS, st.tuples(st.binary(max_size=40), st.booleans()), max_size=4)),
    }


STORES: dict[str, Store] = {}


@pytest.fixture(scope="module", autouse=True)
def _stores() -> Iterator[None]:
    """Two stores for all examples, each of which clears what it made."""
    with TemporaryDirectory() as folder:
        STORES["memory"], STORES["sqlite"] = MemoryStore(), SqlStore(Path(folder))
        yield
        for store in STORES.values():
            store.close()
        STORES.clear()


def make(store: Store, parent: str | None, held: dict[str, Any]) -> Run:
    words = {name: held[name] for name in ("params", "tags", "properties")}
    run = new_run(store, parent_run_id=parent, **words)
    writer = Writer(store, run.run_id)
    for block in held["blocks"]:
        writer.append(block)
    for at, (status, reopen, reason) in enumerate(held["statuses"]):
        store.runs.update(UpdateRun(run_id=run.run_id, status=status, reopen=reopen, reason=reason, at=at + 0.5))
    warnings = tuple(RunWarning(source=source, message=text, count=count) for source, text, count in held["warnings"])
    store.runs.update(UpdateRun(run_id=run.run_id, add_warnings=warnings))
    for path, (data, sealed) in held["files"].items():
        put_file(store, run.run_id, path, data) if sealed else append_file(store, run.run_id, data, path=path)
    return store.runs.get(GetRun(run_id=run.run_id))


def shown(store: Store, run_id: str) -> dict[str, str]:
    """What a run holds, in a form in which NaN equals NaN; sums are left to the tests of summaries."""
    found = holdings(store, store.runs.get(GetRun(run_id=run_id)))
    del found["record"]["number"], found["summaries"]
    return {name: json.dumps(msgspec.to_builtins(held), sort_keys=True) for name, held in found.items()}


@pytest.mark.parametrize(("source", "to"), [("memory", "sqlite"), ("sqlite", "memory"), ("sqlite", "sqlite")])
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_any_run_comes_back(source: str, to: str, data: st.DataObject) -> None:
    store, target = STORES[source], STORES[to]
    top = make(store, None, data.draw(contents()))
    child = make(store, top.run_id, data.draw(contents()))
    before = {run.run_id: shown(store, run.run_id) for run in (top, child)}
    with TemporaryDirectory() as folder:
        place = Path(folder) / data.draw(st.sampled_from(["a.zip", "a"]))
        export_runs(store, [top.run_id], place)
        same = store is target
        done = import_runs(target, place, as_new=same)
        assert import_runs(target, place, as_new=same).run_ids == ()
    for run_id, held in before.items():
        found = shown(target, done.renamed.get(run_id, run_id))
        names = ("metrics", "artifacts", "content") if same else tuple(held)
        assert {name: found[name] for name in names} == {name: held[name] for name in names}
    target.runs.delete(Delete(run_ids=(done.run_ids[0],)))
    if not same:
        store.runs.delete(Delete(run_ids=(top.run_id,)))


def test_the_floats_drawn_are_odd() -> None:
    """A control: the strategy reaches NaNs that differ in their payload."""
    one, two = (struct.unpack("<d", struct.pack("<Q", 0x7FF8000000000000 + payload))[0] for payload in (1, 2))
    assert math.isnan(one)
    assert math.isnan(two)
    assert struct.pack("<d", one) != struct.pack("<d", two)
