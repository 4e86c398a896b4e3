"""``runwatch submit`` and ``rerun``: scripts and commands into the queue of a compute target, and following them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from runwatch.cli.column import parse_labels
from runwatch.cli.option import RunArgument
from runwatch.cli.session import EXIT_ERROR, EXIT_INTERRUPTED, Session
from runwatch.cli.span import parse_span
from runwatch.cli.text import visible
from runwatch.cli.workspace import opened, run_of
from runwatch.schema.error import ExperimentExecutionException, InvalidValueError
from runwatch.schema.run import RunStatus
from runwatch.sdk.config.run import MAX_RUN_S
from runwatch.sdk.config.script import ScriptRunConfig
from runwatch.sdk.environment.environment import Environment
from runwatch.sdk.experiment import Experiment
from runwatch.sdk.resubmission import changed
from runwatch.sdk.run import Run

EXPERIMENT_VARIABLE: Final = "RUNWATCH_EXPERIMENT"

ExperimentOption = Annotated[
    str | None,
    typer.Option("--experiment", "-e", metavar="NAME", help="Its experiment; else RUNWATCH_EXPERIMENT, or default."),
]
ComputeOption = Annotated[str | None, typer.Option("--compute", "-c", metavar="TARGET", help="The compute target.")]
EnvironmentOption = Annotated[
    str | None,
    typer.Option("--env", metavar="FILE|PYTHON", help="A conda .yml or requirements .txt, or a Python or its folder."),
]
NameOption = Annotated[str | None, typer.Option("--name", metavar="TEXT", help="The name shown in lists.")]
TagOption = Annotated[
    list[str] | None, typer.Option("--tag", metavar="NAME[=VALUE]", help="A tag of the run; repeatable.")
]
PriorityOption = Annotated[
    int | None, typer.Option("--priority", metavar="N", help="Higher goes first; 0 unless given.")
]
RetriesOption = Annotated[
    int | None, typer.Option("--retries", metavar="N", min=0, help="Start it again at most so often if it fails.")
]
FollowOption = Annotated[
    bool, typer.Option("--follow", "-f", help="Print what it prints until it ends; exit 1 unless it completed.")
]
WaitOption = Annotated[bool, typer.Option("--wait", help="Wait until it ends; exit 1 unless it completed.")]


def submit(
    session: Session,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder with the code, kept as it is now.")],
    words: Annotated[
        list[str] | None, typer.Argument(metavar="SCRIPT [-- ARG...]", help="The script in it, and its arguments.")
    ] = None,
    command: Annotated[
        str | None, typer.Option("--command", metavar="TEXT", help="Instead of a script: a line for the shell.")
    ] = None,
    experiment: ExperimentOption = None,
    compute: ComputeOption = None,
    env: EnvironmentOption = None,
    name: NameOption = None,
    tag: TagOption = None,
    priority: PriorityOption = None,
    retries: RetriesOption = None,
    max_duration: Annotated[
        str | None, typer.Option("--max-duration", metavar="TIME", help="End it after so long, e.g. 2h.")
    ] = None,
    follow: FollowOption = False,
    wait: WaitOption = False,
) -> None:
    """Submit a script or command to a compute target."""
    _check(session, follow=follow)
    config = ScriptRunConfig(
        folder, compute_target=compute, environment=None if env is None else environment_of(env),
        max_run_duration_seconds=MAX_RUN_S if max_duration is None else parse_span(max_duration),
        **_what(words or [], command),
    )  # fmt: skip
    with opened(session) as workspace:
        run = Experiment(workspace, experiment_name(experiment)).submit(
            config, tags=parse_labels(tag or []), display_name=name, priority=priority or 0, retries=retries
        )
        _show(session, run, follow=follow, wait=wait)


def rerun(
    session: Session,
    run: RunArgument,
    arguments: Annotated[
        list[str] | None, typer.Argument(metavar="[-- ARG...]", help="All arguments of the script, anew.")
    ] = None,
    arg: Annotated[
        list[str] | None, typer.Option("--arg", metavar="NAME[=VALUE]", help="Change one argument; repeatable.")
    ] = None,
    compute: ComputeOption = None,
    env: EnvironmentOption = None,
    name: NameOption = None,
    tag: TagOption = None,
    priority: Annotated[int | None, typer.Option("--priority", metavar="N", help="Higher goes first.")] = None,
    retries: RetriesOption = None,
    follow: FollowOption = False,
    wait: WaitOption = False,
) -> None:
    """Submit a run again, from the same source."""
    _check(session, follow=follow)
    if arg and arguments:
        raise InvalidValueError("--arg changes arguments, and -- gives all of them.", hint="Use one of the two.")
    with opened(session) as workspace:
        found = run_of(session, workspace, run)
        if arg:
            arguments = changed(found.get_details()["runDefinition"].get("arguments") or [], parse_labels(arg))
        copy = found.resubmit(
            arguments or None, compute_target=compute, environment=None if env is None else environment_of(env),
            tags=parse_labels(tag or []), display_name=name, priority=priority, retries=retries,
        )  # fmt: skip
        _show(session, copy, follow=follow, wait=wait)


def experiment_name(given: str | None) -> str:
    """The experiment that a command's run goes to."""
    return given or os.environ.get(EXPERIMENT_VARIABLE) or "default"


def environment_of(text: str) -> Environment:
    """The environment that ``--env`` means: built from a file of packages, or a Python that is there.

    Raises:
        UserErrorException: If the file cannot be read.
    """
    path = Path(text)
    if path.suffix in {".yml", ".yaml"}:
        return Environment.from_conda_specification(path.stem, path)
    if path.suffix == ".txt":
        return Environment.from_pip_requirements(path.stem, path)
    made = Environment(path.name or text)
    made.python.user_managed_dependencies = True
    # A path is that of this folder, and the job runs in another; a bare name is looked up by the agent.
    made.python.interpreter_path = str(path.expanduser().absolute()) if os.sep in text or path.is_dir() else text
    return made


def _what(words: list[str], command: str | None) -> dict[str, Any]:
    if command is not None:
        if words:
            raise InvalidValueError(
                "A command has no script and no arguments beside it.", hint="Put all of it into --command."
            )
        return {"command": command}
    if not words:
        raise InvalidValueError("Nothing says what to run.", hint="Name a script in the folder, or give --command.")
    return {"script": words[0], "arguments": words[1:]}


def _check(session: Session, *, follow: bool) -> None:
    if follow and session.terminal.as_json:
        raise InvalidValueError("--json gives one document, and --follow what the run prints.", hint="Use --wait.")


def _show(session: Session, run: Run, *, follow: bool, wait: bool) -> None:
    terminal = session.terminal
    status = run.status
    if follow or wait:
        if not follow and not terminal.as_json:
            _introduce(session, run)
        status = _wait(session, run, follow=follow)
    if terminal.as_json:
        terminal.json({"run_id": run.id, "link": run.get_portal_url(), "status": status})
    elif not (follow or wait):
        _introduce(session, run)
    if (follow or wait) and status != RunStatus.COMPLETED.value:
        terminal.note(f"The run is {status}.")
        raise typer.Exit(EXIT_ERROR)


def _introduce(session: Session, run: Run) -> None:
    session.terminal.line(visible(run.id))
    session.terminal.line(f"  {session.terminal.paint(visible(run.get_portal_url()), 'cyan')}")


def _wait(session: Session, run: Run, *, follow: bool) -> str:
    try:
        details = run.wait_for_completion(show_output=follow, wait_post_processing=True, raise_on_error=False)
    except ExperimentExecutionException as error:
        if not isinstance(error.__cause__, KeyboardInterrupt):
            raise
        session.terminal.note(f"The run goes on; 'runwatch cancel {visible(run.id)}' ends it.")
        raise typer.Exit(EXIT_INTERRUPTED) from None
    return str(details["status"])
