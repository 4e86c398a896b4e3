"""What every backend promises of change notices: a reader that asks now and then misses nothing."""
# ruff: noqa: D102 - the names of the tests are sentences

from __future__ import annotations

from typing import Any

import pytest

from runwatch.schema import limit
from runwatch.schema.change import Change, ChangeKind, ListChanges
from runwatch.schema.error import InvalidValueError, LimitError
from runwatch.schema.job import CreateJob, Target
from runwatch.schema.metric import DeleteMetrics
from runwatch.schema.run import Delete, Run, UpdateExperiment, UpdateRun
from runwatch.store.protocol import Store
from runwatch.testing.contract import Contract
from runwatch.testing.sample import Writer, new_run, put_file, refused, scalars


def _now(store: Store) -> int:
    return store.changes.list(ListChanges(after=-1)).sequence


def _since(store: Store, after: int, **changes: Any) -> list[Change]:
    return list(store.changes.list(ListChanges(after=after, **changes)).changes)


def _kinds(store: Store, after: int) -> set[tuple[str, str]]:
    return {(change.kind.value, change.subject) for change in _since(store, after)}


class ChangeContract(Contract):
    """Each write takes a number; the latest one of each subject and kind can be asked for."""

    def test_an_empty_workspace_has_nothing_to_tell(self, store: Store) -> None:
        found = store.changes.list(ListChanges())
        assert found.changes == ()
        assert _since(store, found.sequence) == []

    def test_asking_for_the_present_gives_no_notices(self, store: Store, run: Run) -> None:
        found = store.changes.list(ListChanges(after=-1))
        assert found.changes == ()
        assert found.sequence == store.changes.list(ListChanges()).sequence > 0

    def test_each_kind_of_write_is_told(self, store: Store, run: Run) -> None:
        start = _now(store)
        store.runs.update(UpdateRun(run_id=run.run_id, set_tags={"a": "1"}))
        assert _kinds(store, start) == {("run", run.run_id)}
        start = _now(store)
        Writer(store, run.run_id).append(scalars("loss", [1.0]))
        assert ("metrics", run.run_id) in _kinds(store, start)
        start = _now(store)
        put_file(store, run.run_id, "a")
        assert _kinds(store, start) == {("files", run.run_id)}
        start = _now(store)
        store.runs.update_experiment(UpdateExperiment(experiment_id=run.experiment_id, description="x"))
        assert _kinds(store, start) == {("experiment", run.experiment_id)}
        start = _now(store)
        store.jobs.create(CreateJob(run_id=run.run_id, target="local"))
        assert ("jobs", "local") in _kinds(store, start)
        start = _now(store)
        store.metrics.delete(DeleteMetrics(run_id=run.run_id, names=("loss",)))
        assert _kinds(store, start) == {("metrics", run.run_id)}

    def test_params_of_a_batch_are_a_change_of_the_run(self, store: Store, run: Run) -> None:
        start = _now(store)
        Writer(store, run.run_id).append(params={"lr": 0.1})
        assert _kinds(store, start) == {("run", run.run_id)}

    def test_a_new_run_tells_of_its_new_experiment(self, store: Store) -> None:
        run = new_run(store)
        assert _kinds(store, 0) == {("run", run.run_id), ("experiment", run.experiment_id)}
        (notice,) = (change for change in _since(store, 0) if change.kind is ChangeKind.RUN)
        assert notice.experiment_id == run.experiment_id
        assert notice.at > 0

    def test_a_deleted_run_leaves_that_notice_alone(self, store: Store, run: Run) -> None:
        put_file(store, run.run_id, "a")
        start = _now(store)
        store.runs.delete(Delete(run_ids=(run.run_id,)))
        assert _kinds(store, start) == {("deleted", run.run_id)}
        assert {kind for kind, subject in _kinds(store, 0) if subject == run.run_id} == {"deleted"}

    def test_a_subject_and_kind_stands_once_with_its_latest_number(self, store: Store, run: Run) -> None:
        for number in range(5):
            store.runs.update(UpdateRun(run_id=run.run_id, set_tags={"n": str(number)}))
        found = [change for change in _since(store, 0) if change.kind is ChangeKind.RUN]
        assert [change.sequence for change in found] == [_now(store)]

    def test_numbers_grow_with_every_write(self, store: Store, run: Run) -> None:
        numbers = [_now(store)]
        for number in range(5):
            store.runs.update(UpdateRun(run_id=run.run_id, set_tags={"n": str(number)}))
            numbers.append(_now(store))
        assert numbers == sorted(set(numbers))

    def test_a_refused_write_and_a_read_tell_nothing(self, store: Store, run: Run) -> None:
        store.runs.update(UpdateRun(run_id=run.run_id, add_properties={"a": "1"}))
        writer = Writer(store, run.run_id)
        batch = writer.batch(scalars("loss", [1.0]))
        store.metrics.append(batch)
        start = _now(store)
        with pytest.raises(Exception, match="property"):
            store.runs.update(UpdateRun(run_id=run.run_id, add_properties={"a": "2"}))
        store.metrics.append(batch)
        assert _kinds(store, start) == set()

    def test_notices_come_oldest_first(self, store: Store) -> None:
        for _ in range(5):
            new_run(store)
        numbers = [change.sequence for change in _since(store, 0)]
        assert numbers == sorted(numbers)

    def test_by_subject(self, store: Store, run: Run) -> None:
        other = new_run(store)
        found = _since(store, 0, subjects=(other.run_id,))
        assert [change.subject for change in found] == [other.run_id]
        assert _since(store, 0, subjects=()) == []

    def test_a_reader_that_looks_at_one_subject_passes_the_others(self, store: Store, run: Run) -> None:
        new_run(store)
        found = store.changes.list(ListChanges(subjects=("none",)))
        assert (found.changes, found.sequence) == ((), _now(store))

    @pytest.mark.parametrize("limit", [1, 2, 3])
    def test_pages_bring_each_once(self, store: Store, limit: int) -> None:
        for _ in range(5):
            new_run(store)
        everything = _since(store, 0)
        found: list[Change] = []
        after = 0
        while page := store.changes.list(ListChanges(after=after, limit=limit)):
            found += page.changes
            if not page.changes:
                break
            assert page.sequence > after
            after = page.sequence
        assert found == everything
        assert after == _now(store)

    def test_targets_are_subjects_too(self, store: Store) -> None:
        store.jobs.put_target(Target(name="gpu"))
        assert _kinds(store, 0) == {("jobs", "gpu")}

    def test_a_page_of_notices_has_a_limit(self, store: Store) -> None:
        with refused(LimitError):
            store.changes.list(ListChanges(limit=limit.PAGE_ROWS + 1))
        with refused(InvalidValueError):
            store.changes.list(ListChanges(limit=0))
