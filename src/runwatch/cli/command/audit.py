"""``runwatch audit``: who did what on the server, and whether the log is as it was written."""

from __future__ import annotations

from typing import Annotated

import typer

from runwatch.cli import door, figure
from runwatch.cli.option import LimitOption
from runwatch.cli.session import EXIT_ERROR, Session
from runwatch.cli.table import NAME_CHARS, TableColumn, show_table
from runwatch.cli.text import visible


def audit(
    session: Session,
    limit: LimitOption = 50,
    before: Annotated[int | None, typer.Option("--before", metavar="N", help="Only lines before this one.")] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Check the chain instead.")] = False,
) -> None:
    """List what was done on the server, newest first."""
    with door.opened(session) as access:
        if verify:
            verdict = access.audit.verify()
        else:
            entries = access.audit.list(before, limit)
    terminal = session.terminal
    if verify:
        if terminal.as_json:
            terminal.json(verdict)
        elif verdict.broken_at is None:
            terminal.line(f"{figure.plural(verdict.entries, 'line')}, all as they were written")
            terminal.line(f"head {verdict.head}")
        else:
            terminal.error(f"Line {verdict.broken_at} is not what was written, or is missing.")
        if verdict.broken_at is not None:
            raise typer.Exit(EXIT_ERROR)
        return
    if terminal.as_json:
        terminal.json({"entries": entries})
        return
    if not entries:
        terminal.note("Nothing was done yet.")
        return
    show_table(
        terminal,
        [
            TableColumn("LINE", [str(each.number) for each in entries], right=True),
            TableColumn("WHEN", [figure.moment(each.at) for each in entries]),
            TableColumn("WHO", [visible(each.actor) or figure.NOTHING for each in entries], least=NAME_CHARS),
            TableColumn("DID", [visible(each.operation) for each in entries]),
            TableColumn("TO", [visible(each.object) for each in entries], least=NAME_CHARS, keep="start"),
            TableColumn("OUTCOME", [visible(each.outcome) for each in entries], least=NAME_CHARS),
            TableColumn("FROM", [visible(each.address) for each in entries], rank=1),
            TableColumn("TOKEN", [each.token_id for each in entries], rank=2),
        ],
    )
