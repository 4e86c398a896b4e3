"""What a table of many runs may rely on, over every backend: ranks, rows, names, groups."""
# ruff: noqa: D102 - the names of the tests are sentences

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import pytest
from msgspec.structs import replace

from runwatch.schema import limit
from runwatch.schema.change import ListChanges
from runwatch.schema.error import GoneError, InvalidValueError, LimitError
from runwatch.schema.metric import MetricColumn, MetricKind
from runwatch.schema.run import Delete, RunError, RunOrder, RunStatus, UpdateRun
from runwatch.schema.survey import (
    GroupFigure,
    GroupKey,
    GroupRuns,
    Groups,
    ListNames,
    Name,
    RankRuns,
    ReadRows,
    RunRows,
)
from runwatch.store.protocol import Store
from runwatch.store.survey.reader import SurveyReader
from runwatch.testing.contract import Contract
from runwatch.testing.run_list import LOSS, runs_with
from runwatch.testing.sample import Writer, block, column, get_run, new_run, refused, run_ids, scalars, table

_ORDERS: Final = [
    RunOrder(),
    RunOrder(field="created_at", descending=False),
    RunOrder(field="status"),
    RunOrder(field="started_at", descending=False),
    RunOrder(field="name"),
    RunOrder(field="param", key="k"),
    RunOrder(field="tag", key="k"),
    RunOrder(field="metric", metric=LOSS),
    RunOrder(field="metric", metric=LOSS, stat="mean"),
]


def _ranked(store: Store, first: int = 0, count: int = 200, **conditions: Any) -> list[str | None]:
    """The ids of the rows of a rank."""
    reader = SurveyReader(store)
    rank = reader.rank(RankRuns(**conditions))
    rows = reader.read_rows(ReadRows(rank_id=rank.rank_id, first=first, count=count))
    assert (rows.first, rows.total) == (first, rank.total)
    return [None if run is None else run.run_id for run in rows.runs]


def _rows(store: Store, *columns: MetricColumn, **conditions: Any) -> RunRows:
    reader = SurveyReader(store)
    return reader.read_rows(ReadRows(rank_id=reader.rank(RankRuns(**conditions)).rank_id, columns=columns))


def _names(store: Store, kind: Any, **conditions: Any) -> list[Name]:
    return list(SurveyReader(store).list_names(ListNames(kind=kind, **conditions)).names)


def _group(store: Store, *by: GroupKey, **conditions: Any) -> Groups:
    return SurveyReader(store).group(GroupRuns(by=by, **conditions))


def _by_param(store: Store, params: Sequence[Any]) -> None:
    for value in params:
        new_run(store, params={"k": value})


class RankContract(Contract):
    """Runs by position."""

    @pytest.mark.parametrize("order", _ORDERS, ids=lambda order: order.field)
    @pytest.mark.parametrize("descending", [True, False])
    def test_a_rank_has_the_order_of_the_list(self, store: Store, order: RunOrder, descending: bool) -> None:
        runs_with(store, [2.0, None, 1.0, math.nan, 2.0, -math.inf])
        for value in (3, "b", None, "a", 1, [1]):
            status = RunStatus.RUNNING if value == 3 else RunStatus.NOT_STARTED
            new_run(store, params={"k": value}, tags={"k": str(value)}, display_name=str(value), status=status)
        order = replace(order, descending=descending)
        expected = run_ids(store, order=order)
        assert len(expected) == 12
        assert _ranked(store, order=order) == expected

    def test_all_conditions_of_lists_hold(self, store: Store) -> None:
        made = runs_with(store, [1.0, 2.0, 3.0])
        store.runs.update(UpdateRun(run_id=made[2], set_tags={"good": "yes"}))
        store.runs.update(UpdateRun(run_id=made[0], hidden=True))
        child = new_run(store, parent_run_id=made[1])
        assert _ranked(store, filter="metrics.loss > 1 and not tags.good") == [made[1]]
        assert _ranked(store, include_children=False) == [made[2], made[1]]
        assert _ranked(store, parent_run_id=made[1]) == [child.run_id]
        assert _ranked(store, tags={"good": "yes"}, search=made[2]) == [made[2]]
        assert _ranked(store, run_ids=(made[0],)) == []
        assert _ranked(store, run_ids=(made[0],), hidden=True) == [made[0]]
        assert _ranked(store, experiment_id="none") == []

    def test_rows_are_read_by_position(self, store: Store) -> None:
        made = [new_run(store).run_id for _ in range(5)][::-1]
        assert _ranked(store, first=1, count=2) == made[1:3]
        assert _ranked(store, first=4, count=2) == made[4:]
        assert _ranked(store, first=5) == []

    def test_a_rank_stays_as_it_was_and_its_rows_are_as_they_are_now(self, store: Store) -> None:
        made = [new_run(store).run_id for _ in range(3)]
        reader = SurveyReader(store)
        rank = reader.rank(RankRuns())
        store.runs.delete(Delete(run_ids=(made[1],)))
        store.runs.update(UpdateRun(run_id=made[0], display_name="other", hidden=True))
        new_run(store)
        rows = reader.read_rows(ReadRows(rank_id=rank.rank_id, columns=(LOSS,)))
        assert [run and (run.run_id, run.display_name) for run in rows.runs] == [
            (made[2], None),
            None,
            (made[0], "other"),
        ]
        assert (rows.total, rows.summaries, rows.children) == (3, ((None,),) * 3, (0, 0, 0))

    def test_it_says_whether_its_order_is_still_that_of_the_list(self, store: Store) -> None:
        made = runs_with(store, [3.0, 2.0, 1.0])
        by_loss = RankRuns(order=RunOrder(field="metric", metric=LOSS, descending=False))
        look = replace(by_loss, keep=False)
        reader = SurveyReader(store)
        rank = reader.rank(by_loss)
        again = reader.rank(look)
        assert (again.rank_id, again.total, again.digest) == ("", 3, rank.digest)
        store.runs.update(UpdateRun(run_id=made[1], display_name="other", set_tags={"k": "v"}))
        assert reader.rank(look).digest == rank.digest, "a change that moves nothing"
        Writer(store, made[0], "bb").append(scalars("loss", [0.5]))
        moved = reader.rank(look)
        assert (moved.total, moved.digest != rank.digest) == (3, True)
        assert [run and run.run_id for run in reader.read_rows(ReadRows(rank_id=rank.rank_id)).runs] == made[::-1]
        store.runs.update(UpdateRun(run_id=made[2], hidden=True))
        new = new_run(store)
        Writer(store, new.run_id).append(scalars("loss", [1.5]))
        other = reader.rank(look)
        assert other.total == 3
        assert other.digest not in {rank.digest, moved.digest}, "as many runs, of which one is another"
        assert reader.rank(RankRuns(experiment_id="none")).digest != other.digest
        with refused(GoneError):
            reader.read_rows(ReadRows(rank_id=other.rank_id))

    def test_it_says_of_which_moment_it_is(self, store: Store) -> None:
        new_run(store)
        rank = SurveyReader(store).rank(RankRuns())
        assert (rank.total, rank.rev) == (1, store.changes.list(ListChanges(after=-1)).sequence)
        later = new_run(store)
        assert [each.subject for each in store.changes.list(ListChanges(after=rank.rev)).changes][-1] == later.run_id

    def test_runs_come_light(self, store: Store) -> None:
        made = new_run(store, definition={"script": "a.py"}, params={"k": 1}, tags={"t": "x"})
        error = RunError(message="no", details="Traceback")
        whole = store.runs.update(UpdateRun(run_id=made.run_id, status=RunStatus.FAILED, error=error))
        (light,) = _rows(store).runs
        assert light == replace(whole, definition={}, history=(), error=RunError(message="no"))
        assert get_run(store, made.run_id) == whole

    def test_figures_and_children_stand_beside_the_runs(self, store: Store) -> None:
        low, without, high = runs_with(store, [1.0, None, 3.0])
        children = [new_run(store, parent_run_id=low).run_id for _ in range(2)]
        new_run(store, parent_run_id=children[0])
        store.runs.update(UpdateRun(run_id=children[1], hidden=True))
        rows = _rows(store, LOSS, MetricColumn(metric="none"), include_children=False)
        assert [run and run.run_id for run in rows.runs] == [high, without, low]
        assert [summary and summary.last for summary, _ in rows.summaries] == [3.0, None, 1.0]
        assert {other for _, other in rows.summaries} == {None}
        assert rows.children == (0, 0, 2)

    def test_a_rank_that_is_not_kept_is_gone(self, store: Store) -> None:
        reader = SurveyReader(store)
        for rank_id in ("", "none", "'; DROP TABLE runs; --"):
            with refused(GoneError) as caught:
                reader.read_rows(ReadRows(rank_id=rank_id))
            assert caught.value.hint == "Ask for a new rank."

    @pytest.mark.parametrize(
        ("changes", "kind"),
        [
            ({"first": -1}, InvalidValueError),
            ({"count": 0}, InvalidValueError),
            ({"count": limit.RANK_ROWS + 1}, LimitError),
            ({"columns": (LOSS,) * (limit.RANK_COLUMNS + 1)}, LimitError),
        ],
    )
    def test_rows_that_are_none_are_refused(self, store: Store, changes: dict[str, Any], kind: Any) -> None:
        reader = SurveyReader(store)
        with refused(kind):
            reader.read_rows(ReadRows(rank_id=reader.rank(RankRuns()).rank_id, **changes))

    def test_conditions_that_make_no_sense_are_refused(self, store: Store) -> None:
        reader = SurveyReader(store)
        for request in (RankRuns(filter="x ="), RankRuns(order=RunOrder(field="metric"))):
            with refused(InvalidValueError):
                reader.rank(request)
        with refused(LimitError):
            reader.rank(RankRuns(run_ids=("r",) * (limit.SEARCH_RUNS + 1)))


class NameContract(Contract):
    """The names in use."""

    def test_metrics_by_column_with_their_kind(self, store: Store) -> None:
        for kinds in (2, 1, 1):
            writer = Writer(store, new_run(store).run_id)
            writer.append(scalars("loss", [1.0]))
            if kinds > 1:
                writer.append(table("Cosine Wave", {"x": [1, 2], "cos": [0.5, 0.1]}))
                writer.append(block("l", (column("value", [1, 2]),), 2, kind=MetricKind.LIST))
        assert _names(store, "metric") == [
            Name(name="loss", column="value", metric_kind="scalar", runs=3),
            Name(name="Cosine Wave", column="cos", metric_kind="table", runs=1),
            Name(name="Cosine Wave", column="x", metric_kind="table", runs=1),
            Name(name="l", column="value", metric_kind="list", runs=1),
        ]

    @pytest.mark.parametrize(("kind", "field"), [("param", "params"), ("tag", "tags"), ("property", "properties")])
    def test_labels_by_how_many_runs_have_them(self, store: Store, kind: str, field: str) -> None:
        labels: list[dict[str, Any]] = [{"b": "1"}, {"b": "1", "é": "2"}, {"b": "1", "é": "2", "a": "3"}]
        for each in labels:
            changes: dict[str, Any] = {field: each}
            new_run(store, **changes)
        assert _names(store, kind) == [Name(name="b", runs=3), Name(name="é", runs=2), Name(name="a", runs=1)]
        assert {other: _names(store, other) for other in {"param", "tag", "property", "metric"} - {kind}} == {
            other: [] for other in {"param", "tag", "property", "metric"} - {kind}
        }

    @pytest.mark.parametrize("kind", ["metric", "param", "tag", "property"])
    def test_of_one_experiment(self, store: Store, kind: str) -> None:
        for experiment in ("one", "two"):
            labels = {"all": "1", experiment: "2"}
            made = new_run(store, experiment, params=labels, tags=labels, properties=labels)
            Writer(store, made.run_id).append(*(scalars(name, [1.0]) for name in labels))
        of_two = _names(store, kind, experiment_id=made.experiment_id)
        assert [(name.name, name.runs) for name in of_two] == [("all", 1), ("two", 1)]
        assert {name.metric_kind for name in of_two} == {"scalar" if kind == "metric" else ""}
        assert [(name.name, name.runs) for name in _names(store, kind)] == [("all", 2), ("one", 1), ("two", 1)]
        assert _names(store, kind, experiment_id="none") == []

    def test_what_is_archived_counts_and_what_is_deleted_does_not(self, store: Store) -> None:
        gone, kept = new_run(store, tags={"gone": "1", "both": "1"}), new_run(store, tags={"both": "1"})
        for row in (gone, kept):
            Writer(store, row.run_id).append(scalars("loss", [1.0]))
        assert [name.runs for name in _names(store, "metric")] == [2]
        store.runs.delete(Delete(run_ids=(gone.run_id,)))
        store.runs.update(UpdateRun(run_id=kept.run_id, hidden=True))
        assert _names(store, "tag") == [Name(name="both", runs=1)]
        assert [name.runs for name in _names(store, "metric")] == [1]

    @pytest.mark.parametrize(
        ("search", "found"), [("VAL", ["val/Acc"]), ("é", ["É"]), ("%", ["100%"]), ("", None), ("_", []), ("\0", [])]
    )
    def test_those_that_contain_a_text(self, store: Store, search: str, found: list[str] | None) -> None:
        names = ["100%", "val/Acc", "É"]
        new_run(store, tags=dict.fromkeys(names, "x"))
        assert [name.name for name in _names(store, "tag", search=search)] == (names if found is None else found)

    def test_no_more_than_asked_for(self, store: Store) -> None:
        new_run(store, tags=dict.fromkeys("abcde"))
        reader = SurveyReader(store)
        page = reader.list_names(ListNames(kind="tag", limit=2))
        assert ([name.name for name in page.names], page.more) == (["a", "b"], True)
        assert not reader.list_names(ListNames(kind="tag", limit=5)).more
        for count, kind in ((0, InvalidValueError), (limit.PAGE_ROWS + 1, LimitError)):
            with refused(kind):
                reader.list_names(ListNames(kind="tag", limit=count))
        with refused(InvalidValueError):
            reader.list_names(ListNames(kind="runs; DROP TABLE runs"))  # type: ignore[arg-type]


class GroupContract(Contract):
    """Runs in groups."""

    def test_by_a_parameter_numbers_before_texts(self, store: Store) -> None:
        values = ["b", 10, "10", None, 2.5, [2], math.nan, math.inf, "a", {"x": 1}, -1]
        _by_param(store, values)
        new_run(store)
        found = _group(store, GroupKey(field="param", key="k"))
        told = [group.values[0] for group in found.groups]
        assert str(told) == str([-1, 2.5, 10, math.inf, math.nan, "10", "a", "b", [2], {"x": 1}, None])
        assert [group.runs for group in found.groups] == [1] * 10 + [2]  # a parameter that is None is as good as none
        assert found.total == 11

    def test_equal_values_are_one_group(self, store: Store) -> None:
        _by_param(store, [1, 1.0, True, "1", [1, {"a": 2}], [1, {"a": 2}], 0, False, math.nan, math.nan])
        found = _group(store, GroupKey(field="param", key="k"))
        assert [group.runs for group in found.groups] == [2, 3, 2, 1, 2]

    def test_by_several_things_at_once(self, store: Store) -> None:
        for number in range(6):
            tags = {"t": "x"} if number % 2 else {"t": None} if number else {}
            new_run(store, f"e{number // 3}", tags=tags, properties={"p": "y"}, host=None if number else "h")
        keys = [GroupKey(field="experiment"), GroupKey(field="tag", key="t"), GroupKey(field="host")]
        found = _group(store, *keys, GroupKey(field="property", key="p"))
        assert [(group.values, group.runs) for group in found.groups] == [
            (("e0", "x", None, "y"), 1),
            (("e0", None, "h", "y"), 1),
            (("e0", None, None, "y"), 1),
            (("e1", "x", None, "y"), 2),
            (("e1", None, None, "y"), 1),
        ]

    @pytest.mark.parametrize("field", ["status", "target", "submitted_by", "host", "experiment"])
    def test_by_what_a_run_is(self, store: Store, field: Any) -> None:
        values = ["Failed", "Running"]
        for value in values:
            named = {} if field == "experiment" else {field: RunStatus(value) if field == "status" else value}
            new_run(store, value if field == "experiment" else "sample", **named)
        assert [group.values for group in _group(store, GroupKey(field=field)).groups] == [(each,) for each in values]

    def test_figures_over_the_runs_of_a_group(self, store: Store) -> None:
        made = runs_with(store, [1.0, 2.0, 6.0, None, math.nan])
        store.runs.update(UpdateRun(run_id=made[3], set_tags={"t": "lonely"}))
        figures = (GroupFigure(metric="loss"), GroupFigure(metric="loss", stat="count"), GroupFigure(metric="none"))
        lonely, others = _group(store, GroupKey(field="tag", key="t"), figures=figures).groups
        assert [figure.n for figure in lonely.figures] == [0, 0, 0]
        assert (lonely.figures[0].mean, lonely.figures[0].median) == (None, None)
        loss, count, nothing = others.figures
        assert (loss.n, loss.min, loss.max, loss.mean, loss.median) == (3, 1.0, 6.0, 3.0, 2.0)
        assert loss.std == pytest.approx(math.sqrt((4 + 1 + 9) / 3))  # divided by n, as in charts
        assert (count.n, count.mean, count.std) == (4, 1.0, 0.0)
        assert nothing.n == 0

    def test_infinity_is_a_number(self, store: Store) -> None:
        runs_with(store, [1.0, math.inf, -math.inf])
        (group,) = _group(store, GroupKey(field="status"), figures=(GroupFigure(metric="loss"),)).groups
        (loss,) = group.figures
        assert (loss.n, loss.min, loss.max, loss.median) == (3, -math.inf, math.inf, 1.0)
        assert str((loss.mean, loss.std)) == "(nan, nan)"

    def test_runs_of_a_group_keep_their_order(self, store: Store) -> None:
        made = runs_with(store, [2.0, 3.0, 1.0, None])
        order = RunOrder(field="metric", metric=LOSS, descending=False)
        (group,) = _group(store, GroupKey(field="status"), order=order).groups
        assert group.run_ids == (made[2], made[0], made[1], made[3])
        (group,) = _group(store, GroupKey(field="status"), filter="metrics.loss > 1").groups
        assert group.run_ids == (made[1], made[0])

    def test_groups_and_named_runs_are_bounded(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limit, "GROUP_RUN_IDS", 2)
        _by_param(store, [3, 2, 1, 1, 1])
        found = _group(store, GroupKey(field="param", key="k"), limit=2)
        told = [(group.values, group.runs, len(group.run_ids)) for group in found.groups]
        assert (told, found.total) == ([((1,), 3, 2), ((2,), 1, 1)], 3)
        assert _group(store, GroupKey(field="status"), search="nothing like it") == Groups(groups=(), total=0)

    @pytest.mark.parametrize(
        ("request_", "kind"),
        [
            (GroupRuns(by=()), InvalidValueError),
            (GroupRuns(by=(GroupKey(field="status"),) * (limit.GROUP_KEYS + 1)), LimitError),
            (GroupRuns(by=(GroupKey(field="param"),)), InvalidValueError),
            (GroupRuns(by=(GroupKey(field="token"),)), InvalidValueError),  # type: ignore[arg-type]
            (GroupRuns(by=(GroupKey(field="status"),), limit=0), InvalidValueError),
            (GroupRuns(by=(GroupKey(field="status"),), filter="x ="), InvalidValueError),
            (
                GroupRuns(by=(GroupKey(field="status"),), figures=(GroupFigure(metric="m", stat="x"),)),  # type: ignore[arg-type]
                InvalidValueError,
            ),
            (
                GroupRuns(
                    by=(GroupKey(field="status"),), figures=(GroupFigure(metric="m"),) * (limit.GROUP_FIGURES + 1)
                ),
                LimitError,
            ),
        ],
    )
    def test_groups_that_make_no_sense_are_refused(self, store: Store, request_: GroupRuns, kind: Any) -> None:
        with refused(kind):
            SurveyReader(store).group(request_)

    @pytest.mark.parametrize("text", ["'; DROP TABLE runs; --", "\0", "\udce9", "x" * 2_000])
    def test_hostile_texts_name_nothing(self, store: Store, text: str) -> None:
        made = new_run(store)
        figures = (GroupFigure(metric=text, column=text),)
        for field in ("param", "tag", "property"):
            (group,) = _group(store, GroupKey(field=field, key=text), figures=figures).groups
            assert (group.values, group.run_ids) == ((None,), (made.run_id,))
        assert _names(store, "tag", experiment_id=text) == []


class SurveyContract(RankContract, NameContract, GroupContract):
    """Many runs at once, by what a store can do itself or by way of its lists."""
