"""Memory and SQLite answer every filter, order, rank, group and name alike, whatever runs there are."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runwatch.schema.error import InvalidValueError
from runwatch.schema.run import CreateRun, RunStatus, UpdateRun
from runwatch.schema.survey import GroupFigure, GroupKey, GroupRuns, ListNames, RankRuns, ReadRows
from runwatch.store.check import STATS
from runwatch.store.filter.order import SORTABLE, parse_order
from runwatch.store.filter.parser import parse_filter
from runwatch.store.memory.store import MemoryStore
from runwatch.store.protocol import Store
from runwatch.store.sql import run_pick
from runwatch.store.sql.store import SqlStore
from runwatch.store.survey.check import KINDS
from runwatch.store.survey.reader import SurveyReader
from runwatch.testing.sample import START_AT, Writer, run_ids, scalars, table

AT = "2023-11-14T22:13:20Z"  # START_AT
TEXTS = [
    "",
    "a",
    "A",
    "resnet-50",
    "ResNet",
    "50%_off",
    "x\\y",
    "STRASSE",
    "straße",
    "K",
    "k",
    "a\0b",
    "é",
    "10",
    "9",
    "😀",
    "\uffee",
]
"""Letter case of several alphabets, signs of LIKE and GLOB, a NUL, and two whose order differs in UTF-16."""

NUMBERS = [0.0, -1.5, 0.25, 1.0, 2.0, 1e300, math.inf, -math.inf]
PARAMS = [*TEXTS[:8], *NUMBERS, math.nan, 1, True, False, None, [1], {"a": 1}, 10**400, 2**53 + 1]
KEYS = ["a", "b c", "and", "é"]
VALUES = [*NUMBERS[:6], math.nan, math.inf, True, "text"]

run = st.fixed_dictionaries(
    {
        "status": st.sampled_from(RunStatus),
        "name": st.none() | st.sampled_from(TEXTS),
        "display_name": st.none() | st.sampled_from(TEXTS),
        "host": st.none() | st.sampled_from(TEXTS),
        "target": st.none() | st.sampled_from(TEXTS),
        "submitted_by": st.none() | st.sampled_from(TEXTS),
        "tags": st.dictionaries(st.sampled_from(KEYS), st.none() | st.sampled_from(TEXTS), max_size=2),
        "properties": st.dictionaries(st.sampled_from(KEYS), st.sampled_from(TEXTS), max_size=2),
        "params": st.dictionaries(st.sampled_from(KEYS), st.sampled_from(PARAMS), max_size=3),
    }
)
life = st.fixed_dictionaries(
    {
        "experiment": st.sampled_from(["one", "two", "One"]),
        "created": st.integers(0, 3),
        "ended": st.none() | st.integers(0, 9),
        "hidden": st.booleans(),
        "child": st.booleans(),
        "loss": st.lists(st.sampled_from(VALUES), max_size=4),
        "t": st.lists(st.sampled_from(VALUES), max_size=2),
    }
)


def quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\0", "\\u0000") + '"'


equal, order = st.sampled_from(["=", "!=", "=="]), st.sampled_from(["<", "<=", ">", ">="])
text = st.sampled_from(TEXTS).map(quote) | st.sampled_from(["a", "ResNet"])
number = st.sampled_from(["0", "-1.5", ".25", "1", "2", "1e300", "inf", "-inf", "nan", "true", "9007199254740993"])
name = st.sampled_from(KEYS).map(quote)
figure = st.builds(
    "metrics.{}{}".format,
    st.sampled_from(["loss", "t[x]", 't["y z"]', "absent"]),
    st.sampled_from(["", ".last", ".first", ".min", ".max", ".count", ".mean"]),
)
label = st.builds("{}.{}".format, st.sampled_from(["tags", "properties", "params"]), name)
own = st.sampled_from(["id", "experiment", "name", "target", "user", "host", "parent", "type", "root"])
any_operator = equal | order | st.just("~")
leaf = st.one_of(
    st.builds("{} {} {}".format, own | label, any_operator, text),
    st.builds("{} {}({}, {})".format, own | label, st.sampled_from(["in", "not in"]), text, text),
    st.builds("{} {} {}".format, figure | st.just("number") | name.map("params.{}".format), equal | order, number),
    st.builds(
        "{} {} {}".format, st.sampled_from(["created", "started", "ended"]), order, st.sampled_from([AT, "-1d", "now"])
    ),
    st.builds("duration {} {}".format, equal | order, st.sampled_from(["0s", "3", "1m", "90d"])),
    st.builds("status {} {}".format, equal, st.sampled_from(RunStatus).map(str)),
    st.builds("archived {} {}".format, equal, st.sampled_from(["true", "false"])),
    own | label | figure | st.sampled_from(["archived", "started", "duration"]),
)
filters = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.builds("({}) {} ({})".format, inner, st.sampled_from(["and", "OR"]), inner),
        st.builds("{} {} {}".format, inner, st.sampled_from(["and", "or", "AND"]), inner),
        inner.map("not ({})".format),
    ),
    max_leaves=6,
)
sorts = st.builds(
    "{}{}".format,
    st.sampled_from(["", "-"]),
    figure | label | st.sampled_from(list(SORTABLE)),
)


@pytest.fixture(scope="module")
def new_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new") / "workspace"
    SqlStore(folder).close()
    return folder


@pytest.fixture
def stores(new_workspace: Path, tmp_path: Path) -> Iterator[Any]:
    opened: list[SqlStore] = []

    def fresh() -> tuple[MemoryStore, SqlStore]:
        while opened:
            opened.pop().close()
        shutil.rmtree(tmp_path / "workspace", ignore_errors=True)
        shutil.copytree(new_workspace, tmp_path / "workspace")
        opened.append(SqlStore(tmp_path / "workspace", create=False))
        return MemoryStore(), opened[0]

    yield fresh
    for store in opened:
        store.close()


def fill(store: Store, rows: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    for number, (row, more) in enumerate(rows):
        parent = f"r{number - 1}" if more["child"] and number else None
        at = START_AT + more["created"]
        made = CreateRun(
            experiment=more["experiment"], run_id=f"r{number}", token="t", created_at=at, parent_run_id=parent, **row
        )
        store.runs.create(made)
        if more["ended"] is not None:
            store.runs.update(UpdateRun(run_id=f"r{number}", status=RunStatus.FAILED, at=at + more["ended"]))
        if more["hidden"]:
            store.runs.update(UpdateRun(run_id=f"r{number}", hidden=True))
        writer = Writer(store, f"r{number}")
        if more["loss"]:
            writer.append(scalars("loss", more["loss"]))
        if more["t"]:
            writer.append(table("t", {"x": more["t"], "y z": [None] * (len(more["t"]) - 1) + [1.0]}))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(run, life), min_size=1, max_size=6),
    asked=st.lists(st.tuples(filters, sorts, st.booleans(), st.sampled_from([1, 2, 100])), min_size=10, max_size=30),
    few=st.sampled_from([0, 2, 5_000]),
)
def test_both_answer_alike(stores: Any, rows: Any, asked: list[tuple[str, str, bool, int]], few: int) -> None:
    """With each form of SQL: runs picked by labels and figures, or each looked up there."""
    memory, sql = filled(stores, rows)
    for filter_, sort, hidden, limit in asked:
        wanted = {"filter": filter_, "order": parse_order(sort), "hidden": hidden, "limit": limit}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(run_pick, "FEW_RUNS", few)
            found = run_ids(sql, **wanted)
        assert found == run_ids(memory, **wanted), (filter_, sort)
        assert len(found) == len(set(found))
        conditions = RankRuns(filter=filter_, order=parse_order(sort), hidden=hidden)
        assert ranked(memory, conditions) == ranked(sql, conditions) == found


def ranked(store: Store, conditions: RankRuns) -> list[str | None]:
    reader = SurveyReader(store)
    rows = reader.read_rows(ReadRows(rank_id=reader.rank(conditions).rank_id))
    return [None if run is None else run.run_id for run in rows.runs]


fields = st.sampled_from(["status", "target", "experiment", "submitted_by", "host"])
keys = st.builds(GroupKey, field=st.sampled_from(["param", "tag", "property"]), key=st.sampled_from(KEYS))
columns = st.sampled_from([("loss", "value"), ("t", "x"), ("t", "y z"), ("absent", "value")])
stats: Any = st.sampled_from(STATS)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(run, life), min_size=1, max_size=8),
    asked=st.lists(
        st.tuples(
            st.lists(keys | st.builds(GroupKey, field=fields), min_size=1, max_size=3),
            st.lists(st.builds(lambda c, s: GroupFigure(metric=c[0], column=c[1], stat=s), columns, stats), max_size=3),
            sorts,
        ),
        min_size=3,
        max_size=10,
    ),
)
def test_both_survey_alike(stores: Any, rows: Any, asked: Any) -> None:
    memory, sql = (SurveyReader(store) for store in filled(stores, rows))
    for by, figures, sort in asked:
        request = GroupRuns(by=tuple(by), figures=tuple(figures), order=parse_order(sort), hidden=True)
        found = memory.group(request)
        assert repr(sql.group(request)) == repr(found)  # a NaN is not equal to itself
        assert sum(group.runs for group in found.groups) == len(rows)
    for kind in KINDS:
        wanted = ListNames(kind=kind)  # type: ignore[arg-type]
        assert sql.list_names(wanted) == memory.list_names(wanted)


def filled(stores: Any, rows: Any) -> tuple[Store, Store]:
    memory, sql = stores()
    fill(memory, rows)
    fill(sql, rows)
    return memory, sql


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=60) | st.lists(leaf | st.sampled_from(["and", "(", ")", "not", "in", ","])).map(" ".join))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    for read in (lambda: parse_filter(text, 0.0), lambda: parse_order(text)):
        try:
            read()
        except InvalidValueError as error:
            refused = error
        else:
            continue
        assert 1 <= refused.detail["column"] <= len(text) + 1
        assert refused.hint
