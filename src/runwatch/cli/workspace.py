"""The workspace of a command as the SDK has it, for commands that do what scripts do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from runwatch.cli.lookup import find_run
from runwatch.cli.session import Session
from runwatch.sdk import home
from runwatch.sdk.run import Run
from runwatch.sdk.workspace import Workspace


@contextmanager
def opened(session: Session) -> Iterator[Workspace]:
    """The workspace; its store is closed afterwards."""
    place = session.location()[0]
    try:
        yield Workspace.open(place)
    finally:
        home.close(place)


def run_of(session: Session, workspace: Workspace, typed: str) -> Run:
    """The run that a person means; see `runwatch.cli.lookup.find_run`."""
    return Run.get(workspace, find_run(session.store(), typed).run_id)
