"""How ``runwatch import`` is read: a command for each kind of source, and an archive of runs where none is named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import typer
from typer.core import TyperGroup

from runwatch.cli.option import ColourOption, JsonOption, TracebackOption, WorkspaceOption
from runwatch.cli.session import remember

ARCHIVE: Final = "archive"
"""The command that is meant by ``runwatch import PATH``."""

_WITH_VALUE: Final = frozenset({"-w", "--workspace"})


class ImportGroup(TyperGroup):
    """A group in which a first word that is no command is an argument of `ARCHIVE`."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Put the command in front where none is named; ``./azureml`` is a folder, ``azureml`` a command."""
        word = _first_word(args)
        if args and word not in self.commands and (word is not None or not set(args) & set(ctx.help_option_names)):
            args = [ARCHIVE, *args]
        return super().parse_args(ctx, args)


def options(
    context: typer.Context,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
    no_color: ColourOption = False,
    traceback: TracebackOption = False,
) -> None:
    """Options that may stand before the kind of source, too."""
    remember(context, workspace=workspace, as_json=as_json, no_color=no_color, traceback=traceback)


def _first_word(args: Sequence[str]) -> str | None:
    """The first argument that is no option, nor the value of one."""
    before = ""
    for word in args:
        if not word.startswith("-") and before not in _WITH_VALUE:
            return word
        before = word
    return None
