"""What every backend promises of itself: threads, frozen answers, being closed, being opened again."""
# ruff: noqa: D102, S106 - the names of the tests are sentences; a token is no password

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest

from runwatch.schema import artifact, change, job, metric, run
from runwatch.schema.error import StoreUnavailableError
from runwatch.schema.job import CreateJob, LeaseJob, Target
from runwatch.schema.metric import ListCursors
from runwatch.schema.run import CreateExperiment, CreateRun, Delete, ListRuns, Run, UpdateRun
from runwatch.store.protocol import Store
from runwatch.testing.contract import Contract, Reopen
from runwatch.testing.sample import START_AT, Writer, get_run, new_run, put_file, read, read_file, refused, scalars

_THREADS = 8

CALLS: dict[str, Callable[[Store], Any]] = {
    "runs.create_experiment": lambda store: store.runs.create_experiment(CreateExperiment(name="x")),
    "runs.list_experiments": lambda store: store.runs.list_experiments(run.ListExperiments()),
    "runs.update_experiment": lambda store: store.runs.update_experiment(run.UpdateExperiment(experiment_id="x")),
    "runs.create": lambda store: new_run(store),
    "runs.get": lambda store: get_run(store, "x"),
    "runs.list": lambda store: store.runs.list(ListRuns()),
    "runs.update": lambda store: store.runs.update(UpdateRun(run_id="x")),
    "runs.delete": lambda store: store.runs.delete(Delete(run_ids=("x",))),
    "metrics.append": lambda store: Writer(store, "x").append(),
    "metrics.list_cursors": lambda store: store.metrics.list_cursors(ListCursors(run_id="x")),
    "metrics.list": lambda store: store.metrics.list(metric.ListMetrics(run_id="x")),
    "metrics.read": lambda store: read(store, "x", "x"),
    "metrics.read_overview": lambda store: store.metrics.read_overview(metric.ReadOverview(run_id="x", name="x")),
    "metrics.rename": lambda store: store.metrics.rename(metric.RenameMetric(run_id="x", name="x", new_name="y")),
    "metrics.delete": lambda store: store.metrics.delete(metric.DeleteMetrics(run_id="x", names=("x",))),
    "artifacts.create": lambda store: store.artifacts.create(artifact.CreateArtifact(run_id="x", path="x")),
    "artifacts.append": lambda store: store.artifacts.append(
        artifact.AppendArtifact(run_id="x", path="x", offset=0, data=b"x")
    ),
    "artifacts.seal": lambda store: store.artifacts.seal(artifact.SealArtifact(run_id="x", path="x")),
    "artifacts.get": lambda store: store.artifacts.get(artifact.GetArtifact(run_id="x", path="x")),
    "artifacts.list": lambda store: store.artifacts.list(artifact.ListArtifacts(run_id="x")),
    "artifacts.read": lambda store: read_file(store, "x", "x"),
    "artifacts.delete": lambda store: store.artifacts.delete(artifact.DeleteArtifacts(run_id="x", prefix="")),
    "jobs.create": lambda store: store.jobs.create(CreateJob(run_id="x", target="local")),
    "jobs.list": lambda store: store.jobs.list(job.ListJobs()),
    "jobs.lease": lambda store: store.jobs.lease(LeaseJob(target="local", agent="a")),
    "jobs.renew": lambda store: store.jobs.renew(job.RenewJob(job_id="x", agent="a", attempt=1)),
    "jobs.cancel": lambda store: store.jobs.cancel(job.CancelJob(run_id="x")),
    "jobs.put_target": lambda store: store.jobs.put_target(Target(name="x")),
    "jobs.list_targets": lambda store: store.jobs.list_targets(job.ListTargets()),
    "jobs.delete_target": lambda store: store.jobs.delete_target(job.DeleteTarget(name="x")),
    "changes.list": lambda store: store.changes.list(change.ListChanges()),
    "info": lambda store: store.info(),
}
"""Every call of a store."""


class LifetimeContract(Contract):
    """A store as a whole."""

    def test_it_says_what_it_is(self, store: Store, run: Run) -> None:
        found = store.info()
        assert found.workspace_id
        assert found.backend
        assert found.location
        assert found.version
        assert found.runs == 1
        assert store.info().workspace_id == found.workspace_id

    @pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
    def test_a_closed_store_is_not_available(self, store: Store, call: Callable[[Store], Any]) -> None:
        store.close()
        with refused(StoreUnavailableError):
            call(store)

    def test_closing_twice_is_harmless(self, store: Store) -> None:
        store.close()
        store.close()
        with refused(StoreUnavailableError):
            store.info()

    def test_answers_are_frozen(self, store: Store, run: Run) -> None:
        for answer in (run, store.info(), store.runs.list(ListRuns()), put_file(store, run.run_id, "a")):
            with pytest.raises(AttributeError):
                setattr(answer, answer.__struct_fields__[0], "changed")

    def test_what_a_reader_does_to_an_answer_stays_with_the_reader(self, store: Store) -> None:
        made = new_run(store, tags={"a": "1"}, params={"p": [1]}, definition={"d": {}})
        before = msgspec.msgpack.encode(get_run(store, made.run_id))
        for answer in (made, get_run(store, made.run_id), store.runs.list(ListRuns()).runs[0]):
            answer.tags["a"] = "changed"
            answer.params["p"].append(2)
            answer.definition["d"]["x"] = 1
        assert msgspec.msgpack.encode(get_run(store, made.run_id)) == before

    def test_what_a_caller_does_to_a_request_stays_with_the_caller(self, store: Store) -> None:
        params: dict[str, Any] = {"p": [1]}
        store.runs.create(CreateRun(experiment="x", run_id="r", token="t", created_at=START_AT, params=params))
        params["p"].append(2)
        assert get_run(store, "r").params == {"p": [1]}

    def test_an_answer_does_not_change_with_the_store(self, store: Store, run: Run) -> None:
        before = get_run(store, run.run_id)
        store.runs.update(UpdateRun(run_id=run.run_id, set_tags={"a": "1"}))
        assert before.tags == {}


class ThreadContract(Contract):
    """Eight threads at once."""

    def _all(self, work: Callable[[int], Any]) -> list[Any]:
        with ThreadPoolExecutor(_THREADS) as pool:
            return list(pool.map(work, range(_THREADS)))

    def test_rows_of_all_writers_arrive(self, store: Store, run: Run) -> None:
        def log(thread: int) -> None:
            writer = Writer(store, run.run_id, f"{thread:02x}")
            for batch in range(5):
                writer.append(scalars("n", [1_000 * thread + 10 * batch + row for row in range(10)]))

        self._all(log)
        found = read(store, run.run_id, "n")["value"]
        for thread in range(_THREADS):
            mine = [value for value in found if isinstance(value, int) and value // 1_000 == thread]
            assert mine == list(range(1_000 * thread, 1_000 * thread + 50))
        assert store.metrics.list_cursors(ListCursors(run_id=run.run_id)).cursors == {
            f"{thread:02x}": 50 for thread in range(_THREADS)
        }

    def test_the_same_batch_from_all_threads_counts_once(self, store: Store, run: Run) -> None:
        batch = Writer(store, run.run_id).batch(scalars("n", [1, 2]))
        receipts = self._all(lambda _: store.metrics.append(batch))
        assert sorted(receipt.repeated for receipt in receipts) == [False] + [True] * (_THREADS - 1)
        assert read(store, run.run_id, "n")["value"] == [1, 2]

    def test_numbers_of_runs_stay_dense(self, store: Store) -> None:
        made = self._all(lambda _: [new_run(store).number for _ in range(3)])
        assert sorted(number for numbers in made for number in numbers) == list(range(1, 3 * _THREADS + 1))

    def test_one_experiment_is_made(self, store: Store) -> None:
        made = self._all(lambda _: store.runs.create_experiment(CreateExperiment(name="x")))
        assert len({experiment.experiment_id for experiment in made}) == 1

    def test_tags_of_all_threads_stay(self, store: Store, run: Run) -> None:
        self._all(lambda thread: store.runs.update(UpdateRun(run_id=run.run_id, set_tags={f"t{thread}": "1"})))
        assert len(get_run(store, run.run_id).tags) == _THREADS

    def test_each_job_goes_to_one_agent(self, store: Store) -> None:
        store.jobs.put_target(Target(name="gpu", slots=100))
        jobs = {store.jobs.create(CreateJob(run_id=new_run(store).run_id, target="gpu")).job_id for _ in range(20)}

        def take(thread: int) -> list[str]:
            taken = []
            while (leased := store.jobs.lease(LeaseJob(target="gpu", agent=f"a{thread}")).job) is not None:
                taken.append(leased.job_id)
            return taken

        taken = [job_id for mine in self._all(take) for job_id in mine]
        assert sorted(taken) == sorted(jobs)

    def test_the_same_content_from_all_threads_is_there(self, store: Store, run: Run) -> None:
        self._all(lambda thread: put_file(store, run.run_id, f"f{thread}", b"same" * 1_000))
        for thread in range(_THREADS):
            assert read_file(store, run.run_id, f"f{thread}") == b"same" * 1_000

    def test_one_file_from_all_threads_is_whole(self, store: Store, run: Run) -> None:
        parts = [bytes([part]) * 100 for part in range(20)]

        def send(_: int) -> None:
            for place, part in enumerate(parts):
                request = artifact.AppendArtifact(run_id=run.run_id, path="log", offset=100 * place, data=part)
                store.artifacts.append(request)

        self._all(send)
        assert read_file(store, run.run_id, "log") == b"".join(parts)

    def test_content_shared_with_what_is_being_deleted_stays(self, store: Store, run: Run) -> None:
        def churn(thread: int) -> None:
            for turn in range(5):
                path = f"{thread}/{turn}"
                put_file(store, run.run_id, path, b"shared")
                if thread % 2:
                    store.artifacts.delete(artifact.DeleteArtifacts(run_id=run.run_id, paths=(path,)))

        self._all(churn)
        left = store.artifacts.list(artifact.ListArtifacts(run_id=run.run_id)).artifacts
        assert len(left) == 5 * _THREADS // 2
        for found in left:
            assert read_file(store, run.run_id, found.path) == b"shared"


class DurabilityContract(Contract):
    """What was answered is there after a restart; for backends that outlive their process."""

    @pytest.fixture
    def reopen(self) -> Reopen:
        """Closes a store and opens it again; to be overridden."""
        raise NotImplementedError("A test of a backend that persists supplies the fixture 'reopen'.")

    def test_everything_is_there_again(self, store: Store, run: Run, reopen: Reopen) -> None:
        writer = Writer(store, run.run_id)
        writer.append(scalars("loss", [1.0, 2.0], [5, 6]), params={"lr": 0.1})
        sealed = put_file(store, run.run_id, "outputs/a.bin", b"abc")
        store.artifacts.append(artifact.AppendArtifact(run_id=run.run_id, path="log", offset=0, data=b"half"))
        queued = store.jobs.create(CreateJob(run_id=run.run_id, target="local"))
        before = get_run(store, run.run_id)
        info, sequence = store.info(), store.changes.list(change.ListChanges(after=-1)).sequence
        again = reopen(store)
        assert get_run(again, run.run_id) == before
        assert read(again, run.run_id, "loss") == {"value": [1.0, 2.0]}
        assert again.artifacts.get(artifact.GetArtifact(run_id=run.run_id, path="outputs/a.bin")) == sealed
        assert read_file(again, run.run_id, "outputs/a.bin") == b"abc"
        assert read_file(again, run.run_id, "log") == b"half"
        assert again.jobs.list(job.ListJobs()).jobs == (queued,)
        assert again.info().workspace_id == info.workspace_id
        assert again.changes.list(change.ListChanges(after=-1)).sequence == sequence

    def test_writers_go_on_where_they_were(self, store: Store, run: Run, reopen: Reopen) -> None:
        writer = Writer(store, run.run_id)
        first = writer.batch(scalars("loss", [1.0]))
        writer.append(scalars("loss", [1.0]))
        writer.store = reopen(store)
        assert writer.store.metrics.append(first).repeated
        assert writer.append(scalars("loss", [2.0])).cursor == 2
        assert read(writer.store, run.run_id, "loss")["value"] == [1.0, 2.0]

    def test_an_open_file_goes_on_where_it_was(self, store: Store, run: Run, reopen: Reopen) -> None:
        store.artifacts.append(artifact.AppendArtifact(run_id=run.run_id, path="log", offset=0, data=b"abc"))
        again = reopen(store)
        assert again.artifacts.create(artifact.CreateArtifact(run_id=run.run_id, path="log")).size_bytes == 3
        again.artifacts.append(artifact.AppendArtifact(run_id=run.run_id, path="log", offset=3, data=b"def"))
        again.artifacts.seal(artifact.SealArtifact(run_id=run.run_id, path="log"))
        assert read_file(again, run.run_id, "log") == b"abcdef"

    def test_what_was_deleted_stays_deleted(self, store: Store, run: Run, reopen: Reopen) -> None:
        put_file(store, run.run_id, "a", b"abc")
        store.runs.delete(Delete(run_ids=(run.run_id,)))
        again = reopen(store)
        assert again.runs.list(ListRuns()).runs == ()
        assert new_run(again).number == 2
