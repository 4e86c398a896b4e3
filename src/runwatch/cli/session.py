"""What every command is given: its workspace and its terminal; and how errors end a command."""

from __future__ import annotations

import inspect
import os
import sys
import traceback
from collections.abc import Callable
from typing import Any, Final, TypeVar, get_type_hints

import typer

from runwatch.cli.interrupt import Interrupts
from runwatch.cli.option import ColourOption, JsonOption, TracebackOption, WorkspaceOption
from runwatch.cli.terminal import Terminal
from runwatch.cli.text import plain
from runwatch.schema.error import RunwatchError
from runwatch.store.protocol import Store

Work = TypeVar("Work", bound=Callable[..., None])

EXIT_ERROR: Final = 1
EXIT_INTERRUPTED: Final = 130
"""128 + SIGINT, as shells expect after Ctrl-C."""

EXIT_PIPE: Final = 141
"""128 + SIGPIPE: the reader of our output has gone, e.g. ``| head``."""


_SHARED: Final[dict[str, tuple[Any, Any]]] = {
    "workspace": (WorkspaceOption, None),
    "as_json": (JsonOption, False),
    "no_color": (ColourOption, False),
    "traceback": (TracebackOption, False),
}
"""Options of every command and what they are if not given."""


class Session:
    """One command at work.

    Args:
        terminal: Where its words go.
        workspace: The workspace asked for, or None to find it.
    """

    def __init__(self, terminal: Terminal, workspace: str | None = None) -> None:
        self.terminal = terminal
        self.workspace = workspace
        self._store: Store | None = None

    def location(self) -> tuple[str, str]:
        """The folder or URL of the workspace, and one phrase on why it is this one."""
        from runwatch.cli.place import find_place

        return find_place(self.workspace)

    def store(self, *, create: bool = False) -> Store:
        """The workspace's store.

        Args:
            create: Make the workspace if it is not there; a command that only reads never does.
        """
        if self._store is None:
            from runwatch.store.location import open_store

            self._store = open_store(self.location()[0], create=create)
        return self._store

    def close(self) -> None:
        """Release the store."""
        if self._store is not None:
            self._store.close()
            self._store = None


def command(app: typer.Typer, name: str, *, options_first: bool = False) -> Callable[[Work], Work]:
    """Make a function a command: its first argument, the session, is made from options that every command has.

    Args:
        app: Where it belongs.
        name: Of the command.
        options_first: From the first argument on nothing is an option: what follows is another program's.
    """

    def register(function: Work) -> Work:
        def run(context: typer.Context, **arguments: Any) -> None:
            session = _open(context, **{option: arguments.pop(option) for option in _SHARED})
            _perform(session, lambda: function(session, **arguments))

        parameters = _parameters(function)
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        run.__doc__ = function.__doc__
        app.command(name, context_settings={"allow_interspersed_args": not options_first})(run)
        return function

    return register


def _parameters(function: Callable[..., None]) -> list[inspect.Parameter]:
    """What the command line is told: the function's own parameters, with the shared options instead of the session."""
    hints = get_type_hints(function, include_extras=True)
    _, *own = inspect.signature(function).parameters.values()
    named = inspect.Parameter.KEYWORD_ONLY
    return [
        inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context),
        *(each.replace(annotation=hints[each.name], kind=named) for each in own),
        *(
            inspect.Parameter(name, named, annotation=kind, default=default)
            for name, (kind, default) in _SHARED.items()
        ),
    ]


def remember(context: typer.Context, **given: Any) -> dict[str, Any]:
    """Add the shared options of one word of a command line to those of the words before it.

    Args:
        context: Of the word; the words behind it see what it holds.
        **given: The shared options; the last workspace named counts, and a flag stays set.

    Returns:
        All of them so far.
    """
    before: dict[str, Any] = context.obj or {}
    context.obj = {
        name: value if value not in {None, False} else before.get(name, value) for name, value in given.items()
    }
    found: dict[str, Any] = context.obj
    return found


def _open(context: typer.Context, **given: Any) -> Session:
    found = remember(context, **given)
    terminal = Terminal(
        as_json=found["as_json"],
        colour=not found["no_color"],
        traceback=found["traceback"] or os.environ.get("RUNWATCH_TRACEBACK", "") not in {"", "0"},
    )
    return Session(terminal, found["workspace"])


def _perform(session: Session, work: Callable[[], None]) -> None:
    """Do the work of a command; what goes wrong becomes a line for people and an exit code for programs."""
    code = 0
    interrupts = Interrupts()
    try:
        with interrupts:
            try:
                work()
                sys.stdout.flush()
            finally:
                session.close()
    except BrokenPipeError:
        _abandon_output()
        code = EXIT_PIPE
    except KeyboardInterrupt:
        code = EXIT_INTERRUPTED
    except RunwatchError as error:
        _show_traceback(session, error)
        session.terminal.error(error.message or type(error).__name__, error.hint)
        code = EXIT_INTERRUPTED if interrupts.came else EXIT_ERROR
    except (typer.Exit, typer.Abort, typer.BadParameter):
        raise
    except Exception as error:
        _show_traceback(session, error)
        if interrupts.came:
            raise typer.Exit(EXIT_INTERRUPTED) from error
        session.terminal.error(
            f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no message'}",
            None if session.terminal.traceback else "This was not expected; --traceback shows where it happened.",
        )
        code = EXIT_ERROR
    if code:
        raise typer.Exit(code)


def _show_traceback(session: Session, error: BaseException) -> None:
    if session.terminal.traceback:
        for line in "".join(traceback.format_exception(error)).splitlines():
            sys.stderr.write(f"{plain(line)}\n")


def _abandon_output() -> None:
    """Let the interpreter's last flush go nowhere, instead of complaining about the closed pipe."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # standard output is no real file
        return
