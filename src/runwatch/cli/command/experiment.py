"""``runwatch experiments``: the list of experiments."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from runwatch.cli import figure
from runwatch.cli.option import ArchivedOption, CursorOption, SearchOption
from runwatch.cli.session import Session
from runwatch.cli.table import NAME_CHARS, TableColumn, show_table
from runwatch.cli.text import visible
from runwatch.schema import limit as limits
from runwatch.schema.run import ListExperiments


def experiments(
    session: Session,
    search: SearchOption = "",
    archived: ArchivedOption = False,
    limit: Annotated[
        int, typer.Option("--limit", "-n", metavar="N", min=1, max=limits.PAGE_ROWS, help="Experiments of a page.")
    ] = 25,
    cursor: CursorOption = None,
) -> None:
    """List experiments, newest first."""
    page = session.store().runs.list_experiments(
        ListExperiments(search=search, view="all" if archived else "active", limit=limit, cursor=cursor)
    )
    terminal = session.terminal
    if terminal.as_json:
        found = [msgspec.structs.asdict(experiment) for experiment in page.experiments]
        terminal.json({"experiments": found, "next_cursor": page.next_cursor})
        return
    if not page.experiments:
        terminal.note("No experiments.")
        return
    table = [
        TableColumn("EXPERIMENT", [visible(experiment.name) for experiment in page.experiments], least=NAME_CHARS),
        TableColumn("RUNS", [str(experiment.run_count) for experiment in page.experiments], right=True),
        TableColumn("LAST RUN", [figure.ago(experiment.last_run_at) for experiment in page.experiments]),
        TableColumn("CREATED", [figure.moment(experiment.created_at) for experiment in page.experiments]),
    ]
    if archived:
        state = ["archived" if experiment.archived_at is not None else "" for experiment in page.experiments]
        table.append(TableColumn("STATE", state))
    missing = show_table(terminal, table)
    if missing:
        terminal.note(f"No room for {', '.join(missing)}: widen the terminal or use --json.")
    if page.next_cursor is not None:
        terminal.note(f"More experiments: --cursor {visible(page.next_cursor)}")
