"""``runwatch azureml check``: what of scripts and notebooks for the Azure ML SDK v1 works here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from runwatch.cli import figure
from runwatch.cli.session import EXIT_ERROR, Session
from runwatch.cli.terminal import Terminal
from runwatch.cli.text import visible
from runwatch.importers.azureml.checker import Report, Use
from runwatch.importers.azureml.checker import check as check_files
from runwatch.importers.azureml.judge import Verdict

_STYLES = {Verdict.WORKS: "green", Verdict.DIFFERS: "yellow", Verdict.ABSENT: "red"}


def check(
    session: Session,
    paths: Annotated[list[Path], typer.Argument(metavar="FILE|FOLDER...", help="Scripts, notebooks, folders of them.")],
    every: Annotated[bool, typer.Option("--all", help="Show the uses that work, too.")] = False,
) -> None:
    """Say what of the original each file uses and whether it works; nothing is run.

    The exit code is 1 if something is not supported or a file cannot be read.
    """
    report = check_files(paths)
    terminal = session.terminal
    if terminal.as_json:
        terminal.json({"files": report.files, "uses": report.uses, "unread": report.unread, **_counts(report)})
    else:
        _show(terminal, report, every)
    if report.of(Verdict.ABSENT) or report.unread:
        raise typer.Exit(EXIT_ERROR)


def _counts(report: Report) -> dict[str, int]:
    return {verdict.name.lower(): len(report.of(verdict)) for verdict in Verdict}


def _show(terminal: Terminal, report: Report, every: bool) -> None:
    for use in report.uses:
        if every or use.verdict is not Verdict.WORKS:
            terminal.line(_line(terminal, use))
    for unread in report.unread:
        terminal.line(f"{visible(unread.place)}: {terminal.paint('not read', 'red')}: {visible(unread.why)}")
    counts = ", ".join(f"{len(report.of(verdict))} {_plural(verdict, len(report.of(verdict)))}" for verdict in Verdict)
    uses = figure.plural(len(report.uses), "use")
    terminal.line(f"{figure.plural(report.files, 'file')}, {uses} of the Azure ML SDK: {counts}.")


def _plural(verdict: Verdict, count: int) -> str:
    return verdict.value if count == 1 or verdict is Verdict.ABSENT else verdict.value.replace("works", "work")


def _line(terminal: Terminal, use: Use) -> str:
    note = f": {visible(use.note)}" if use.note else ""
    return f"{visible(use.place)}: {visible(use.name)} {terminal.paint(use.verdict.value, _STYLES[use.verdict])}{note}"
