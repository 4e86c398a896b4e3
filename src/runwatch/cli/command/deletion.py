"""``runwatch delete``: runs with everything they hold."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from runwatch.cli import figure
from runwatch.cli.lookup import find_run, list_files, list_metrics, list_runs
from runwatch.cli.option import RunsArgument
from runwatch.cli.session import Session
from runwatch.cli.text import visible
from runwatch.schema.error import InvalidValueError
from runwatch.schema.run import Delete, ListRuns, Run
from runwatch.store.protocol import Store


def delete(
    session: Session,
    runs: RunsArgument,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete runs with their child runs, metrics and files."""
    store, terminal = session.store(), session.terminal
    found = list({run.run_id: run for run in (find_run(store, text) for text in runs)}.values())
    if not yes:
        for run in found:
            terminal.note(_what_goes(store, run))
        if not _confirm(f"Delete {figure.plural(len(found), 'run')} for good? [y/N] "):
            terminal.note("Nothing was deleted.")
            raise typer.Exit(1)
    deleted = store.runs.delete(Delete(run_ids=tuple(run.run_id for run in found)))
    if terminal.as_json:
        terminal.json(deleted)
    else:
        terminal.line(
            f"Deleted {figure.plural(len(deleted.run_ids), 'run')}, {figure.size(deleted.freed_bytes)} of files freed."
        )


def _what_goes(store: Store, run: Run) -> str:
    files = list(list_files(store, run.run_id))
    below = _descendants(store, run.run_id)
    parts = [
        f"{visible(run.run_id)} ({visible(run.experiment)}, {run.status.value})",
        figure.plural(len(list_metrics(store, run.run_id)), "metric"),
        f"{figure.plural(len(files), 'file')} of {figure.size(sum(file.size_bytes for file in files))}",
    ]
    if below:
        parts.append(f"{figure.plural(below, 'child run')} with theirs")
    if not run.status.is_terminal:
        parts.append("and it has not ended yet")
    return ", ".join(parts)


def _descendants(store: Store, run_id: str) -> int:
    children = list(list_runs(store, ListRuns(parent_run_id=run_id, hidden=True)))
    return len(children) + sum(_descendants(store, child.run_id) for child in children)


def _confirm(question: str) -> bool:
    if not sys.stdin.isatty():
        raise InvalidValueError("There is nobody to ask whether to delete.", hint="Use --yes.")
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
