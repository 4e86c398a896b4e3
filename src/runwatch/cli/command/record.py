"""``runwatch run``: a command in the foreground, recorded as a run without a change to its code."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Annotated, Any

import typer

from runwatch.cli.column import parse_labels
from runwatch.cli.command.submit import ExperimentOption, NameOption, TagOption, experiment_name
from runwatch.cli.session import Session
from runwatch.cli.text import visible
from runwatch.cli.workspace import opened
from runwatch.journal import location
from runwatch.schema.error import InvalidValueError, RunwatchError
from runwatch.schema.run import GetRun, Run, RunStatus
from runwatch.sdk import home, portal, starting
from runwatch.sdk.config.definition import command_text
from runwatch.sdk.recording import Recording
from runwatch.store import queue


def run(
    session: Session,
    command: Annotated[list[str], typer.Argument(metavar="[--] COMMAND [ARG...]", help="The program to run.")],
    experiment: ExperimentOption = None,
    name: NameOption = None,
    tag: TagOption = None,
) -> None:
    """Run a command here, and record it.

    What it prints is shown and kept, and so are its exit code, figures of the machine, the commit of this folder, and
    the files in ./outputs and ./logs. Run.get_context() in it gives this run.
    """
    from runwatch.cli.foreground import NOT_FOUND

    if session.terminal.as_json:
        raise InvalidValueError(
            "With 'run', standard output is the command's own.",
            hint="'runwatch show RUN --json' tells of it afterwards.",
        )
    tags = parse_labels(tag or [])
    if shutil.which(command[0]) is None:
        session.terminal.error(f"There is no program {command[0]!r:.200}.", "Give its path, or a name on the PATH.")
        raise typer.Exit(NOT_FOUND)
    with opened(session) as workspace:
        code = _record(session, workspace.place, command, experiment_name(experiment), tags=tags, display_name=name)
    raise typer.Exit(code)


def _record(session: Session, place: str, command: list[str], experiment: str, **facts: Any) -> int:
    from runwatch.cli.foreground import Foreground, exit_code, write_exit

    here = Path.cwd()
    request = starting.create_request(
        experiment, queue.new_run_id(experiment), target=queue.LOCAL, number=None,
        definition={"command": command_text(tuple(command)), "target": queue.LOCAL}, **facts,
    )  # fmt: skip
    record, recording = starting.start(place, request, outputs=here / "outputs", logs=here / "logs", is_job=True)
    link = portal.run_url(place, experiment, record.run_id)
    session.terminal.note(f"Run {visible(record.run_id)}: {visible(link)}")
    work = Foreground(command, _environment(place, record, recording), starting.console_file(recording.folder))
    found = work.run()
    write_exit(starting.job_place(recording.folder), found)
    if found["cause"] == "not_started":
        session.terminal.error(found["message"])
    if work.kept:
        session.terminal.note(f"Not all of its output was kept: {visible(work.kept)}")
    _end(session, place, record, recording)
    return exit_code(found)


def _environment(place: str, record: Run, recording: Recording) -> dict[str, str]:
    from runwatch.compute.host import variable

    folder = recording.folder
    bell = location.bell(starting.job_place(folder))
    own = variable.of_run(record, workspace=place, journal=str(folder), bell=str(bell))
    found = {"PYTHONUNBUFFERED": "1", **os.environ, **own}  # unbuffered, so that both streams keep their order
    found.pop("RUNWATCH_RANK", None)  # of a job that this is a part of
    return found


def _end(session: Session, place: str, record: Run, recording: Recording) -> None:
    """Have the watcher carry the rest, waiting a bounded time; how it ended stands in ``exit.json``."""
    run_id = record.run_id
    if not recording.end(RunStatus.COMPLETED):
        session.terminal.note(f"Run {visible(run_id)} has ended; its last data are still on their way.")
        return
    try:
        status = home.store(place).runs.get(GetRun(run_id=run_id)).status
    except RunwatchError:  # deleted, or away at this moment: the command itself has ended all the same
        return
    session.terminal.note(f"Run {visible(run_id)}: {status.value}")
