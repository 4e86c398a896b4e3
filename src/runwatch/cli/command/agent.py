"""``runwatch agent``: the process that runs the jobs of a workspace on this machine, in the foreground."""

from __future__ import annotations

import socket
from typing import Annotated

import typer

from runwatch.cli.session import EXIT_ERROR, Session
from runwatch.schema.error import ConflictError


def agent(
    session: Session,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="This machine in the queue; else its host name.")
    ] = None,
    stay: Annotated[bool, typer.Option("--stay", help="Also when there has been no work for a while.")] = False,
) -> None:
    """Run the workspace's queued jobs on this machine.

    Ctrl-C ends the agent; jobs that run go on.
    """
    from runwatch.compute.agent import process

    session.store()  # a workspace that is not there is told like anywhere else
    session.close()
    place, known_as = session.location()[0], name or socket.gethostname()
    if session.terminal.as_json:
        session.terminal.json({"workspace": place, "name": known_as})
    words = ["--workspace", place, "--name", known_as, *(["--stay"] if stay else [])]
    code = process.main(words)
    if code == process.EXIT_SERVED:
        raise ConflictError(f"An agent serves {place} on this machine already.", hint="One is enough for all targets.")
    if code:
        raise typer.Exit(EXIT_ERROR)
