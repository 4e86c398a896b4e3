"""``runwatch compute`` and ``runwatch queue``: compute targets, and what waits and runs on them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Annotated, Any

import msgspec
import typer

from runwatch.cli import figure
from runwatch.cli.session import Session
from runwatch.cli.table import NAME_CHARS, TableColumn, show_table
from runwatch.cli.text import visible
from runwatch.schema.job import Job, JobState, ListTargets, Target
from runwatch.schema.limit import PAGE_ROWS
from runwatch.schema.run import ListRuns, Run
from runwatch.sdk.compute import queue as queues
from runwatch.sdk.compute import record
from runwatch.sdk.compute.provisioning import AmlComputeProvisioningConfiguration
from runwatch.store.protocol import Store
from runwatch.store.walk import walk

TargetArgument = Annotated[str, typer.Argument(metavar="TARGET", help="The target's name.")]
NodesOption = Annotated[
    int | None,
    typer.Option("--max-nodes", metavar="N", min=0, help="Runs at once; 0 pauses it. The CPUs if it is new."),
]
LeastOption = Annotated[int | None, typer.Option("--min-nodes", metavar="N", min=0, help="Nodes shown although idle.")]


def list_targets(session: Session) -> None:
    """List compute targets with what they have to do."""
    store = session.store()
    targets = store.jobs.list_targets(ListTargets()).targets
    loads = [queues.load(store, target) for target in targets]
    if session.terminal.as_json:
        session.terminal.json({"targets": [_facts(*pair) for pair in zip(targets, loads, strict=True)]})
        return
    table = [
        TableColumn("TARGET", [visible(target.name) for target in targets], least=NAME_CHARS),
        TableColumn("BACK END", [visible(target.backend) for target in targets], rank=1),
        TableColumn("NODES", [str(target.slots) for target in targets], right=True),
        TableColumn("RUNNING", [str(len(load.leased)) for load in loads], right=True),
        TableColumn("QUEUED", [str(len(load.queued)) for load in loads], right=True),
        TableColumn("SIZE", [visible(record.text(target, "vm_size", figure.NOTHING)) for target in targets], rank=2),
    ]
    show_table(session.terminal, table)


def show(session: Session, target: TargetArgument) -> None:
    """Show one compute target."""
    store = session.store()
    _show(session, store, record.find(store, target))


def create(
    session: Session,
    target: TargetArgument,
    max_nodes: NodesOption = None,
    min_nodes: LeastOption = None,
    vm_size: Annotated[str, typer.Option("--vm-size", metavar="TEXT", help="Shown; changes nothing.")] = "",
    description: Annotated[str, typer.Option("--description", metavar="TEXT", help="What it is for.")] = "",
) -> None:
    """Make a compute target: a queue that works on so many runs at once."""
    wanted = AmlComputeProvisioningConfiguration(
        vm_size=vm_size, min_nodes=min_nodes or 0, max_nodes=max_nodes, description=description
    )
    store = session.store(create=True)
    _show(session, store, record.create(store, target, wanted))


def update(
    session: Session, target: TargetArgument, max_nodes: NodesOption = None, min_nodes: LeastOption = None
) -> None:
    """Change how many runs a compute target works on at once."""
    store = session.store()
    _show(session, store, record.update(store, target, min_nodes, max_nodes))


def delete(session: Session, target: TargetArgument) -> None:
    """Delete a compute target; refused while runs wait or run on it."""
    record.delete(session.store(), target)
    if session.terminal.as_json:
        session.terminal.json({"deleted": target})
    else:
        session.terminal.line(f"Deleted {visible(target)}")


def queue(
    session: Session,
    target: Annotated[str | None, typer.Argument(metavar="[TARGET]", help="Only this target's.")] = None,
) -> None:
    """List what runs and waits on compute targets, next first."""
    store = session.store()
    if target is not None:
        record.find(store, target)
    jobs = sorted(queues.jobs(store, target), key=lambda job: job.target)  # keeps the order within each target
    runs = _runs(store, jobs)
    now = time.time()
    if session.terminal.as_json:
        session.terminal.json({"jobs": [_entry(job, runs.get(job.run_id), now) for job in jobs]})
    elif not jobs:
        session.terminal.note("Nothing runs or waits.")
    else:
        _show_queue(session, jobs, runs, now)


def _show_queue(session: Session, jobs: list[Job], runs: dict[str, Run], now: float) -> None:
    found = [runs.get(job.run_id) for job in jobs]
    missing = show_table(
        session.terminal,
        [
            TableColumn("RUN", [visible(job.run_id) for job in jobs], least=NAME_CHARS),
            TableColumn("TARGET", [visible(job.target) for job in jobs], least=NAME_CHARS),
            TableColumn("POSITION", [str(job.position or figure.NOTHING) for job in jobs], right=True),
            TableColumn("STATUS", [run.status.value if run else figure.NOTHING for run in found]),
            TableColumn("EXPERIMENT", [visible(run.experiment) if run else "" for run in found], least=NAME_CHARS),
            TableColumn("WAITING", [figure.duration(_waiting_s(job, now)) for job in jobs], right=True),
        ],
    )
    if missing:
        session.terminal.note(f"No room for {', '.join(missing)}: widen the terminal or use --json.")


def _show(session: Session, store: Store, target: Target) -> None:
    load = queues.load(store, target)
    if session.terminal.as_json:
        session.terminal.json(_facts(target, load))
        return
    session.terminal.line(session.terminal.paint(visible(target.name), "bold"))
    rows = [
        ("nodes", str(target.slots) if target.slots else "0 (paused)"),
        ("running", str(len(load.leased))),
        ("queued", str(len(load.queued))),
        ("back end", visible(target.backend)),
        ("size", visible(record.text(target, "vm_size"))),
        ("description", visible(record.text(target, "description"))),
        ("created", figure.moment(target.created_at)),
    ]
    session.terminal.fields([(name, text) for name, text in rows if text])


def _facts(target: Target, load: queues.Load) -> dict[str, Any]:
    return {**msgspec.structs.asdict(target), "running": len(load.leased), "queued": len(load.queued)}


def _entry(job: Job, run: Run | None, now: float) -> dict[str, Any]:
    return {
        "run_id": job.run_id,
        "target": job.target,
        "position": job.position,
        "state": job.state.value,
        "status": run.status.value if run else None,
        "experiment": run.experiment if run else None,
        "queued_at": job.queued_at,
        "waiting_s": _waiting_s(job, now),
    }


def _waiting_s(job: Job, now: float) -> float | None:
    return max(now - job.queued_at, 0.0) if job.state is JobState.QUEUED else None


def _runs(store: Store, jobs: Iterable[Job]) -> dict[str, Run]:
    ids = [job.run_id for job in jobs]
    found: dict[str, Run] = {}
    for first in range(0, len(ids), PAGE_ROWS):
        wanted = ListRuns(run_ids=tuple(ids[first : first + PAGE_ROWS]), hidden=True, limit=PAGE_ROWS)
        found.update((run.run_id, run) for run in walk(store.runs.list, wanted))
    return found
