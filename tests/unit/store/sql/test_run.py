"""The rules of a run's life in the SQL store."""

from __future__ import annotations

import math

import pytest

from runwatch.schema.change import ChangeKind, ListChanges
from runwatch.schema.error import (
    ConflictError,
    CorruptDataError,
    GoneError,
    InvalidValueError,
    LimitError,
    NotFoundError,
)
from runwatch.schema.run import (
    CreateExperiment,
    CreateRun,
    Delete,
    ExitCause,
    ExitKind,
    GetRun,
    ListExperiments,
    ListRuns,
    RunError,
    RunStatus,
    RunWarning,
    UpdateExperiment,
    UpdateRun,
)
from runwatch.store.sql.store import SqlStore
from tests.unit.store.sql.sample import make_run


def test_a_repeated_request_finds_its_run_and_another_one_a_conflict(store: SqlStore) -> None:
    run = make_run(store, "a", tags={"k": None}, properties={"p": "1"}, params={"lr": math.inf, "deep": {"x": [1]}})
    assert make_run(store, "a") == run == store.runs.get(GetRun(run_id="a"))
    with pytest.raises(ConflictError):
        store.runs.create(CreateRun(experiment="one", run_id="a", token="other", created_at=0.0))


def test_runs_are_numbered_and_numbers_never_come_back(store: SqlStore) -> None:
    assert [make_run(store, name).number for name in "ab"] == [1, 2]
    assert make_run(store, "c", experiment="two").number == 1
    store.runs.delete(Delete(run_ids=("b",)))
    assert make_run(store, "d").number == 3


def test_a_tree_knows_its_root_and_needs_its_parents(store: SqlStore) -> None:
    make_run(store, "a")
    make_run(store, "b", parent_run_id="a")
    assert make_run(store, "c", parent_run_id="b").root_run_id == "a"
    with pytest.raises(NotFoundError):
        make_run(store, "d", experiment="new", parent_run_id="absent")
    assert [each.name for each in store.runs.list_experiments(ListExperiments()).experiments] == ["one"]


def test_an_archived_experiment_makes_room_for_another_of_its_name(store: SqlStore) -> None:
    first = make_run(store, "a").experiment_id
    store.runs.update_experiment(UpdateExperiment(experiment_id=first, archived=True))
    second = make_run(store, "b")
    assert second.experiment_id != first
    assert second.number == 1
    with pytest.raises(ConflictError):
        store.runs.update_experiment(UpdateExperiment(experiment_id=first, archived=False))
    shown = store.runs.list_experiments(ListExperiments(name="one", view="all")).experiments
    assert [(each.experiment_id, each.run_count) for each in shown] == [(second.experiment_id, 1), (first, 1)]


def test_statuses_are_remembered_and_the_last_one_stays(store: SqlStore) -> None:
    make_run(store, "a")
    store.runs.update(UpdateRun(run_id="a", status=RunStatus.RUNNING, at=5.0))
    store.runs.update(UpdateRun(run_id="a", status=RunStatus.RUNNING, at=6.0))
    store.runs.update(UpdateRun(run_id="a", status=RunStatus.COMPLETED, at=7.0))
    cause = ExitCause(kind=ExitKind.EXIT_CODE, code=1)
    run = store.runs.update(UpdateRun(run_id="a", status=RunStatus.FAILED, at=8.0, exit=cause))
    assert (run.status, run.started_at, run.ended_at, run.exit) == (RunStatus.COMPLETED, 5.0, 7.0, cause)
    assert [(step.status.value, step.at) for step in run.history] == [
        ("NotStarted", 0.0),
        ("Running", 5.0),
        ("Completed", 7.0),
    ]


def test_a_reopened_run_is_a_new_attempt(store: SqlStore) -> None:
    make_run(store, "a", status=RunStatus.RUNNING)
    store.runs.update(UpdateRun(run_id="a", status=RunStatus.FAILED, error=RunError(message="no"), at=3.0))
    run = store.runs.update(UpdateRun(run_id="a", status=RunStatus.RUNNING, reopen=True, at=9.0))
    assert (run.attempt, run.status, run.error, run.exit) == (2, RunStatus.RUNNING, None, None)
    assert (run.started_at, run.ended_at) == (0.0, None)


def test_properties_are_written_once_and_a_conflict_changes_nothing(store: SqlStore) -> None:
    make_run(store, "a", properties={"p": "1"})
    store.runs.update(UpdateRun(run_id="a", add_properties={"p": "1", "q": "2"}))
    with pytest.raises(ConflictError) as caught:
        store.runs.update(UpdateRun(run_id="a", add_properties={"r": "3", "p": "9"}, set_tags={"t": "x"}, contact=True))
    assert caught.value.detail == {"key": "p", "old": "1", "new": "9"}
    run = store.runs.get(GetRun(run_id="a"))
    assert (run.properties, run.tags, run.contact_at) == ({"p": "1", "q": "2"}, {}, None)


def test_warnings_of_one_kind_add_up(store: SqlStore) -> None:
    make_run(store, "a")
    more = (RunWarning(source="journal", message="full", count=2), RunWarning(source="journal", message="slow"))
    store.runs.update(UpdateRun(run_id="a", add_warnings=more))
    run = store.runs.update(UpdateRun(run_id="a", add_warnings=more[:1]))
    assert [(each.message, each.count) for each in run.warnings] == [("full", 4), ("slow", 1)]


def test_an_update_changes_what_it_names_only(store: SqlStore) -> None:
    before = make_run(store, "a", description="kept", host="h", tags={"a": "1", "b": "2"}, display_name="x")
    run = store.runs.update(
        UpdateRun(run_id="a", set_tags={"c": None}, remove_tags=("a", "x"), display_name=None, contact=True, at=4.0)
    )
    assert (run.description, run.host, run.display_name, run.contact_at) == ("kept", "h", None, 4.0)
    assert run.tags == {"b": "2", "c": None}
    assert run.history == before.history


def test_texts_that_are_not_unicode_are_mended(store: SqlStore) -> None:
    run = make_run(store, "a", name="caf\udce9", tags={"k\udce9": "\udce9"}, params={"p": "\udce9"})
    assert (run.name, run.tags) == ("caf?", {"k?": "?"})
    error = RunError(message="\udce9", details="\udce9")
    assert store.runs.update(UpdateRun(run_id="a", error=error)).error == RunError(message="?", details="?")


def test_wrong_requests_are_refused_before_anything_is_made(store: SqlStore) -> None:
    with pytest.raises(LimitError):
        make_run(store, "a", tags={"x" * 1_025: ""})
    with pytest.raises(LimitError):
        make_run(store, "a", tags={"x": "y" * 1_000_001})
    with pytest.raises(InvalidValueError):
        make_run(store, "a", params={"x": object()})
    with pytest.raises(InvalidValueError):
        make_run(store, "a/b")
    assert store.info().runs == 0
    assert store.runs.list_experiments(ListExperiments()).experiments == ()


def test_deleting_takes_the_whole_tree_and_says_so(store: SqlStore) -> None:
    for name, parent in (("a", None), ("b", "a"), ("c", "b"), ("d", None)):
        run = make_run(store, name, parent_run_id=parent)
    seen = store.changes.list(ListChanges()).sequence
    with pytest.raises(NotFoundError):
        store.runs.delete(Delete(run_ids=("a", "absent")))
    with pytest.raises(ConflictError):
        store.runs.delete(Delete(run_ids=("a",), experiment_ids=(run.experiment_id,)))
    assert store.runs.delete(Delete(run_ids=("a",))).run_ids == ("a", "b", "c")
    with pytest.raises(GoneError):
        store.runs.get(GetRun(run_id="b"))
    with pytest.raises(GoneError):
        make_run(store, "b")
    notices = store.changes.list(ListChanges(after=seen)).changes
    assert [(each.kind, each.subject, each.experiment_id) for each in notices] == [
        (ChangeKind.DELETED, name, run.experiment_id) for name in "abc"
    ]
    assert [each.run_id for each in store.runs.list(ListRuns()).runs] == ["d"]
    both = Delete(run_ids=("d",), experiment_ids=(run.experiment_id,))
    assert store.runs.delete(both).experiment_ids == (run.experiment_id,)
    assert store.runs.list_experiments(ListExperiments(view="all")).experiments == ()


def test_deleting_makes_the_disk_use_go_down(store: SqlStore) -> None:
    make_run(store, "a")
    empty = store.info().size_bytes
    for number in range(20):
        make_run(store, f"large-{number}", tags={"text": "x" * 200_000})
    full = store.info().size_bytes
    store.runs.delete(Delete(run_ids=tuple(f"large-{number}" for number in range(20))))
    assert full > empty + 4_000_000
    assert store.info().size_bytes < empty + 100_000


def test_experiments_are_paged_filtered_and_counted(store: SqlStore) -> None:
    for number in range(5):
        store.runs.create_experiment(CreateExperiment(name=f"exp_{number}", tags={"n": str(number)}))
    make_run(store, "a", experiment="exp_3", created_at=77.0)
    page = store.runs.list_experiments(ListExperiments(limit=3))
    rest = store.runs.list_experiments(ListExperiments(limit=3, cursor=page.next_cursor))
    names = [each.name for each in (*page.experiments, *rest.experiments)]
    assert names == [f"exp_{number}" for number in (4, 3, 2, 1, 0)]
    assert rest.next_cursor is None
    found = store.runs.list_experiments(ListExperiments(search="P_3", tags={"n": "3"})).experiments
    assert [(each.name, each.run_count, each.last_run_at) for each in found] == [("exp_3", 1, 77.0)]
    assert store.runs.list_experiments(ListExperiments(search="p%3")).experiments == ()
    with pytest.raises(InvalidValueError):
        store.runs.list_experiments(ListExperiments(cursor="???"))


def test_a_damaged_record_hides_no_other_run(store: SqlStore) -> None:
    for name in "abc":
        make_run(store, name)
    with store._database.write() as writing:
        writing.connection.exec_driver_sql("UPDATE runs SET record = '{\"hist' WHERE run_id = 'b'")
    found = {run.run_id: run for run in store.runs.list(ListRuns()).runs}
    assert sorted(found) == ["a", "b", "c"]
    assert "damaged" in found["b"].warnings[0].message
    with pytest.raises(CorruptDataError):
        store.runs.update(UpdateRun(run_id="b", contact=True))
