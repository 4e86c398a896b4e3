"""The table of operations: every call of a Store, listed once.

Whatever speaks for a Store over a wire is made from this table: routes, remote store, API document, client types. A new
operation is a request struct, a response struct, one row here, one method in each backend and one contract test.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from msgspec import Struct

from runwatch.schema import artifact, change, job, metric, run


class Permission(StrEnum):
    """What a caller must be allowed to do."""

    PUBLIC = "public"  # nothing: sign-in, health, the files of the studio
    READ = "read"
    RECORD = "record"  # write to a run: also given to the token of that one run
    WRITE = "write"  # change what others made
    MANAGE = "manage"  # targets
    ADMIN = "admin"  # users, tokens of others, the audit log


class Operation(Struct, frozen=True, kw_only=True):
    """One call of a Store.

    Attributes:
        shelf: The shelf's attribute on the Store.
        name: The method's name.
        verb: The HTTP verb: GET never changes anything.
        path: The path below ``/api/v1``.
        request: The request struct.
        response: The response struct.
        permission: What the caller must be allowed to do.
        idempotent: Sending it again after a lost answer changes nothing more.
    """

    shelf: Literal["runs", "metrics", "artifacts", "jobs", "changes"]
    name: str
    verb: Literal["GET", "POST"]
    path: str
    request: type[Struct]
    response: type[Struct]
    permission: Permission
    idempotent: bool = True


def _row(
    call: str, verb: Literal["GET", "POST"], path: str, request: type[Struct], response: type[Struct],
    permission: Permission, *, idempotent: bool = True,
) -> Operation:  # fmt: skip
    shelf, name = call.split(".")
    return Operation(
        shelf=shelf,  # type: ignore[arg-type]  # checked against the protocol by tests/house
        name=name,
        verb=verb,
        path=path,
        request=request,
        response=response,
        permission=permission,
        idempotent=idempotent,
    )


_READ, _RECORD, _WRITE, _MANAGE = Permission.READ, Permission.RECORD, Permission.WRITE, Permission.MANAGE

# fmt: off
OPERATIONS: tuple[Operation, ...] = (
    _row("runs.create_experiment", "POST", "/experiments:create", run.CreateExperiment, run.Experiment, _WRITE),
    _row("runs.list_experiments", "POST", "/experiments:list", run.ListExperiments, run.ExperimentPage, _READ),
    _row("runs.update_experiment", "POST", "/experiments:update", run.UpdateExperiment, run.Experiment, _WRITE),
    _row("runs.create", "POST", "/runs:create", run.CreateRun, run.Run, _WRITE),
    _row("runs.get", "POST", "/runs:get", run.GetRun, run.Run, _READ),
    _row("runs.list", "POST", "/runs:list", run.ListRuns, run.RunPage, _READ),
    _row("runs.update", "POST", "/runs:update", run.UpdateRun, run.Run, _RECORD, idempotent=False),
    _row("runs.delete", "POST", "/runs:delete", run.Delete, run.Deleted, _WRITE, idempotent=False),
    _row("metrics.append", "POST", "/metrics:append", metric.AppendBatch, metric.Appended, _RECORD),
    _row("metrics.list_cursors", "POST", "/metrics:cursors", metric.ListCursors, metric.Cursors, _RECORD),
    _row("metrics.list", "POST", "/metrics:list", metric.ListMetrics, metric.MetricPage, _READ),
    _row("metrics.read", "POST", "/metrics:read", metric.ReadMetric, metric.MetricRows, _READ),
    _row("metrics.read_overview", "POST", "/metrics:overview", metric.ReadOverview, metric.Overview, _READ),
    _row("metrics.rename", "POST", "/metrics:rename", metric.RenameMetric, metric.Done, _WRITE, idempotent=False),
    _row("metrics.delete", "POST", "/metrics:delete", metric.DeleteMetrics, metric.Done, _WRITE),
    _row("artifacts.create", "POST", "/artifacts:create", artifact.CreateArtifact, artifact.Artifact, _RECORD),
    _row("artifacts.append", "POST", "/artifacts:append", artifact.AppendArtifact, artifact.Artifact, _RECORD),
    _row("artifacts.seal", "POST", "/artifacts:seal", artifact.SealArtifact, artifact.Artifact, _RECORD),
    _row("artifacts.get", "POST", "/artifacts:get", artifact.GetArtifact, artifact.Artifact, _READ),
    _row("artifacts.list", "POST", "/artifacts:list", artifact.ListArtifacts, artifact.ArtifactPage, _READ),
    _row("artifacts.read", "POST", "/artifacts:read", artifact.ReadArtifact, artifact.ArtifactPart, _READ),
    _row("artifacts.delete", "POST", "/artifacts:delete", artifact.DeleteArtifacts, metric.Done, _WRITE),
    _row("jobs.create", "POST", "/jobs:create", job.CreateJob, job.Job, _WRITE),
    _row("jobs.list", "POST", "/jobs:list", job.ListJobs, job.JobPage, _READ),
    _row("jobs.lease", "POST", "/jobs:lease", job.LeaseJob, job.Leased, _MANAGE, idempotent=False),
    _row("jobs.renew", "POST", "/jobs:renew", job.RenewJob, job.Job, _MANAGE),
    _row("jobs.cancel", "POST", "/jobs:cancel", job.CancelJob, metric.Done, _WRITE),
    _row("jobs.put_target", "POST", "/targets:put", job.Target, job.Target, _MANAGE),
    _row("jobs.list_targets", "POST", "/targets:list", job.ListTargets, job.Targets, _READ),
    _row("jobs.delete_target", "POST", "/targets:delete", job.DeleteTarget, metric.Done, _MANAGE),
    _row("changes.list", "POST", "/changes:list", change.ListChanges, change.Changes, _READ),
)
# fmt: on
