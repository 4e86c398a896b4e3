"""What every backend promises of reading metrics: ranges, summaries, lists, other names."""
# ruff: noqa: D102 - the names of the tests are sentences

from __future__ import annotations

import math
from typing import Any

import pytest
from msgspec.structs import replace

from runwatch.schema import limit
from runwatch.schema.error import ConflictError, GoneError, InvalidValueError, LimitError, NotFoundError
from runwatch.schema.metric import DeleteMetrics, ListMetrics, MetricKind, ReadMetric, RenameMetric
from runwatch.schema.run import Delete, Run
from runwatch.store.protocol import Store
from runwatch.testing.contract import Contract
from runwatch.testing.sample import (
    START_AT,
    Value,
    Writer,
    all_pages,
    block,
    column,
    describe,
    from_integers,
    read,
    refused,
    scalars,
    table,
)


class RangeContract(Contract):
    """Ranges of rows and columns."""

    @pytest.mark.parametrize(
        ("first", "count", "expected"),
        [
            (0, None, [0, 1, 2, 3, 4]),
            (2, 2, [2, 3]),
            (4, 9, [4]),
            (-2, None, [3, 4]),
            (-2, 1, [3]),
            (-9, 2, [0, 1]),
            (5, None, []),
            (99, 3, []),
            (0, 0, []),
        ],
    )
    def test_a_range_is_cut_from_the_rows(
        self, store: Store, run: Run, first: int, count: int | None, expected: list[int]
    ) -> None:
        Writer(store, run.run_id).append(scalars("n", [0, 1, 2, 3, 4], [0, 10, 20, 30, 40]))
        found = store.metrics.read(ReadMetric(run_id=run.run_id, name="n", first=first, count=count))
        assert read(store, run.run_id, "n", first=first, count=count) == {"value": expected}
        assert (found.total, found.block.rows) == (5, len(expected))
        assert from_integers(found.block.steps) == [10 * value for value in expected]
        if expected:
            assert found.first == expected[0]

    def test_a_negative_count_of_rows_is_refused(self, store: Store, run: Run) -> None:
        Writer(store, run.run_id).append(scalars("n", [1]))
        with refused(InvalidValueError):
            read(store, run.run_id, "n", count=-1)

    def test_columns_are_chosen(self, store: Store, run: Run) -> None:
        Writer(store, run.run_id).append(table("t", {"a": [1], "b": [2], "c": [3]}))
        assert read(store, run.run_id, "t", columns=("c", "a")) == {"a": [1], "c": [3]}
        assert read(store, run.run_id, "t", columns=()) == {}
        with refused(NotFoundError):
            read(store, run.run_id, "t", columns=("a", "none"))

    def test_an_unknown_metric_is_not_found(self, store: Store, run: Run) -> None:
        for run_id in (run.run_id, "none"):
            with refused(NotFoundError):
                read(store, run_id, "none")
        store.runs.delete(Delete(run_ids=(run.run_id,)))
        with refused(GoneError):
            read(store, run.run_id, "none")

    @pytest.mark.parametrize("batch", [1, 7, 100])
    def test_rows_of_many_small_batches_stay_in_order(self, store: Store, run: Run, batch: int) -> None:
        writer = Writer(store, run.run_id)
        rows = 300
        for first in range(0, rows, batch):
            logged = list(range(first, min(first + batch, rows)))
            writer.append(scalars("n", logged, logged))
        assert read(store, run.run_id, "n")["value"] == list(range(rows))
        assert read(store, run.run_id, "n", first=123, count=45)["value"] == list(range(123, 168))

    def test_ranges_cross_large_batches(self, store: Store, run: Run) -> None:
        writer = Writer(store, run.run_id)
        rows = 20_000
        for first, end in ((0, 1), (1, 8_191), (8_191, 8_200), (8_200, rows)):
            writer.append(scalars("n", list(range(first, end))))
        for first, count in ((0, rows), (8_190, 4), (8_192, 1), (16_383, 3), (-1, 1)):
            start = first % rows
            assert read(store, run.run_id, "n", first=first, count=count)["value"] == list(range(start, start + count))


class SummaryContract(Contract):
    """What is known of a metric without its rows."""

    def test_a_summary_counts_and_compares(self, store: Store, run: Run) -> None:
        logged = [3.0, math.nan, -1.0, math.inf, 3.0, -1.0, 0.5]
        Writer(store, run.run_id).append(scalars("loss", logged, [10, 20, 30, 40, 50, 60, 70]))
        found = describe(store, run.run_id, "loss").columns[0]
        assert (found.count, found.numeric, found.nonfinite) == (7, 7, 2)
        assert (found.first, found.last, found.min, found.max) == (3.0, 0.5, -1.0, 3.0)
        assert (found.min_step, found.max_step) == (30, 10)
        assert (found.sum, found.sum_squares) == pytest.approx((4.5, 20.25))

    def test_it_grows_with_each_batch(self, store: Store, run: Run) -> None:
        writer = Writer(store, run.run_id)
        for value in (2.0, 5.0, 1.0, 1.0, 5.0):
            writer.append(scalars("loss", [value]))
        found = describe(store, run.run_id, "loss").columns[0]
        assert (found.count, found.first, found.last, found.min, found.max) == (5, 2.0, 5.0, 1.0, 5.0)
        assert (found.min_step, found.max_step, found.sum) == (2, 1, 14.0)

    def test_nothing_finite_has_no_extremes(self, store: Store, run: Run) -> None:
        Writer(store, run.run_id).append(scalars("loss", [math.nan, -math.inf]))
        found = describe(store, run.run_id, "loss").columns[0]
        assert (found.min, found.max, found.min_step, found.max_step) == (None, None, None, None)
        assert (found.sum, found.sum_squares, found.nonfinite) == (0.0, 0.0, 2)
        assert found.first != found.first
        assert found.last == -math.inf

    def test_first_and_last_keep_their_type(self, store: Store, run: Run) -> None:
        logs: dict[str, list[Value]] = {"i": [2**63 - 1, -5], "b": [True, False], "s": ["x", "y"]}
        for name, logged in logs.items():
            Writer(store, run.run_id, name).append(scalars(name, logged))
            found = describe(store, run.run_id, name).columns[0]
            assert [found.first, found.last] == logged
            assert type(found.last) is type(logged[1])

    def test_texts_are_cut_and_have_no_figures(self, store: Store, run: Run) -> None:
        Writer(store, run.run_id).append(scalars("s", ["x" * 300, "y"]))
        found = describe(store, run.run_id, "s").columns[0]
        assert (found.first, found.last) == ("x" * 255, "y")
        assert (found.count, found.numeric, found.min) == (2, 0, None)

    def test_booleans_count_as_numbers(self, store: Store, run: Run) -> None:
        Writer(store, run.run_id).append(scalars("b", [True, False, True]))
        found = describe(store, run.run_id, "b").columns[0]
        assert (found.numeric, found.min, found.max, found.sum) == (3, 0.0, 1.0, 2.0)

    def test_the_first_log_call_decides_the_kind(self, store: Store, run: Run) -> None:
        writer = Writer(store, run.run_id)
        writer.append(block("m", (column("value", [1.0, 2.0]),), 2, kind=MetricKind.LIST, description="one"))
        writer.append(scalars("m", [3.0], description="two"))
        writer.append(scalars("m", [4.0], first_at=START_AT + 9))
        found = describe(store, run.run_id, "m")
        assert (found.kind, found.rows, found.description) == (MetricKind.LIST, 4, "two")
        assert (found.first_at, found.last_at) == (START_AT, START_AT + 9)
        assert (found.has_steps, found.last_step) == (False, None)

    def test_a_metric_without_rows_is_a_metric(self, store: Store, run: Run) -> None:
        Writer(store, run.run_id).append(block("empty", (column("value", []),), 0, kind=MetricKind.LIST))
        found = describe(store, run.run_id, "empty")
        assert (found.rows, found.kind) == (0, MetricKind.LIST)
        assert [summary.count for summary in found.columns] == [0]
        assert read(store, run.run_id, "empty") == {"value": []}


class MetricListContract(Contract):
    """Lists of metrics; other names; deletion."""

    @pytest.fixture
    def names(self, store: Store, run: Run) -> list[str]:
        """The names of some metrics of the run."""
        names = ["train/loss", "train/acc", "Val/Loss", "lr", "a_b", "a%b", "é"]
        Writer(store, run.run_id).append(*(scalars(name, [1.0]) for name in names))
        return names

    def _names(self, store: Store, run: Run, **conditions: Any) -> list[str]:
        ask = ListMetrics(run_id=run.run_id, **conditions)
        return [row.name for row in all_pages(lambda cursor: store.metrics.list(replace(ask, cursor=cursor)))]

    @pytest.mark.parametrize("limit", [1, 2, 3, 1_000])
    def test_pages_are_sorted_by_name(self, store: Store, run: Run, names: list[str], limit: int) -> None:
        assert self._names(store, run, limit=limit) == sorted(names)

    def test_by_names_prefix_and_text(self, store: Store, run: Run, names: list[str]) -> None:
        assert self._names(store, run, names=("lr", "none", "é", "lr")) == ["lr", "é"]
        assert self._names(store, run, names=("lr", "é"), limit=1) == ["lr", "é"]
        assert self._names(store, run, names=()) == []
        assert self._names(store, run, prefix="train/") == ["train/acc", "train/loss"]
        assert self._names(store, run, prefix="é") == ["é"]
        assert self._names(store, run, search="LOSS") == ["Val/Loss", "train/loss"]
        assert self._names(store, run, search="_") == ["a_b"]
        assert self._names(store, run, prefix="a%") == ["a%b"]

    def test_a_foreign_cursor_among_metrics_is_refused(self, store: Store, run: Run) -> None:
        for cursor in ("x", "é", "AAAA"):
            with refused(InvalidValueError):
                store.metrics.list(ListMetrics(run_id=run.run_id, cursor=cursor))

    def test_a_page_of_metrics_has_a_limit(self, store: Store, run: Run) -> None:
        with refused(LimitError):
            store.metrics.list(ListMetrics(run_id=run.run_id, limit=limit.PAGE_ROWS + 1))
        with refused(InvalidValueError):
            store.metrics.list(ListMetrics(run_id=run.run_id, limit=0))

    def test_an_unknown_run_has_no_metrics(self, store: Store) -> None:
        with refused(NotFoundError):
            store.metrics.list(ListMetrics(run_id="none"))

    def test_a_metric_takes_another_name_with_all_its_rows(self, store: Store, run: Run) -> None:
        writer = Writer(store, run.run_id)
        writer.append(scalars("old", [1.0, 2.0], [5, 6], description="text"))
        before = describe(store, run.run_id, "old")
        assert store.metrics.rename(RenameMetric(run_id=run.run_id, name="old", new_name="new")).changed == 1
        assert self._names(store, run) == ["new"]
        after = describe(store, run.run_id, "new")
        assert (after.columns, after.description, after.last_at) == (before.columns, "text", before.last_at)
        writer.append(scalars("new", [3.0]))
        assert read(store, run.run_id, "new")["value"] == [1.0, 2.0, 3.0]
        with refused(NotFoundError):
            read(store, run.run_id, "old")

    def test_a_taken_name_is_a_conflict(self, store: Store, run: Run, names: list[str]) -> None:
        with refused(ConflictError):
            store.metrics.rename(RenameMetric(run_id=run.run_id, name="lr", new_name="a_b"))
        assert self._names(store, run) == sorted(names)

    def test_its_own_name_is_no_conflict(self, store: Store, run: Run, names: list[str]) -> None:
        assert store.metrics.rename(RenameMetric(run_id=run.run_id, name="lr", new_name="lr")).changed == 0

    def test_an_unknown_metric_cannot_take_another_name(self, store: Store, run: Run) -> None:
        with refused(NotFoundError):
            store.metrics.rename(RenameMetric(run_id=run.run_id, name="none", new_name="new"))
        with refused(NotFoundError):
            store.metrics.rename(RenameMetric(run_id="none", name="none", new_name="new"))

    def test_a_name_must_not_be_empty(self, store: Store, run: Run, names: list[str]) -> None:
        with refused(InvalidValueError):
            store.metrics.rename(RenameMetric(run_id=run.run_id, name="lr", new_name=""))

    def test_deleting_takes_rows_and_summaries(self, store: Store, run: Run, names: list[str]) -> None:
        gone = DeleteMetrics(run_id=run.run_id, names=("lr", "none", "é"))
        assert store.metrics.delete(gone).changed == 2
        assert store.metrics.delete(gone).changed == 0
        assert self._names(store, run) == sorted(set(names) - {"lr", "é"})
        with refused(NotFoundError):
            read(store, run.run_id, "lr")

    def test_a_deleted_metric_begins_anew(self, store: Store, run: Run) -> None:
        writer = Writer(store, run.run_id)
        writer.append(scalars("loss", [9.0], [1]))
        store.metrics.delete(DeleteMetrics(run_id=run.run_id, names=("loss",)))
        writer.append(scalars("loss", [1.0]))
        found = describe(store, run.run_id, "loss")
        assert (found.rows, found.columns[0].max, found.has_steps) == (1, 1.0, False)
