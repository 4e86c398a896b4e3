"""``runwatch files``: the files of a run, folder by folder."""

from __future__ import annotations

from typing import Annotated

import typer

from runwatch.cli import figure
from runwatch.cli.lookup import find_run
from runwatch.cli.option import CursorOption, RunArgument
from runwatch.cli.session import Session
from runwatch.cli.table import NAME_CHARS, TableColumn, show_table
from runwatch.cli.text import visible
from runwatch.schema import limit as limits
from runwatch.schema.artifact import ListArtifacts


def files(
    session: Session,
    run: RunArgument,
    folder: Annotated[str, typer.Argument(metavar="FOLDER", help="A folder, e.g. outputs.")] = "",
    recursive: Annotated[bool, typer.Option("--recursive", "-r", help="With everything below.")] = False,
    limit: Annotated[
        int, typer.Option("--limit", "-n", metavar="N", min=1, max=limits.PAGE_ROWS, help="Files of a page.")
    ] = 100,
    cursor: CursorOption = None,
) -> None:
    """List the files of a run."""
    store, terminal = session.store(), session.terminal
    run_id = find_run(store, run).run_id
    place = folder.strip("/")
    below = f"{place}/" if place else ""
    page = store.artifacts.list(
        ListArtifacts(run_id=run_id, prefix=below, limit=limit, cursor=cursor)
        if recursive
        else ListArtifacts(run_id=run_id, folder=place, limit=limit, cursor=cursor)
    )
    if terminal.as_json:
        terminal.json(
            {
                "run_id": run_id,
                "folder": place,
                "folders": page.folders,
                "files": page.artifacts,
                "next_cursor": page.next_cursor,
            }
        )
        return
    if not page.artifacts and not page.folders:
        terminal.note(f"No files in {visible(place)}." if place else "This run has no files.")
        return
    names = [f"{visible(name.rstrip('/').rpartition('/')[2])}/" for name in page.folders]
    names += [visible(artifact.path.removeprefix(below)) for artifact in page.artifacts]
    nothing = [""] * len(page.folders)
    show_table(
        terminal,
        [
            TableColumn(
                "SIZE", nothing + [figure.size(artifact.size_bytes) for artifact in page.artifacts], right=True
            ),
            TableColumn("CHANGED", nothing + [figure.moment(artifact.changed_at) for artifact in page.artifacts]),
            TableColumn("", nothing + ["" if artifact.sealed else "growing" for artifact in page.artifacts]),
            TableColumn("NAME", names, least=NAME_CHARS),
        ],
    )
    if page.next_cursor is not None:
        terminal.note(f"More files: --cursor {visible(page.next_cursor)}")
