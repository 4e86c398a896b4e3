"""``runwatch sync``: brings into the workspace what journals still hold, one bad journal never stopping the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from runwatch.cli import figure
from runwatch.cli.session import EXIT_ERROR, Session
from runwatch.cli.terminal import Terminal
from runwatch.cli.text import visible
from runwatch.schema.error import NotFoundError

if TYPE_CHECKING:
    from runwatch.sdk.watcher.sync import SyncResult, Unshipped


def sync(
    session: Session,
    runs: Annotated[
        list[str] | None, typer.Argument(metavar="[RUN]...", help="Only these runs (ids or their beginnings).")
    ] = None,
) -> None:
    """Bring in what journals of ended processes still hold."""
    from runwatch.sdk.watcher import sync as syncing

    terminal, (location, _) = session.terminal, session.location()
    found = syncing.unshipped(location)
    parked = [entry for entry in found if entry.state == "parked"]
    chosen = _choose([entry for entry in found if entry.state != "parked"], runs or [])
    results = syncing.sync(
        location,
        run_ids=[entry.run_id for entry in chosen],
        progress=None if terminal.as_json else lambda result: _show(terminal, result),
    )
    if terminal.as_json:
        terminal.json({"location": location, "results": results, "parked": [entry.run_id for entry in parked]})
    elif not results:
        terminal.note("Nothing waits to be shipped.")
    if parked:
        terminal.note(
            f"{figure.plural(len(parked), 'journal')} of deleted runs left alone; 'runwatch gc --parked' removes them."
        )
    if any(result.state == "failed" for result in results):
        raise typer.Exit(EXIT_ERROR)


def _choose(entries: list[Unshipped], typed: list[str]) -> list[Unshipped]:
    if not typed:
        return entries
    for text in typed:
        if not any(entry.run_id.startswith(text) for entry in entries):
            raise NotFoundError(f"No journal of a run {text!r} waits here.", hint="'runwatch doctor' names what waits.")
    return [entry for entry in entries if entry.run_id.startswith(tuple(typed))]


def _show(terminal: Terminal, result: SyncResult) -> None:
    words = {
        "finished": f"✓ {result.state}" if terminal.unicode else result.state,
        "failed": f"✗ {result.state}" if terminal.unicode else result.state,
    }
    style = {"finished": "green", "failed": "red"}.get(result.state, "cyan")
    state = terminal.paint(words.get(result.state, result.state), style)
    terminal.line(f"{visible(result.run_id)}  {state}  {figure.plural(result.records, 'record')}")
    for notice in result.notices:
        terminal.line(f"  {visible(notice)}")
    if result.error:
        terminal.line(f"  {terminal.paint(visible(result.error), 'red')}")
