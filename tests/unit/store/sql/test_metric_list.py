from __future__ import annotations

import math

import pytest

from runwatch.schema.change import ListChanges
from runwatch.schema.error import ConflictError, InvalidValueError, LimitError, NotFoundError
from runwatch.schema.metric import Done, ListMetrics, MetricKind, RenameMetric, Summary
from runwatch.store.sql.store import SqlStore
from runwatch.testing.sample import Writer, all_pages, describe, new_run, read, scalars, table

NAMES = ["100%", "100_", "LOSS", "Ärger", "a", "a/b", "a\\b", "loss", "loss/val", "ärger", "日本"]


@pytest.fixture
def writer(store: SqlStore) -> Writer:
    writer = Writer(store, new_run(store).run_id)
    writer.append(*(scalars(name, [1.0]) for name in reversed(NAMES)))
    return writer


def names(writer: Writer, **conditions: object) -> list[str]:
    rows = all_pages(
        lambda cursor: writer.store.metrics.list(ListMetrics(run_id=writer.run_id, cursor=cursor, **conditions))  # type: ignore[arg-type]
    )
    return [metric.name for metric in rows]


@pytest.mark.parametrize("limit", [1, 2, 10, 11, 12])
def test_pages_by_name(writer: Writer, limit: int) -> None:
    assert names(writer, limit=limit) == sorted(NAMES)


def test_only_certain_names(writer: Writer) -> None:
    wanted = ("loss", "nothing", "a", "日本", "a")
    assert names(writer, names=wanted, limit=2) == ["a", "loss", "日本"]
    assert names(writer, names=()) == []
    assert names(writer, names=wanted, prefix="l") == ["loss"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("loss", ["LOSS", "loss", "loss/val"]),
        ("0%", ["100%"]),
        ("_", ["100_"]),
        ("\\", ["a\\b"]),
        ("äR", ["Ärger", "ärger"]),
    ],
)
def test_search_is_literal_and_ignores_case(writer: Writer, search: str, found: list[str]) -> None:
    assert names(writer, search=search) == found


def test_a_prefix_is_literal_and_minds_case(writer: Writer) -> None:
    assert names(writer, prefix="loss") == ["loss", "loss/val"]
    assert names(writer, prefix="100_") == ["100_"]
    assert names(writer, prefix="日") == ["日本"]


def test_limits_and_cursors_are_checked(writer: Writer) -> None:
    for limit, error in ((0, InvalidValueError), (1_001, LimitError)):
        with pytest.raises(error):
            names(writer, limit=limit)
    with pytest.raises(InvalidValueError):
        writer.store.metrics.list(ListMetrics(run_id=writer.run_id, cursor="?"))
    with pytest.raises(NotFoundError):
        writer.store.metrics.list(ListMetrics(run_id="nobody"))


def test_a_metric_is_described(writer: Writer) -> None:
    block = table("t", {"x": [3, 1, None], "y": ["a", None, "b" * 300]}, steps=[5, 6, 7], description="d")
    writer.append(block)
    writer.append(table("t", {"z": [math.nan, -math.inf]}, first_at=1_800_000_000.0))
    metric = describe(writer.store, writer.run_id, "t")
    assert (metric.kind, metric.rows, metric.description) == (MetricKind.TABLE, 5, "d")
    assert (metric.has_steps, metric.last_step) == (True, None)
    assert (metric.first_at, metric.last_at) == (1_700_000_000.0, 1_800_000_000.001)
    x, y, z = metric.columns
    assert x == Summary(
        column="x", type=x.type, count=2, numeric=2, first=3, last=1, min=1.0, max=3.0, sum=4.0, sum_squares=10.0,
        min_step=6, max_step=5,
    )  # fmt: skip
    assert (y.count, y.numeric, y.first, y.last, y.min) == (2, 0, "a", "b" * 255, None)
    assert (z.count, z.nonfinite, z.last, z.min, z.min_step) == (2, 2, -math.inf, None, None)
    assert isinstance(z.first, float)
    assert math.isnan(z.first)


def test_the_first_value_may_come_late(writer: Writer) -> None:
    writer.append(table("t", {"x": [None, None]}))
    writer.append(table("t", {"x": [None, 7]}))
    (summary,) = describe(writer.store, writer.run_id, "t").columns
    assert (summary.first, summary.last, summary.count, summary.min_step) == (7, 7, 1, 3)


def test_steps_beyond_floats_are_exact(writer: Writer) -> None:
    writer.append(scalars("s", [2.0, 1.0], steps=[2**63 - 1, -(2**63) + 1]))
    metric = describe(writer.store, writer.run_id, "s")
    assert metric.last_step == -(2**63) + 1
    assert (metric.columns[0].min_step, metric.columns[0].max_step) == (-(2**63) + 1, 2**63 - 1)


def test_rename(writer: Writer) -> None:
    before = writer.store.changes.list(ListChanges(after=-1)).sequence
    rename = writer.store.metrics.rename
    assert rename(RenameMetric(run_id=writer.run_id, name="a", new_name="z")) == Done(changed=1)
    changes = writer.store.changes.list(ListChanges(after=before)).changes
    assert [(str(change.kind), change.subject) for change in changes] == [("metrics", writer.run_id)]
    assert read(writer.store, writer.run_id, "z") == {"value": [1.0]}
    assert describe(writer.store, writer.run_id, "z").columns[0].count == 1
    assert "a" not in names(writer)
    assert rename(RenameMetric(run_id=writer.run_id, name="z", new_name="z")) == Done()
    with pytest.raises(ConflictError):
        rename(RenameMetric(run_id=writer.run_id, name="z", new_name="loss"))
    with pytest.raises(NotFoundError):
        rename(RenameMetric(run_id=writer.run_id, name="a", new_name="b"))
    with pytest.raises(InvalidValueError):
        rename(RenameMetric(run_id=writer.run_id, name="z", new_name=""))
