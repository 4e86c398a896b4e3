"""What a Store promises: five shelves, a request struct in, a response struct out.

Laws every backend keeps (each is a test in `runwatch.testing`):

- Synchronous and safe to use from any thread; what is returned is frozen and never changes under the reader.
- A response means durable: after a crash or a power cut, what was answered is there.
- An append with a cursor is applied once, however often it arrives (`AppendBatch`).
- Every write takes the next sequence number; `Changes.list` finds it from any process.
- Errors are those of `runwatch.schema.error`, the same ones in every backend, with the same codes.
- Strings of the request never become a path, a URL or SQL.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar, runtime_checkable

from msgspec import Struct

from runwatch.schema import artifact, change, job, metric, run, survey

T = TypeVar("T")


class StoreInfo(Struct, frozen=True, kw_only=True):
    """What and where a store is.

    Attributes:
        workspace_id: Made with the workspace; a copy of a folder keeps it until it is opened for writing elsewhere.
        backend: ``sqlite``, ``postgresql``, ``memory`` or ``http``.
        location: The folder or URL.
        version: The schema version of its data.
        runs: How many runs it holds, without what is registered.
        size_bytes: What it takes on disk, where known.
    """

    workspace_id: str
    backend: str
    location: str
    version: str
    runs: int = 0
    size_bytes: int = 0


class RunShelf(Protocol):
    """Experiments and runs."""

    def create_experiment(self, request: run.CreateExperiment) -> run.Experiment:
        """The active experiment of that name, made if there is none."""
        ...

    def list_experiments(self, request: run.ListExperiments) -> run.ExperimentPage:
        """Experiments, newest first unless asked otherwise."""
        ...

    def update_experiment(self, request: run.UpdateExperiment) -> run.Experiment:
        """Change tags or description, archive, reactivate."""
        ...

    def create(self, request: run.CreateRun) -> run.Run:
        """Make a run, and its experiment if that is not there."""
        ...

    def get(self, request: run.GetRun) -> run.Run:
        """One run."""
        ...

    def list(self, request: run.ListRuns) -> run.RunPage:
        """Runs that meet conditions, sorted, with the figures of chosen metrics."""
        ...

    def update(self, request: run.UpdateRun) -> run.Run:
        """Change a run, all of it or nothing."""
        ...

    def delete(self, request: run.Delete) -> run.Deleted:
        """Delete runs with everything they hold, and empty experiments."""
        ...


class MetricShelf(Protocol):
    """Metrics: append-only tables of typed columns."""

    def append(self, request: metric.AppendBatch) -> metric.Appended:
        """Apply a batch of a writer's journal once; rows, params, tags, drops and cursor in one transaction."""
        ...

    def list_cursors(self, request: metric.ListCursors) -> metric.Cursors:
        """How far each writer of a run has got."""
        ...

    def list(self, request: metric.ListMetrics) -> metric.MetricPage:
        """Metrics of a run with their summaries, by name."""
        ...

    def read(self, request: metric.ReadMetric) -> metric.MetricRows:
        """Rows, bit for bit as logged."""
        ...

    def read_overview(self, request: metric.ReadOverview) -> metric.Overview:
        """Buckets of min, max, last and mean that lose no extreme."""
        ...

    def rename(self, request: metric.RenameMetric) -> metric.Done:
        """Give a metric another name."""
        ...

    def delete(self, request: metric.DeleteMetrics) -> metric.Done:
        """Delete metrics with their rows."""
        ...


class ArtifactShelf(Protocol):
    """Files of runs."""

    def create(self, request: artifact.CreateArtifact) -> artifact.Artifact:
        """Open a file for appending, or find it there already."""
        ...

    def append(self, request: artifact.AppendArtifact) -> artifact.Artifact:
        """Append bytes at an offset."""
        ...

    def seal(self, request: artifact.SealArtifact) -> artifact.Artifact:
        """Complete a file and check its digest."""
        ...

    def get(self, request: artifact.GetArtifact) -> artifact.Artifact:
        """What is known of one file."""
        ...

    def list(self, request: artifact.ListArtifacts) -> artifact.ArtifactPage:
        """Files of a run, whole or by folder."""
        ...

    def read(self, request: artifact.ReadArtifact) -> artifact.ArtifactPart:
        """Bytes of a file."""
        ...

    def delete(self, request: artifact.DeleteArtifacts) -> metric.Done:
        """Delete files; disk use goes down."""
        ...


class JobShelf(Protocol):
    """Compute targets and their queues."""

    def create(self, request: job.CreateJob) -> job.Job:
        """Queue a run."""
        ...

    def list(self, request: job.ListJobs) -> job.JobPage:
        """Jobs in the order in which they will run."""
        ...

    def lease(self, request: job.LeaseJob) -> job.Leased:
        """Take the next job of a target."""
        ...

    def renew(self, request: job.RenewJob) -> job.Job:
        """Hold a lease, end the job or put it back."""
        ...

    def cancel(self, request: job.CancelJob) -> metric.Done:
        """End a run's job."""
        ...

    def put_target(self, request: job.Target) -> job.Target:
        """Make or change a target; ``local`` is always there."""
        ...

    def list_targets(self, request: job.ListTargets) -> job.Targets:
        """Targets by name."""
        ...

    def delete_target(self, request: job.DeleteTarget) -> metric.Done:
        """Delete a target that has no jobs."""
        ...


class ChangeShelf(Protocol):
    """What changed since."""

    def list(self, request: change.ListChanges) -> change.Changes:
        """Notices after a sequence number, oldest first."""
        ...


class Store(Protocol):
    """Five shelves and two words about itself."""

    @property
    def runs(self) -> RunShelf:
        """Experiments and runs."""
        ...

    @property
    def metrics(self) -> MetricShelf:
        """Metrics."""
        ...

    @property
    def artifacts(self) -> ArtifactShelf:
        """Files of runs."""
        ...

    @property
    def jobs(self) -> JobShelf:
        """Compute targets and queues."""
        ...

    @property
    def changes(self) -> ChangeShelf:
        """What changed since."""
        ...

    def info(self) -> StoreInfo:
        """What and where this store is."""
        ...

    def close(self) -> None:
        """Release files and connections; a closed store answers every call with `StoreUnavailableError`."""
        ...


@runtime_checkable
class AppendsTogether(Protocol):
    """What a metric shelf may be able to do beyond its promise: take the batches of several writers at once."""

    def append_all(self, requests: Sequence[metric.AppendBatch]) -> Sequence[metric.Appended | BaseException]:
        """As `MetricShelf.append` for each of them; the receipt, or what it would have raised."""
        ...


@runtime_checkable
class CreatesTogether(Protocol):
    """What an artifact shelf may be able to do beyond its promise: open many files at once."""

    def create_all(
        self, requests: Sequence[artifact.CreateArtifact]
    ) -> Sequence[artifact.Artifact | BaseException]:  # fmt: skip
        """As `ArtifactShelf.create` for each of them; the artifact, or what it would have raised."""
        ...


@runtime_checkable
class Glances(Protocol):
    """What a store may be able to do beyond its promise: many reads at the price of one."""

    def glance(self) -> AbstractContextManager[None]:
        """A block in which all reads of this thread see the workspace as it was at the block's start."""
        ...


@runtime_checkable
class Serves(Protocol):
    """What a store may be able to do beyond its promise: there is a server behind it that answers more than a store."""

    def ask(self, path: str, request: Struct, response: type[T]) -> T:
        """The answer to a call of the server, such as ``/logs:read``; errors are raised as those of operations."""
        ...

    def ask_bytes(self, path: str, request: Struct) -> bytes:
        """Likewise of a call that answers with anything but a struct, such as ``/series:batch``."""
        ...


class Ranking(Struct, frozen=True, kw_only=True):
    """Runs in an order.

    Attributes:
        handles: They stand for the runs, and mean something to the shelf that gave them alone. The handle of a deleted
            run never becomes that of another.
        sequence: The store's sequence number when they were found.
    """

    handles: Sequence[Any]
    sequence: int


class RankedRow(Struct, frozen=True, kw_only=True):
    """A run as a row of `runwatch.schema.survey.RunRows`: light, with figures and the number of its children."""

    run: run.Run
    summaries: tuple[metric.Summary | None, ...]
    children: int


class RunFacts(Struct, frozen=True, kw_only=True):
    """What groups are made of, a run.

    Attributes:
        run_id: The run.
        values: For each key its text, or None; of a parameter the JSON of its value.
        figures: For each figure its number, or None.
    """

    run_id: str
    values: tuple[str | None, ...]
    figures: tuple[float | None, ...]


@runtime_checkable
class Surveys(Protocol):
    """What a runs shelf may be able to do beyond its promise: look at all runs at once; `runwatch.store.survey`."""

    def rank(self, request: run.RunConditions) -> Ranking:
        """All runs that meet conditions, in their order, as of one moment."""
        ...

    def look_up(self, handles: Sequence[Any], columns: Sequence[metric.MetricColumn]) -> Sequence[RankedRow | None]:
        """Runs by their handles, in this order; None for those that were deleted."""
        ...

    def list_names(self, request: survey.ListNames) -> Sequence[survey.Name]:
        """All names of a kind, whatever the request's search and limit, in any order."""
        ...

    def list_facts(self, request: survey.GroupRuns) -> Sequence[RunFacts]:
        """What is to be grouped, in the order of the runs, as of one moment."""
        ...
