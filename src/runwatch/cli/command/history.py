"""``runwatch import azureml``: runs that the Azure ML SDK v1 left behind, from folders or from a tracking server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runwatch.cli import figure
from runwatch.cli.progress import progress
from runwatch.cli.session import EXIT_ERROR, Session
from runwatch.cli.terminal import Terminal
from runwatch.cli.text import visible
from runwatch.schema.error import InvalidValueError, WorkspaceNotFoundError
from runwatch.store.protocol import Store

if TYPE_CHECKING:
    from runwatch.importers.outcome import Imported, Outcome

_STYLES = {"failed": "red", "present": "cyan"}
_WORDS = {"present": "already there", "new": "would be imported", "partial": "would be completed"}


def azureml(
    session: Session,
    sources: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[SOURCE]...",
            help="Folders of runs as downloaded, folders of such folders, JSON of get_details and get_metrics.",
        ),
    ] = None,
    experiment: Annotated[
        str | None,
        typer.Option(
            "--experiment",
            "-e",
            metavar="NAME",
            help="Where the runs go; with --tracking-uri the only experiment to fetch.",
        ),
    ] = None,
    tracking_uri: Annotated[
        str | None,
        typer.Option("--tracking-uri", metavar="URI", help="Fetch runs through MLflow instead, with its credentials."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come; change nothing.")] = False,
) -> None:
    """Bring in old runs of the Azure ML SDK v1.

    They are kept folders and JSON, or what a tracking server has. Doing it again changes nothing, or completes what was
    cut short. The exit code is 1 if a run could not be imported or something was not understood.
    """
    if bool(sources) == (tracking_uri is not None):
        raise InvalidValueError(
            "Nothing, or too much, is to be imported.", hint="Name folders, or give --tracking-uri."
        )
    store, terminal = _store(session, dry_run=dry_run), session.terminal
    with progress(terminal, None) as advance:
        if tracking_uri is None:
            from runwatch.importers.azureml.history import import_folders

            done = import_folders(store, sources or [], experiment=experiment, dry_run=dry_run, advance=advance)
        else:
            from runwatch.importers.azureml.tracking import import_tracked

            os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")  # a bar for each file beside ours
            done = import_tracked(store, tracking_uri, experiment=experiment, dry_run=dry_run, advance=advance)
    if terminal.as_json:
        terminal.json({"dry_run": dry_run, "runs": done.runs, "unread": done.unread})
    else:
        _show(terminal, done)
    if not done.is_whole:
        raise typer.Exit(EXIT_ERROR)


def _store(session: Session, *, dry_run: bool) -> Store | None:
    """The workspace's store; None if it is not there and a dry run must not make it."""
    try:
        return session.store(create=not dry_run)
    except WorkspaceNotFoundError:
        return None


def _show(terminal: Terminal, done: Imported) -> None:
    for run in done.runs:
        terminal.line(_line(terminal, run))
        for note in run.notes:
            terminal.line(f"  {visible(note)}")
    for unread in done.unread:
        terminal.line(f"{visible(unread.place)}: {terminal.paint('not understood', 'red')}: {visible(unread.why)}")
    if not done.runs:
        terminal.note("No runs were found.")


def _line(terminal: Terminal, run: Outcome) -> str:
    state = terminal.paint(_WORDS.get(run.state, run.state), _STYLES.get(run.state, "green"))
    if run.state == "failed":
        return f"{visible(run.run_id)}  {state}: {visible(run.why)}"
    parts = (
        visible(run.experiment),
        run.status,
        figure.plural(run.metrics, "metric"),
        figure.plural(run.files, "file"),
        figure.size(run.size_bytes),
    )
    return f"{visible(run.run_id)}  {state}  {', '.join(parts)}"
