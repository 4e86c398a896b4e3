"""Lists of runs: every filter, every order, pages without gaps, and plans that use the indexes."""

from __future__ import annotations

import math
from typing import Any, get_args

import pytest
from sqlalchemy import Select

from runwatch.schema import limit as limits
from runwatch.schema.error import InvalidValueError, LimitError
from runwatch.schema.metric import MetricColumn, Stat
from runwatch.schema.run import ListRuns, MetricCondition, RunOrder, RunStatus, UpdateRun
from runwatch.store.sql import patience, run_pick
from runwatch.store.sql.run_filter import make_filter
from runwatch.store.sql.run_order import values_of, whole
from runwatch.store.sql.store import SqlStore
from tests.unit.store.sql.sample import make_run, put_figures

LOSS = MetricColumn(metric="loss")


def ids(store: SqlStore, **request: Any) -> list[str]:
    return [run.run_id for run in store.runs.list(ListRuns(**request)).runs]


def walk(store: SqlStore, limit: int, **request: Any) -> list[str]:
    """All pages, one after the other."""
    found, cursor = [], None
    while True:
        page = store.runs.list(ListRuns(limit=limit, cursor=cursor, **request))
        found += [run.run_id for run in page.runs]
        cursor = page.next_cursor
        if cursor is None:
            return found
        assert len(page.runs) == limit


@pytest.fixture
def forest(store: SqlStore) -> SqlStore:
    make_run(store, "a", created_at=1.0, name="Alpha", tags={"k": "v", "n": None}, type="x", target="local")
    make_run(store, "b", created_at=2.0, name="ÄRGER", display_name="50%_off", parent_run_id="a", properties={"p": "1"})
    make_run(store, "c", created_at=3.0, experiment="two", parent_run_id="b", tags={"k": "w"})
    make_run(store, "d", created_at=4.0, experiment="two", status=RunStatus.RUNNING, tags={"k": "v" * 100})
    return store


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({}, "dcba"),
        ({"run_ids": ("a", "d", "absent")}, "da"),
        ({"run_ids": ()}, ""),
        ({"parent_run_id": "a"}, "b"),
        ({"root_run_id": "a"}, "cba"),
        ({"root_run_id": "a", "include_children": False}, "cba"),
        ({"include_children": False}, "da"),
        ({"statuses": (RunStatus.RUNNING, RunStatus.FAILED)}, "d"),
        ({"type": "x"}, "a"),
        ({"target": "local"}, "a"),
        ({"search": "alPH"}, "a"),
        ({"search": "ärger"}, "b"),
        ({"search": "50%_"}, "b"),
        ({"search": "%"}, "b"),
        ({"search": "_"}, "b"),
        ({"search": "\\"}, ""),
        ({"tags": {"k": "v"}}, "a"),
        ({"tags": {"k": None}}, "dca"),
        ({"tags": {"k": "v" * 100}}, "d"),
        ({"tags": {"k": "v" * 99}}, ""),
        ({"tags": {"k": "v", "n": None}}, "a"),
        ({"properties": {"p": "1"}}, "b"),
        ({"properties": {"p": "2"}}, ""),
        ({"parent_run_id": "absent"}, ""),
        ({"experiment_id": "absent"}, ""),
    ],
)
def test_filters(forest: SqlStore, request_: dict[str, Any], expected: str) -> None:
    assert ids(forest, **request_) == list(expected)


@pytest.mark.parametrize("few", [0, 5_000])
def test_both_ways_to_look_up_labels_find_the_same(forest: SqlStore, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    put_figures(forest, "a", "loss", min=1.0, last_number=math.inf)
    put_figures(forest, "c", "loss", min=3.0)
    monkeypatch.setattr(run_pick, "FEW_RUNS", few)
    low = MetricCondition(metric=LOSS, stat="min", op="<", value=2.0)
    order = RunOrder(field="metric", metric=LOSS, stat="min", descending=False)
    assert ids(forest, tags={"k": None}, order=order) == ["a", "c", "d"]
    assert ids(forest, conditions=(low,), tags={"k": "v"}, order=order) == ["a"]
    assert ids(forest, conditions=(low,)) == ["a"]
    assert ids(forest, tags={"absent": None}) == []


def test_experiments_and_hidden_runs(forest: SqlStore) -> None:
    two = forest.runs.list(ListRuns(run_ids=("c",))).runs[0].experiment_id
    assert ids(forest, experiment_id=two) == ["d", "c"]
    forest.runs.update(UpdateRun(run_id="d", hidden=True))
    assert ids(forest, experiment_id=two) == ["c"]
    assert ids(forest, experiment_id=two, hidden=True) == ["d", "c"]


@pytest.mark.parametrize(
    ("op", "value", "expected"),
    [("<", 2.0, "a"), ("<=", 2.0, "ba"), ("=", 2.0, "b"), ("!=", 2.0, "ca"), (">=", 2.0, "cb"), (">", 2.0, "c")],
)
def test_conditions_compare_figures(forest: SqlStore, op: Any, value: float, expected: str) -> None:
    for run_id, low in (("a", 1.0), ("b", 2.0), ("c", 3.0)):
        put_figures(forest, run_id, "loss", min=low)
    condition = MetricCondition(metric=LOSS, stat="min", op=op, value=value)
    assert ids(forest, conditions=(condition,)) == list(expected)
    with_nan = MetricCondition(metric=LOSS, stat="min", op=op, value=math.nan)
    assert ids(forest, conditions=(with_nan,)) == []


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("field", ["created_at", "started_at", "ended_at", "number", "status", "name"])
def test_pages_have_no_gaps_and_what_lacks_a_value_comes_last(
    store: SqlStore, field: Any, descending: bool, limit: int
) -> None:
    for number, name in enumerate("abcdef"):
        make_run(store, name, created_at=float(number // 2), name=f"n{number // 2}" if number < 4 else None)
        if number % 2:
            store.runs.update(UpdateRun(run_id=name, status=RunStatus.RUNNING, at=float(number)))
        if number == 3:
            store.runs.update(UpdateRun(run_id=name, status=RunStatus.FAILED, at=2.5))
    order = RunOrder(field=field, descending=descending)
    runs = {run.run_id: run for run in store.runs.list(ListRuns()).runs}
    found = walk(store, limit, order=order)
    assert sorted(found) == list("abcdef")
    values = [getattr(runs[name], field) for name in found]
    there = [value for value in values if value is not None]
    assert there == sorted(there, reverse=descending)
    assert values[len(there) :] == [None] * (6 - len(there))


def stored(stat: Stat, value: float | None) -> dict[str, float | None]:
    """What a row says whose figure is this."""
    if stat == "count":
        return {"count": 0.0 if value is None else value}
    if stat == "mean":
        return {"sum": value or 0.0, "numeric": 2.0, "nonfinite": 2.0 if value is None else 1.0}
    return {{"last": "last_number", "first": "first_number"}.get(stat, stat): value}


@pytest.mark.parametrize("few", [0, 5_000])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("stat", get_args(Stat))
def test_order_by_a_figure(
    store: SqlStore, stat: Stat, descending: bool, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_pick, "FEW_RUNS", few)
    figures = {"a": 2.0, "b": math.inf, "c": None, "d": -1.0, "e": 2.0}
    for number, (name, value) in enumerate(figures.items()):
        make_run(store, name, created_at=float(number))
        put_figures(store, name, "loss", **stored(stat, value))
        put_figures(store, name, "other", **stored(stat, 9.0))
    make_run(store, "f", created_at=9.0)
    order = RunOrder(field="metric", metric=LOSS, stat=stat, descending=descending)
    valued_ = ["b", "e", "a", "d"] if descending else ["d", "a", "e", "b"]
    if stat == "count":  # every summary has one
        valued_ = ["b", "e", "a", "c", "d"] if descending else ["d", "c", "a", "e", "b"]
    expected = [*valued_, *(["f"] if stat == "count" else ["f", "c"])]
    for limit in (1, 2, 4, 5, 100):
        assert walk(store, limit, order=order) == expected


def test_figures_come_along_in_the_order_asked_for(store: SqlStore) -> None:
    make_run(store, "a", created_at=1.0)
    make_run(store, "b", created_at=2.0)
    put_figures(store, "a", "loss", min=1.0)
    page = store.runs.list(ListRuns(columns=(MetricColumn(metric="x"), LOSS, LOSS)))
    assert [[None if each is None else each.min for each in row] for row in page.summaries] == [
        [None, None, None],
        [None, 1.0, 1.0],
    ]
    assert store.runs.list(ListRuns()).summaries == ((), ())


def test_wrong_pages_and_orders_are_refused(forest: SqlStore) -> None:
    cursor = forest.runs.list(ListRuns(limit=1)).next_cursor
    for wrong in (
        {"limit": 0},
        {"cursor": "x"},
        {"cursor": "bm90IGEgY3Vyc29y"},
        {"cursor": cursor, "order": RunOrder(field="name")},
        {"cursor": cursor, "order": RunOrder(descending=False)},
        {"order": RunOrder(field="metric")},
        {"order": RunOrder(field="token; DROP TABLE runs")},  # type: ignore[arg-type]
    ):
        with pytest.raises(InvalidValueError):
            ids(forest, **wrong)
    with pytest.raises(LimitError):
        ids(forest, limit=1_001)
    with pytest.raises(LimitError):
        ids(forest, run_ids=("x",) * 10_001)
    with pytest.raises(LimitError):
        ids(forest, search="x" * 1_025)


def test_a_list_that_takes_too_long_is_given_up(forest: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    text = " or ".join(f'tags.k ~ "{number}"' for number in range(200))
    assert ids(forest, filter=text) == []
    monkeypatch.setattr(patience, "_STEPS", 10)
    monkeypatch.setattr(limits, "LIST_SECONDS", 0)
    with pytest.raises(LimitError) as caught:
        ids(forest, filter=text)
    assert "0 seconds" in caught.value.message
    monkeypatch.undo()
    assert ids(forest, filter="id = a") == ["a"]


def plan(store: SqlStore, statement: Select[Any]) -> str:
    compiled = statement.limit(51).compile(compile_kwargs={"literal_binds": True})
    with store._database.read() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}".replace("%%", "%")).all()
    return "\n".join(row[3] for row in rows)


def plan_of(store: SqlStore, **request: Any) -> str:
    """How SQLite finds the runs that have a sort value."""
    wanted = ListRuns(**request)
    with store._database.read() as connection:
        found = make_filter(connection, wanted, 0.0)
    return plan(store, values_of(wanted.order, 0.0)[0].keys(found, wanted.order, None))


@pytest.mark.parametrize("stat", ["min", "max", "last"])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("filtered", [False, True])
def test_a_large_list_by_a_figure_walks_the_index_of_that_figure(
    forest: SqlStore, stat: Stat, descending: bool, filtered: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_pick, "FEW_RUNS", 0)
    put_figures(forest, "a", "other", max=1.0)
    experiment_id = forest.runs.list(ListRuns()).runs[0].experiment_id
    good = MetricCondition(metric=MetricColumn(metric="other"), stat="max", op=">", value=0.5)
    more: dict[str, Any] = {
        "experiment_id": experiment_id,
        "statuses": (RunStatus.RUNNING,),
        "tags": {"k": "v"},
        "conditions": (good,),
    }
    order = RunOrder(field="metric", metric=LOSS, stat=stat, descending=descending)
    found = plan_of(forest, order=order, **(more if filtered else {}))
    index = f"ix_summaries_{next(iter(stored(stat, 0.0)))}"
    assert f"SEARCH summaries USING COVERING INDEX {index}" in found or f"SEARCH summaries USING INDEX {index}" in found
    assert "SEARCH runs USING INTEGER PRIMARY KEY" in found
    assert "USE TEMP B-TREE" not in found


def test_a_filter_text_leaves_the_list_its_index(forest: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    order = RunOrder(field="metric", metric=LOSS, stat="min", descending=False)
    text = 'metrics.loss.min < 0.3 and tags.k = "v" and params.lr > 0 and (status = Failed or not parent)'
    rare = plan_of(forest, order=order, filter=text)
    assert "SEARCH runs USING INTEGER PRIMARY KEY" in rare
    assert "ix_run_tags_key_value (key=? AND <expr>=?)" in rare
    assert "SCAN" not in rare
    monkeypatch.setattr(run_pick, "FEW_RUNS", -1)
    common = plan_of(forest, order=order, filter=text)
    assert "SEARCH summaries USING COVERING INDEX ix_summaries_min" in common
    assert "USE TEMP B-TREE" not in common
    assert "created_at" in plan_of(forest, filter=text)


@pytest.mark.parametrize(
    ("order", "index"),
    [
        (RunOrder(field="tag", key="k"), "ix_run_tags_key_value"),
        (RunOrder(field="property", key="k"), "ix_run_properties_key_value"),
        (RunOrder(field="param", key="k", descending=False), "ix_run_params_key_number"),
        (RunOrder(field="param", key="k", descending=True), "ix_run_params_key_text"),
    ],
)
def test_a_list_by_a_label_walks_its_index(forest: SqlStore, order: RunOrder, index: str) -> None:
    found = plan_of(forest, order=order)
    assert index in found
    assert "USE TEMP B-TREE" not in found


@pytest.mark.parametrize("request_", [{}, {"experiment_id": "x"}, {"tags": {"k": "v"}}])
def test_the_newest_runs_come_from_an_index(
    forest: SqlStore, request_: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_pick, "FEW_RUNS", 0)
    shown = plan_of(forest, **request_)
    assert "created_at" in shown
    assert "USE TEMP B-TREE" not in shown


def test_labels_are_found_by_their_index(forest: SqlStore) -> None:
    assert "ix_run_tags_key_value (key=? AND <expr>=?)" in plan_of(forest, tags={"k": "v"})
    assert "ix_run_properties_key_value (key=? AND <expr>=?)" in plan_of(forest, properties={"p": "1"})


def plan_of_rank(store: SqlStore, order: RunOrder) -> str:
    """How SQLite finds all runs in an order."""
    with store._database.read() as connection:
        found = make_filter(connection, ListRuns(order=order), 0.0)
    return plan(store, whole(found, values_of(order, 0.0), order))


@pytest.mark.parametrize("field", ["created_at", "started_at", "metric", "name"])
def test_leaving_out_what_is_registered_changes_no_plan(
    forest: SqlStore, field: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_pick, "FEW_RUNS", 0)
    order = RunOrder(field=field, metric=LOSS if field == "metric" else None)
    before = plan_of(forest, order=order), plan_of_rank(forest, order)
    make_run(forest, "model:net:1", experiment=".models", type="runwatch.model")
    assert "model:net:1" not in ids(forest)
    assert (plan_of(forest, order=order), plan_of_rank(forest, order)) == before
    with forest._database.read() as connection:
        rows = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT experiment_key FROM experiments"
            " WHERE name IN ('.models', '.datasets') AND archived_at IS NULL"
        ).all()
    assert "uq_experiments_active_name" in rows[0][3]
