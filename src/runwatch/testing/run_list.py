"""What every backend promises of the conditions of lists of runs."""
# ruff: noqa: D102 - the names of the tests are sentences

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest

from runwatch.schema import limit
from runwatch.schema.error import LimitError
from runwatch.schema.metric import MetricColumn
from runwatch.schema.run import MetricCondition, RunStatus, UpdateRun
from runwatch.store.protocol import Store
from runwatch.testing.contract import Contract
from runwatch.testing.sample import Writer, new_run, refused, run_ids, scalars, table

LOSS = MetricColumn(metric="loss")
_NAN = math.nan
_INF = math.inf


def runs_with(store: Store, figures: Sequence[float | None]) -> list[str]:
    """One run for each last loss, in this order; None is a run without that metric."""
    made = []
    for figure in figures:
        row = new_run(store)
        made.append(row.run_id)
        if figure is not None:
            Writer(store, row.run_id).append(scalars("loss", [figure]))
    return made


class RunFilterContract(Contract):
    """Each condition of a list, alone and together."""

    def test_by_experiment(self, store: Store) -> None:
        here, _ = new_run(store, "a"), new_run(store, "b")
        assert run_ids(store, experiment_id=here.experiment_id) == [here.run_id]
        assert run_ids(store, experiment_id="none") == []

    def test_by_ids(self, store: Store) -> None:
        for run_id in ("r1", "r2", "r3"):
            new_run(store, run_id=run_id)
        assert run_ids(store, run_ids=("r1", "r3", "none")) == ["r3", "r1"]
        assert run_ids(store, run_ids=()) == []
        with refused(LimitError):
            run_ids(store, run_ids=("r",) * (limit.SEARCH_RUNS + 1))

    def test_by_place_in_the_tree(self, store: Store) -> None:
        new_run(store, run_id="top")
        new_run(store, run_id="child", parent_run_id="top")
        new_run(store, run_id="grandchild", parent_run_id="child")
        new_run(store, run_id="other")
        assert run_ids(store, parent_run_id="top") == ["child"]
        assert run_ids(store, root_run_id="top") == ["grandchild", "child", "top"]
        assert run_ids(store, include_children=False) == ["other", "top"]
        assert run_ids(store, include_children=False, parent_run_id="child") == ["grandchild"]
        assert run_ids(store, include_children=False, root_run_id="top") == ["grandchild", "child", "top"]

    def test_by_status(self, store: Store) -> None:
        for status in (RunStatus.RUNNING, RunStatus.FAILED, RunStatus.COMPLETED):
            new_run(store, run_id=status.value, status=status)
        assert run_ids(store, statuses=(RunStatus.FAILED,)) == ["Failed"]
        assert run_ids(store, statuses=(RunStatus.FAILED, RunStatus.RUNNING)) == ["Failed", "Running"]

    def test_by_type_and_target(self, store: Store) -> None:
        new_run(store, run_id="a", type="script", target="local")
        new_run(store, run_id="b", type="sweep", target="gpu")
        assert run_ids(store, type="sweep") == ["b"]
        assert run_ids(store, target="local") == ["a"]
        assert run_ids(store, type="script", target="gpu") == []

    def test_by_text_in_id_name_or_display_name(self, store: Store) -> None:
        new_run(store, run_id="Apple")
        new_run(store, run_id="b", name="pineAPPLE")
        new_run(store, run_id="c", display_name="an apple")
        new_run(store, run_id="d", description="apple")
        assert run_ids(store, search="aPPle") == ["c", "b", "Apple"]

    def test_text_of_other_alphabets_is_found_letter_case_aside(self, store: Store) -> None:
        new_run(store, run_id="a", name="ÄPFEL")
        assert run_ids(store, search="äpf") == ["a"]

    @pytest.mark.parametrize("text", ["%", "_", "\\", "*", "?", "[a]", "'"])
    def test_signs_in_a_text_mean_themselves(self, store: Store, text: str) -> None:
        new_run(store, run_id="plain", name="xay")
        new_run(store, run_id="signs", name=f"x{text}y")
        assert run_ids(store, search=f"x{text}y") == ["signs"]

    def test_by_tags(self, store: Store) -> None:
        new_run(store, run_id="a", tags={"k": "1", "e": None})
        new_run(store, run_id="b", tags={"k": "2"})
        assert run_ids(store, tags={"k": "1"}) == ["a"]
        assert run_ids(store, tags={"k": None}) == ["b", "a"]
        assert run_ids(store, tags={"k": None, "e": None}) == ["a"]
        assert run_ids(store, tags={"K": "1"}) == []

    def test_by_long_tags(self, store: Store) -> None:
        new_run(store, run_id="a", tags={"k": "x" * 5_000 + "a"})
        new_run(store, run_id="b", tags={"k": "x" * 5_000 + "b"})
        assert run_ids(store, tags={"k": "x" * 5_000 + "b"}) == ["b"]

    def test_by_properties(self, store: Store) -> None:
        new_run(store, run_id="a", properties={"k": "1"})
        new_run(store, run_id="b", properties={"k": "2"}, tags={"k": "1"})
        assert run_ids(store, properties={"k": "1"}) == ["a"]
        assert run_ids(store, properties={"k": None}) == ["b", "a"]

    def test_archived_ones_only_if_asked(self, store: Store) -> None:
        new_run(store, run_id="a")
        store.runs.update(UpdateRun(run_id="a", hidden=True))
        assert run_ids(store) == []
        assert run_ids(store, hidden=True) == ["a"]

    @pytest.mark.parametrize(
        ("op", "expected"),
        [("<", "0"), ("<=", "01"), ("=", "1"), ("!=", "02"), (">=", "12"), (">", "2")],
    )
    def test_by_a_figure_of_a_metric(self, store: Store, op: Any, expected: str) -> None:
        made = runs_with(store, [1.0, 2.0, 3.0, None, _NAN])
        condition = MetricCondition(metric=LOSS, op=op, value=2.0)
        assert sorted(run_ids(store, conditions=(condition,))) == sorted(made[int(place)] for place in expected)

    @pytest.mark.parametrize(
        ("stat", "value"), [("last", 3), ("min", 1), ("max", 4), ("first", 2), ("count", 5), ("mean", 2.3)]
    )
    def test_by_each_stat(self, store: Store, stat: Any, value: float) -> None:
        row = new_run(store)
        Writer(store, row.run_id).append(scalars("loss", [2.0, 1.0, 4.0, 1.5, 3.0]))
        condition = MetricCondition(metric=LOSS, stat=stat, op="=", value=value)
        assert run_ids(store, conditions=(condition,)) == [row.run_id]

    def test_by_a_column_of_a_table(self, store: Store) -> None:
        row = new_run(store)
        Writer(store, row.run_id).append(table("t", {"x": [1], "y": [2]}))
        wanted = MetricColumn(metric="t", column="y")
        assert run_ids(store, conditions=(MetricCondition(metric=wanted, op="=", value=2),)) == [row.run_id]
        assert run_ids(store, conditions=(MetricCondition(metric=wanted, op="=", value=1),)) == []

    def test_infinity_compares(self, store: Store) -> None:
        made = runs_with(store, [1.0, _INF])
        assert run_ids(store, conditions=(MetricCondition(metric=LOSS, op=">", value=1e300),)) == [made[1]]

    def test_all_conditions_must_hold(self, store: Store) -> None:
        made = runs_with(store, [1.0, 2.0, 3.0])
        store.runs.update(UpdateRun(run_id=made[1], set_tags={"good": "yes"}))
        low = MetricCondition(metric=LOSS, op=">", value=1.0)
        assert run_ids(store, conditions=(low,), tags={"good": "yes"}, search=made[1]) == [made[1]]
        high = MetricCondition(metric=LOSS, op="<", value=2.0)
        assert run_ids(store, conditions=(low, high)) == []

    @pytest.mark.parametrize("text", ["'; DROP TABLE runs; --", '"', "\0", "x" * 2_000])
    def test_hostile_texts_are_only_texts(self, store: Store, text: str) -> None:
        new_run(store)
        assert run_ids(store, experiment_id=text, type=text, target=text, tags={text: text}, run_ids=(text,)) == []
        condition = MetricCondition(metric=MetricColumn(metric=text, column=text), op="=", value=1)
        assert run_ids(store, conditions=(condition,)) == []
        assert len(run_ids(store)) == 1
