"""Whatever a request says, it reaches the database as a bound value and never as SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event

from runwatch.schema.change import ListChanges
from runwatch.schema.error import RunwatchError
from runwatch.schema.job import CancelJob, DeleteTarget, LeaseJob, ListJobs, ListTargets, RenewJob, Target
from runwatch.schema.metric import MetricColumn
from runwatch.schema.run import (
    Delete,
    GetRun,
    ListExperiments,
    ListRuns,
    MetricCondition,
    RunOrder,
    UpdateExperiment,
    UpdateRun,
)
from runwatch.schema.survey import GroupFigure, GroupKey, GroupRuns, ListNames, RankRuns
from runwatch.store.sql.store import SqlStore
from tests.unit.store.sql.sample import make_run, put_figures

STRINGS = [
    "' OR '1'='1",
    "'; DROP TABLE runs; --",
    '" OR 1=1 --',
    "a') UNION SELECT value, 1, 2 FROM workspace --",
    "(SELECT token FROM runs)",
    "created_at; DELETE FROM runs",
    "min FROM summaries; --",
    "%' ESCAPE '\\",
    "\\",
    "%",
    "_",
    "*[a-z]?",
    ":id",
    "?",
    "%(x)s",
    "{0.__class__}",
    "\0",
    "a\0b",
    "\udce9",
    "x" * 1_024,
    "NULL",
    "1e999",
    "-- ",
    "/* */",
    "\u202e",
]


def made(kind: Callable[..., Any], name: str, text: str) -> Any:
    return kind(**{name: text})


def filters(text: str) -> Iterator[str]:
    """Filters with the text in every place, bare and quoted."""
    quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    for word in (text, quoted):
        for field in ("id", "name", "experiment", "tags.k", "params.k", "properties.k", "status", "created", "number"):
            for operator in ("=", "!=", "<", "~", word):
                yield f"{field} {operator} {word}"
            yield f"{field} not in ({word}, {word})"
        for group in ("tags", "params", "properties", "metrics"):
            yield f"{group}.{word} = 1 or not {group}.{word}"
        yield f"metrics.{word}[{word}].min < 1 and metrics.loss.{word} > {word}"
        yield f"id = a {word} id = b"


def requests(text: str) -> Iterator[tuple[str, Any]]:
    """Every text of every request, one after the other."""
    column = MetricColumn(metric=text, column=text)
    for name in ("experiment_id", "parent_run_id", "root_run_id", "type", "target", "search", "cursor", "filter"):
        yield "runs.list", made(ListRuns, name, text)
    for filter_ in filters(text):
        yield "runs.list", ListRuns(filter=filter_)
    for value in ("param", "tag", "property"):
        yield "runs.list", ListRuns(order=RunOrder(field=value, key=text))
    yield "runs.list", ListRuns(run_ids=(text,), columns=(column,))
    yield "runs.list", ListRuns(statuses=(text,))  # type: ignore[arg-type]
    yield "runs.list", ListRuns(tags={text: text}, properties={text: None})
    for value in (text, "metric"):
        yield "runs.list", ListRuns(order=RunOrder(field=value, metric=column, stat="min"))  # type: ignore[arg-type]
    yield "runs.list", ListRuns(order=RunOrder(field="metric", metric=column, stat=text))  # type: ignore[arg-type]
    for stat, op in ((text, "<"), ("min", text)):
        yield "runs.list", ListRuns(conditions=(MetricCondition(metric=column, stat=stat, op=op, value=1.0),))  # type: ignore[arg-type]
    for name in ("experiment_id", "name", "search", "cursor"):
        yield "runs.list_experiments", made(ListExperiments, name, text)
    yield "runs.list_experiments", ListExperiments(tags={text: text}, view=text)  # type: ignore[arg-type]
    yield "runs.rank", RankRuns(filter=f"tags.{text}", order=RunOrder(field="tag", key=text), experiment_id=text)
    for kind in ("metric", "param", "tag", "property"):
        yield "runs.list_names", ListNames(kind=kind, search=text, experiment_id=text)
    figures = (GroupFigure(metric=text, column=text),)
    for value in ("param", "tag", "property"):
        by = (GroupKey(field=value, key=text),)  # type: ignore[arg-type]
        yield "runs.list_facts", GroupRuns(by=by, figures=figures, order=RunOrder(field="metric", metric=column))
    yield "runs.get", GetRun(run_id=text)
    yield "runs.update", UpdateRun(run_id=text)
    yield "runs.update", UpdateRun(run_id="a", set_tags={text: text}, remove_tags=(text,), reason=text, host=text)
    yield "runs.update_experiment", UpdateExperiment(experiment_id=text, remove_tags=(text,))
    yield "runs.delete", Delete(run_ids=(text,))
    yield "runs.delete", Delete(experiment_ids=(text,))
    yield "changes.list", ListChanges(subjects=(text,))
    for name in ("target", "run_id", "cursor"):
        yield "jobs.list", made(ListJobs, name, text)
    yield "jobs.lease", LeaseJob(target=text, agent=text)
    yield "jobs.renew", RenewJob(job_id=text, agent=text, attempt=1)
    yield "jobs.cancel", CancelJob(run_id=text)
    yield "jobs.put_target", Target(name=text, backend=text)
    yield "jobs.list_targets", ListTargets(name=text)
    yield "jobs.delete_target", DeleteTarget(name=text)


def call(store: SqlStore, path: str, request: Any) -> None:
    shelf, verb = path.split(".")
    try:
        getattr(getattr(store, shelf), verb)(request)
    except RunwatchError as error:
        assert error.status < 500 or error.code == "not_found", (path, request)  # noqa: PT017 - most answers are lists


@pytest.mark.parametrize("text", STRINGS, ids=range(len(STRINGS)))
def test_texts_are_bound_values(store: SqlStore, text: str) -> None:
    make_run(store, "a", tags={"k": "v"})
    put_figures(store, "a", "loss", min=1.0)
    said: list[str] = []
    engine = store._database._current().engine
    event.listen(engine, "before_cursor_execute", lambda *args: said.append(args[2]))
    for path, request in requests(text):
        call(store, path, request)
    assert len(said) > 100
    if len(text) > 4:  # shorter ones are SQL by chance
        assert not [statement for statement in said if text in statement]
    assert [run.run_id for run in store.runs.list(ListRuns()).runs] == ["a"]
    assert store.check() == []
