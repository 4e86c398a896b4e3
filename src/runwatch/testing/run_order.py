"""What every backend promises of orders of runs: every field, pages without doubles or gaps, figures."""
# ruff: noqa: D102 - the names of the tests are sentences

from __future__ import annotations

import math
from typing import Any, Final

import pytest

from runwatch.schema import limit
from runwatch.schema.error import InvalidValueError, LimitError
from runwatch.schema.metric import MetricColumn
from runwatch.schema.run import ListRuns, RunOrder, RunStatus, UpdateRun
from runwatch.store.protocol import Store
from runwatch.testing.contract import Contract
from runwatch.testing.run_list import LOSS, runs_with
from runwatch.testing.sample import START_AT, Writer, new_run, refused, run_ids, scalars, table

_PAIRS: Final = [
    ("last", [1, 2], [9, 3]),
    ("min", [9, 1], [9, 2]),
    ("max", [1, 0], [2, 0]),
    ("first", [1, 9], [2, 0]),
    ("count", [5], [5, 5]),
    ("mean", [9, 1, 2], [7, 7, math.nan]),
]
"""For each figure the values of a metric that has less of it, and of one that has more."""

_TEXTS: Final = ["", "10", "9", "B", "a", "é", "\uffee", "\U0001f600"]
"""In the order of their code points."""

_MIXED: Final = [-math.inf, -1, False, 0.5, True, 10, 10**400, "", "10", "9", "a"]
"""Numbers come before texts; true and false are 1 and 0."""

_NOTHING: Final[dict[str, Any]] = {"params": {"k": [1], "other": 1}, "tags": {"k": None, "other": "x"}}
"""Labels that are there but cannot be sorted by, or have other names."""

_VALUES: Final[list[tuple[dict[str, Any], list[dict[str, Any]]]]] = [
    ({"field": "experiment"}, [{"experiment": name} for name in ("A", "a", "a-b", "b")]),
    ({"field": "target"}, [{"target": text} for text in _TEXTS]),
    ({"field": "submitted_by"}, [{"submitted_by": text} for text in _TEXTS]),
    ({"field": "name"}, [{"display_name": text, "name": "zz"} for text in _TEXTS if text]),
    ({"field": "tag", "key": "k"}, [{"tags": {"k": text, "other": "x"}} for text in _TEXTS]),
    ({"field": "property", "key": "k"}, [{"properties": {"k": text}} for text in _TEXTS]),
    ({"field": "param", "key": "k"}, [{"params": {"k": value}} for value in _MIXED]),
]
"""What to sort by, and what makes runs whose values rise."""


class RunOrderContract(Contract):
    """Sorted pages of runs, without doubles or gaps."""

    def test_the_newest_come_first(self, store: Store) -> None:
        for run_id, at in (("old", 1.0), ("new", 3.0), ("middle", 2.0)):
            new_run(store, run_id=run_id, created_at=START_AT + at)
        assert run_ids(store) == ["new", "middle", "old"]

    @pytest.mark.parametrize("limit", [1, 2, 3])
    @pytest.mark.parametrize("descending", [True, False])
    def test_runs_of_one_moment_are_shown_once_each(self, store: Store, limit: int, descending: bool) -> None:
        made = [new_run(store).run_id for _ in range(7)]
        found = run_ids(store, limit=limit, order=RunOrder(descending=descending))
        assert found == (made[::-1] if descending else made)

    @pytest.mark.parametrize("field", ["created_at", "number", "status", "name"])
    @pytest.mark.parametrize("descending", [True, False])
    @pytest.mark.parametrize("limit", [2, 100])
    def test_by_a_field(self, store: Store, field: Any, descending: bool, limit: int) -> None:
        statuses = [RunStatus.FAILED, RunStatus.CANCELED, RunStatus.RUNNING, RunStatus.COMPLETED]
        rows = [
            new_run(store, name=name, status=status, created_at=START_AT + at)
            for name, status, at in zip(["b", "B", "a", "é"], statuses, [4, 1, 3, 2], strict=True)
        ]
        expected = sorted(rows, key=lambda row: getattr(row, field), reverse=descending)
        found = run_ids(store, order=RunOrder(field=field, descending=descending), limit=limit)
        assert found == [row.run_id for row in expected]

    @pytest.mark.parametrize("field", ["started_at", "ended_at", "name"])
    @pytest.mark.parametrize("descending", [True, False])
    @pytest.mark.parametrize("limit", [1, 2, 100])
    def testruns_without_a_value_come_last(self, store: Store, field: Any, descending: bool, limit: int) -> None:
        lacking = [new_run(store).run_id for _ in range(3)]
        rows = [new_run(store, name=f"n{at}", status=RunStatus.RUNNING, created_at=START_AT + at) for at in range(3)]
        for row in rows:
            store.runs.update(UpdateRun(run_id=row.run_id, status=RunStatus.COMPLETED, at=row.created_at + 100))
        found = run_ids(store, order=RunOrder(field=field, descending=descending), limit=limit)
        valued = [row.run_id for row in rows]
        assert found[:3] == (valued[::-1] if descending else valued)
        assert sorted(found[3:]) == sorted(lacking)

    @pytest.mark.parametrize("descending", [True, False])
    @pytest.mark.parametrize("limit", [1, 2, 3, 100])
    def test_by_a_metric_those_without_or_with_nan_come_last(self, store: Store, descending: bool, limit: int) -> None:
        made = runs_with(store, [2.0, None, -math.inf, math.nan, 1.0, 1.0, math.inf])
        found = run_ids(store, order=RunOrder(field="metric", metric=LOSS, descending=descending), limit=limit)
        rising = [made[2], made[4], made[5], made[0], made[6]]
        assert found[:5] == (rising[::-1] if descending else rising)
        assert sorted(found[5:]) == sorted([made[1], made[3]])

    @pytest.mark.parametrize(("stat", "low", "high"), _PAIRS)
    def test_by_each_stat_of_a_metric(self, store: Store, stat: Any, low: list[float], high: list[float]) -> None:
        made = [new_run(store).run_id, new_run(store).run_id]
        for run_id, logged in zip(made, (low, high), strict=True):
            Writer(store, run_id).append(scalars("loss", [float(value) for value in logged]))
        order = RunOrder(field="metric", metric=LOSS, stat=stat, descending=False)
        assert run_ids(store, order=order) == made

    @pytest.mark.parametrize("descending", [True, False])
    @pytest.mark.parametrize("limit", [1, 2, 100])
    @pytest.mark.parametrize(("order", "values"), _VALUES, ids=[order["field"] for order, _ in _VALUES])
    def test_by_every_other_column(
        self, store: Store, order: dict[str, Any], values: list[dict[str, Any]], limit: int, descending: bool
    ) -> None:
        """The values rise; two runs share each, and two runs have none where that can be."""
        rising = [[new_run(store, **value).run_id for _ in range(2)] for value in values]
        lacking = [] if order["field"] == "experiment" else [new_run(store, **_NOTHING).run_id for _ in range(2)]
        found = run_ids(store, order=RunOrder(descending=descending, **order), limit=limit)
        flat = [run_id for pair in rising for run_id in pair]
        assert found == (flat[::-1] if descending else flat) + lacking[::-1]

    @pytest.mark.parametrize("descending", [True, False])
    @pytest.mark.parametrize("limit", [1, 100])
    def test_by_duration(self, store: Store, limit: int, descending: bool) -> None:
        """A run that goes on has lasted until now; one that never started has no duration."""
        lacking = new_run(store).run_id
        made = [new_run(store, status=RunStatus.RUNNING).run_id for _ in range(3)]
        for run_id, seconds in zip(made, (5, 2), strict=False):
            store.runs.update(UpdateRun(run_id=run_id, status=RunStatus.COMPLETED, at=START_AT + seconds))
        rising = [made[1], made[0], made[2]]
        found = run_ids(store, order=RunOrder(field="duration", descending=descending), limit=limit)
        assert found == [*(rising[::-1] if descending else rising), lacking]

    def test_runs_that_go_on_keep_their_place_between_two_pages(self, store: Store) -> None:
        """All last until the moment of the first page, or the second would show one again that has overtaken."""
        made = [new_run(store, status=RunStatus.RUNNING, created_at=START_AT - at).run_id for at in range(4)]
        order = RunOrder(field="duration", descending=False)
        assert run_ids(store, order=order, limit=1) == made

    def test_by_the_name_that_is_shown(self, store: Store) -> None:
        for run_id, name, shown in (("x", "a", "c"), ("y", "b", None), ("z", "a", "")):
            new_run(store, run_id=run_id, name=name, display_name=shown)
        assert run_ids(store, order=RunOrder(field="name", descending=False)) == ["z", "y", "x"]

    @pytest.mark.parametrize("field", ["param", "tag", "property"])
    def test_an_order_by_a_label_needs_its_name(self, store: Store, field: Any) -> None:
        with refused(InvalidValueError):
            run_ids(store, order=RunOrder(field=field))

    @pytest.mark.parametrize("field", ["param", "tag", "property"])
    @pytest.mark.parametrize("key", ["'; DROP TABLE runs; --", "%", "\0", "x" * 2_000])
    def test_a_hostile_name_of_a_label_is_only_a_name(self, store: Store, field: Any, key: str) -> None:
        made = [new_run(store).run_id for _ in range(3)]
        assert run_ids(store, order=RunOrder(field=field, key=key), limit=1) == made[::-1]

    def test_long_labels_make_no_long_cursors(self, store: Store) -> None:
        for _ in range(3):
            new_run(store, tags={"k": "x" * 100_000})
        order = RunOrder(field="tag", key="k")
        cursor = store.runs.list(ListRuns(order=order, limit=1)).next_cursor
        assert cursor is not None
        assert len(cursor) < 1_000
        assert len(run_ids(store, order=order, limit=1)) == 3

    def test_conditions_hold_in_a_sorted_list_too(self, store: Store) -> None:
        made = runs_with(store, [3.0, 1.0, 2.0, None])
        order = RunOrder(field="metric", metric=LOSS, descending=False)
        assert run_ids(store, order=order, run_ids=(made[0], made[2], made[3])) == [made[2], made[0], made[3]]

    def test_an_order_by_a_metric_needs_one(self, store: Store) -> None:
        with refused(InvalidValueError):
            run_ids(store, order=RunOrder(field="metric"))

    def test_runs_that_come_between_two_pages_shift_nothing(self, store: Store) -> None:
        made = [new_run(store, created_at=START_AT + at).run_id for at in range(4)]
        first = store.runs.list(ListRuns(limit=2))
        new_run(store, created_at=START_AT + 9)
        rest = store.runs.list(ListRuns(limit=2, cursor=first.next_cursor))
        assert [row.run_id for row in (*first.runs, *rest.runs)] == made[::-1]

    def test_a_full_last_page_has_no_next_one(self, store: Store) -> None:
        for _ in range(2):
            new_run(store)
        assert store.runs.list(ListRuns(limit=2)).next_cursor is None

    def test_a_cursor_of_another_order_is_refused(self, store: Store) -> None:
        for _ in range(3):
            new_run(store, name="x")
        by_name = store.runs.list(ListRuns(limit=1, order=RunOrder(field="name"))).next_cursor
        for cursor in (by_name, "x", "", "é", "AAAA", "' OR 1=1"):
            with refused(InvalidValueError):
                store.runs.list(ListRuns(limit=1, cursor=cursor))

    def test_a_page_of_runs_has_a_limit(self, store: Store) -> None:
        with refused(LimitError):
            store.runs.list(ListRuns(limit=limit.PAGE_ROWS + 1))
        for rows in (0, -1):
            with refused(InvalidValueError):
                store.runs.list(ListRuns(limit=rows))

    def test_figures_of_chosen_metrics_come_along(self, store: Store) -> None:
        made = runs_with(store, [2.0, None])
        other = MetricColumn(metric="t", column="y")
        Writer(store, made[1]).append(table("t", {"x": [1], "y": [7]}))
        page = store.runs.list(ListRuns(columns=(other, LOSS), order=RunOrder(descending=False)))
        assert [row.run_id for row in page.runs] == made
        (first, second) = page.summaries
        assert first[0] is None
        assert first[1] is not None
        assert first[1].last == 2.0
        assert second[0] is not None
        assert (second[0].last, second[0].column, second[1]) == (7, "y", None)
