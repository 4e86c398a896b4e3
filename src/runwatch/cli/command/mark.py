"""``runwatch tag``, ``archive`` and ``restore``: small changes to runs."""

from __future__ import annotations

from typing import Annotated

import typer

from runwatch.cli import figure
from runwatch.cli.column import parse_labels
from runwatch.cli.lookup import find_run
from runwatch.cli.option import RunArgument, RunsArgument
from runwatch.cli.session import Session
from runwatch.cli.text import visible
from runwatch.schema.error import InvalidValueError
from runwatch.schema.run import UpdateRun


def archive(session: Session, runs: RunsArgument) -> None:
    """Hide runs from lists; nothing is lost (see restore)."""
    _set_hidden(session, runs, hidden=True)


def restore(session: Session, runs: RunsArgument) -> None:
    """Bring archived runs back into lists."""
    _set_hidden(session, runs, hidden=False)


def _set_hidden(session: Session, typed: list[str], *, hidden: bool) -> None:
    store = session.store()
    found = [find_run(store, text).run_id for text in typed]
    for run_id in found:
        store.runs.update(UpdateRun(run_id=run_id, hidden=hidden))
    if session.terminal.as_json:
        session.terminal.json({"run_ids": found, "archived": hidden})
    else:
        for run_id in found:
            session.terminal.line(f"{'Archived' if hidden else 'Restored'} {visible(run_id)}")


def tag(
    session: Session,
    run: RunArgument,
    labels: Annotated[list[str] | None, typer.Argument(metavar="NAME[=VALUE]...", help="Tags to set.")] = None,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", metavar="NAME", help="Tag to remove; repeatable.")
    ] = None,
) -> None:
    """Set or remove tags of a run; without any, list them."""
    store = session.store()
    found = find_run(store, run)
    if labels or remove:
        both = set(parse_labels(labels or [])) & set(remove or [])
        if both:
            raise InvalidValueError(f"The tag {min(both)!r} is both set and removed.", hint="Name it once.")
        found = store.runs.update(
            UpdateRun(run_id=found.run_id, set_tags=parse_labels(labels or []), remove_tags=tuple(remove or ()))
        )
    if session.terminal.as_json:
        session.terminal.json({"run_id": found.run_id, "tags": found.tags})
        return
    session.terminal.fields(
        [(visible(name), figure.value(text)) for name, text in sorted(found.tags.items())], indent=""
    )
