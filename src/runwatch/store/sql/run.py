"""The runs shelf over SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from runwatch.schema import run as words
from runwatch.schema.metric import MetricColumn
from runwatch.schema.name import check_experiment_name
from runwatch.schema.run import Deleted, Experiment, ExperimentPage, Run, RunConditions, RunPage
from runwatch.schema.survey import GroupRuns, ListNames, Name
from runwatch.store import check, cursor
from runwatch.store.protocol import RankedRow, Ranking, RunFacts
from runwatch.store.sql import experiment, run_create, run_delete, run_list, run_survey, run_update
from runwatch.store.sql.database import Database, Writing
from runwatch.store.sql.patience import bounded
from runwatch.store.sql.run_key import run_key
from runwatch.store.sql.run_name import NameCounts
from runwatch.store.sql.run_row import get_run


class FileRemover(Protocol):
    """Removes the content that deleted runs leave behind."""

    def collect(self, writing: Writing) -> Sequence[str]:
        """Forget content that no run refers to any more, inside the transaction that deleted the rows."""
        ...

    def unlink(self, blob_ids: Sequence[str]) -> int:
        """Remove that content once the transaction is committed; the bytes freed."""
        ...


class SqlRunShelf:
    """Experiments and runs; see `runwatch.store.protocol.RunShelf` and `runwatch.store.protocol.Surveys`.

    Args:
        database: Where rows live.
        files: Removes the files of deleted runs; None if there are no files.
    """

    def __init__(self, database: Database, files: FileRemover | None = None) -> None:
        self._database = database
        self._files = files
        self._names = NameCounts()

    def create_experiment(self, request: words.CreateExperiment) -> Experiment:
        """The active experiment of that name, made if there is none."""
        check_experiment_name(request.name, reserved=True)
        check.check_labels(request.tags)
        with self._database.read() as connection:  # no wait for the writer, and a read-only workspace can be looked at
            found = experiment.list_experiments(connection, words.ListExperiments(name=request.name, limit=1))
        if found.experiments:
            return found.experiments[0]
        with self._database.write() as writing:
            key, _ = run_create.get_or_make_experiment(writing, request.name, request.tags)
            return experiment.get_experiment(writing.connection, key)

    def list_experiments(self, request: words.ListExperiments) -> ExperimentPage:
        """Experiments, newest first unless asked otherwise."""
        check.check_experiments(request)
        with self._database.read() as connection:
            return experiment.list_experiments(connection, request)

    def update_experiment(self, request: words.UpdateExperiment) -> Experiment:
        """Change tags or description, archive, reactivate."""
        check.check_labels(request.set_tags)
        if isinstance(request.description, str):
            check.check_description(request.description)
        with self._database.write() as writing:
            return experiment.update_experiment(writing, request)

    def create(self, request: words.CreateRun) -> Run:
        """Make a run, and its experiment if that is not there."""
        check.check_create(request)
        with self._database.write() as writing:
            return run_create.create_run(writing, request)

    def get(self, request: words.GetRun) -> Run:
        """One run."""
        with self._database.read() as connection:
            return get_run(connection, run_key(connection, request.run_id))

    def list(self, request: words.ListRuns) -> RunPage:
        """Runs that meet conditions, sorted, with the figures of chosen metrics."""
        check.check_list(request)
        cursor.check_limit(request.limit)
        with self._database.read() as connection, bounded(connection):
            return run_list.list_runs(connection, request)

    def update(self, request: words.UpdateRun) -> Run:
        """Change a run, all of it or nothing."""
        check.check_update(request)
        with self._database.write() as writing:
            return run_update.update_run(writing, request)

    def delete(self, request: words.Delete) -> Deleted:
        """Delete runs with everything they hold, and empty experiments; disk use goes down."""
        with self._database.write() as writing:
            gone = run_delete.delete_runs(writing, request.run_ids)
            run_delete.delete_experiments(writing, request.experiment_ids)
            unused = self._files.collect(writing) if self._files is not None and gone else []
        freed = self._files.unlink(unused) if self._files is not None and unused else 0
        if gone:
            run_delete.give_back_pages(self._database)
        return Deleted(run_ids=tuple(gone), experiment_ids=tuple(request.experiment_ids), freed_bytes=freed)

    def rank(self, request: RunConditions) -> Ranking:
        """All runs that meet conditions, in their order, as of one moment."""
        check.check_list(request)
        with self._database.read() as connection, bounded(connection):
            return run_survey.rank(connection, request)

    def look_up(self, handles: Sequence[int], columns: Sequence[MetricColumn]) -> Sequence[RankedRow | None]:
        """Runs by their keys, in this order; None for those that were deleted."""
        with self._database.read() as connection:
            return run_survey.look_up(connection, handles, columns)

    def list_names(self, request: ListNames) -> Sequence[Name]:
        """All names of a kind."""
        with self._database.read() as connection, bounded(connection):
            return self._names.list(connection, request.kind, request.experiment_id)

    def list_facts(self, request: GroupRuns) -> Sequence[RunFacts]:
        """What is to be grouped, in the order of the runs, as of one moment."""
        check.check_list(request)
        with self._database.read() as connection, bounded(connection):
            return run_survey.list_facts(connection, request)
