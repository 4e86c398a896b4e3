"""``%runwatch`` and ``%%runwatch``: the workspace in a notebook, and a cell recorded as a run."""

from __future__ import annotations

import argparse
import ast
import os
import shlex
from typing import Any, Final, NoReturn

from runwatch.schema.error import UserErrorException
from runwatch.sdk.experiment import Experiment
from runwatch.sdk.workspace import Workspace

EXPERIMENT_VARIABLE: Final = "RUNWATCH_EXPERIMENT"
_HELP: Final = "%%runwatch [experiment] [--name NAME] [--tag key=value]"


def load(shell: Any) -> None:
    """Make the magics known to an IPython."""

    def runwatch(line: str, cell: str | None = None) -> Any:
        """Show the workspace; above a cell: record it as a run."""
        return Workspace.from_config() if cell is None else record(shell, line, cell)

    shell.register_magic_function(runwatch, "line_cell", "runwatch")


def record(shell: Any, line: str, cell: str) -> Any:
    """Run a cell as a run; it is ``run`` in the cell's names, and what the cell prints is its log.

    Args:
        shell: The IPython.
        line: What stands behind ``%%runwatch``.
        cell: The code. What it raises is raised, and fails the run.

    Returns:
        The value of its last line, if that is an expression.
    """
    given = _parse(line)
    body, last = _compiled(shell, cell)
    experiment = Experiment(Workspace.from_config(), given.experiment)
    tags = dict(_pair(tag) for tag in given.tag)
    with experiment.start_logging(display_name=given.name, tags=tags, outputs=None) as run:
        names = shell.user_ns
        names["run"] = run
        exec(body, names)  # noqa: S102 (the user's own cell)
        return None if last is None else eval(last, names)  # noqa: S307 (likewise)


def _compiled(shell: Any, cell: str) -> tuple[Any, Any]:
    """The code of a cell, and that of its last line if it is an expression whose value is shown."""
    code = shell.transform_cell(cell)
    tree = ast.parse(code)
    name = shell.compile.cache(code, shell.execution_count)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not code.rstrip().endswith(";"):
        final = tree.body.pop()
        assert isinstance(final, ast.Expr)
        last = compile(ast.Expression(final.value), name, "eval")
    return compile(tree, name, "exec"), last


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UserErrorException(f"%%runwatch was not understood: {message}.", hint=f"Write {_HELP}.")


def _parse(line: str) -> argparse.Namespace:
    parser = _Parser(prog="%%runwatch", add_help=False)
    parser.add_argument("experiment", nargs="?", default=os.environ.get(EXPERIMENT_VARIABLE) or "notebook")
    parser.add_argument("--name")
    parser.add_argument("--tag", action="append", default=[])
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise UserErrorException(f"%%runwatch was not understood: {error}.", hint=f"Write {_HELP}.") from error
    return parser.parse_args(words)


def _pair(tag: str) -> tuple[str, str | None]:
    key, equals, value = tag.partition("=")
    return key, value if equals else None
