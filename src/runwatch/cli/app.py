"""The ``runwatch`` command: its list of commands and the options before them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from runwatch import __version__
from runwatch.cli import importing
from runwatch.cli.command import (
    agent,
    audit,
    azureml,
    cancel,
    compute,
    deletion,
    doctor,
    download,
    exchange,
    experiment,
    file,
    gc,
    history,
    log,
    mark,
    metric,
    record,
    run,
    show,
    submit,
    sync,
    token,
    up,
    user,
)
from runwatch.cli.demo import command as demo
from runwatch.cli.importing import ImportGroup
from runwatch.cli.option import ColourOption, JsonOption, TracebackOption, WorkspaceOption
from runwatch.cli.session import EXIT_INTERRUPTED, command, remember

app = typer.Typer(
    name="runwatch",
    help="Start machine-learning runs, look at them, and care for the workspace that holds them.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(value: bool) -> None:
    if value:
        sys.stdout.write(f"runwatch {__version__}\n")
        raise typer.Exit


VersionOption = Annotated[
    bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version.")
]


@app.callback()
def options(
    context: typer.Context,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
    no_color: ColourOption = False,
    traceback: TracebackOption = False,
    version: VersionOption = False,
) -> None:
    """Options that may stand before any command or after it."""
    remember(context, workspace=workspace, as_json=as_json, no_color=no_color, traceback=traceback)


command(app, "runs")(run.runs)
command(app, "show")(show.show)
command(app, "metrics")(metric.metrics)
command(app, "logs")(log.logs)
command(app, "files")(file.files)
command(app, "download")(download.download)
command(app, "export")(exchange.export)
command(app, "experiments")(experiment.experiments)
command(app, "tag")(mark.tag)
command(app, "archive")(mark.archive)
command(app, "restore")(mark.restore)
command(app, "delete")(deletion.delete)
command(app, "sync")(sync.sync)
command(app, "gc")(gc.gc)
command(app, "doctor")(doctor.doctor)
command(app, "demo")(demo.demo)
command(app, "up")(up.up)
command(app, "down")(up.down)
command(app, "open")(up.open_studio)
command(app, "audit")(audit.audit)
command(app, "run", options_first=True)(record.run)
command(app, "submit")(submit.submit)
command(app, "rerun")(submit.rerun)
command(app, "cancel")(cancel.cancel)
command(app, "queue")(compute.queue)
command(app, "agent")(agent.agent)

targets = typer.Typer(help="Compute targets: the queues that runs go to.", no_args_is_help=True)
app.add_typer(targets, name="compute")
command(targets, "list")(compute.list_targets)
command(targets, "show")(compute.show)
command(targets, "create")(compute.create)
command(targets, "update")(compute.update)
command(targets, "delete")(compute.delete)

importing_app = typer.Typer(
    cls=ImportGroup,
    callback=importing.options,
    help="Bring in exported runs (PATH), or those of another tracker.",
    no_args_is_help=True,
)
app.add_typer(importing_app, name="import")
command(importing_app, importing.ARCHIVE)(exchange.bring_in)
command(importing_app, "azureml")(history.azureml)

switching = typer.Typer(help="Code that was written for the Azure ML SDK v1.", no_args_is_help=True)
app.add_typer(switching, name="azureml")
command(switching, "check")(azureml.check)

users = typer.Typer(help="Who may sign in to the server of a workspace.", no_args_is_help=True)
app.add_typer(users, name="user")
command(users, "add")(user.add)
command(users, "invite")(user.invite)
command(users, "list")(user.list_users)
command(users, "role")(user.role)
command(users, "remove")(user.remove)

tokens = typer.Typer(help="Secrets for programs that speak to the server.", no_args_is_help=True)
app.add_typer(tokens, name="token")
command(tokens, "create")(token.create)
command(tokens, "list")(token.list_tokens)
command(tokens, "revoke")(token.revoke)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code.

    Args:
        arguments: The words after ``runwatch``; those of the process if None.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a name that the terminal's encoding lacks must not end a command
            stream.reconfigure(errors="backslashreplace")
    try:
        app(args=None if arguments is None else list(arguments), prog_name="runwatch")
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
