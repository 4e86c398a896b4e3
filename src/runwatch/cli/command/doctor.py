"""``runwatch doctor``: where the workspace is, whether it is well, and what this machine lets Runwatch do."""

from __future__ import annotations

import importlib
import platform
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import typer
from msgspec import Struct

from runwatch.cli import figure
from runwatch.cli.session import EXIT_ERROR, Session
from runwatch.cli.terminal import Terminal
from runwatch.cli.text import visible
from runwatch.schema import limit
from runwatch.schema.error import RunwatchError, WorkspaceNotFoundError

Level = Literal["ok", "note", "problem"]


class Finding(Struct, frozen=True):
    """One thing that was looked at.

    Attributes:
        subject: What was looked at.
        level: ``problem`` makes the command fail.
        text: What was found.
        hint: What to do about it.
    """

    subject: str
    level: Level
    text: str
    hint: str = ""


def doctor(
    session: Session,
    limits: Annotated[bool, typer.Option("--limits", help="Print every limit instead.")] = False,
) -> None:
    """Say where the workspace is and whether all is well."""
    terminal = session.terminal
    if limits:
        _show_limits(terminal)
        return
    location, reason = session.location()
    findings = [
        *_versions(),
        *_original(),
        Finding("workspace", "ok", f"{location} ({reason})"),
        *_workspace(session, location),
        *_machine(),
    ]
    failed = any(finding.level == "problem" for finding in findings)
    if terminal.as_json:
        terminal.json({"location": location, "reason": reason, "healthy": not failed, "findings": findings})
    else:
        for finding in findings:
            _show(terminal, finding)
    if failed:
        raise typer.Exit(EXIT_ERROR)


def _show_limits(terminal: Terminal) -> None:
    table = limit.table()
    if terminal.as_json:
        terminal.json(table)
    else:
        terminal.fields([(name, f"{value:,}") for name, value in table.items()], indent="")


def _show(terminal: Terminal, finding: Finding) -> None:
    signs = {"ok": ("✓", "green"), "note": ("!", "yellow"), "problem": ("✗", "red")}
    sign, style = signs[finding.level]
    sign = sign if terminal.unicode else {"ok": "+", "note": "!", "problem": "x"}[finding.level]
    terminal.line(f"{terminal.paint(sign, style)} {finding.subject}: {visible(finding.text)}")
    if finding.hint:
        terminal.line(f"  {visible(finding.hint)}")


def _versions() -> Iterator[Finding]:
    from runwatch import __version__

    parts = f"runwatch {__version__}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    yield Finding("versions", "ok", f"{parts}, {platform.platform(terse=True)}")


def _original() -> Iterator[Finding]:
    """Whether the import names of the Azure ML SDK v1 are ours, where they are to be: our package cannot say it."""
    from importlib import metadata, util

    try:
        version = metadata.version("runwatch-azureml")
    except metadata.PackageNotFoundError:
        return
    found = util.find_spec("azureml")
    folder = Path(found.origin).parent if found is not None and found.origin else None
    if folder is not None and (folder / "_guard.py").is_file():
        yield Finding("azureml", "ok", f"runwatch-azureml {version} stands in for the Azure ML SDK")
    else:
        hint = "Uninstall the azureml-… packages, then 'pip install --force-reinstall --no-deps runwatch-azureml'."
        yield Finding("azureml", "problem", f"{folder or 'nothing'} is imported instead of runwatch-azureml", hint)


def _workspace(session: Session, location: str) -> Iterator[Finding]:
    if "://" not in location:
        yield from _file_system(Path(location))
    try:
        info = session.store().info()
    except WorkspaceNotFoundError:
        yield Finding(
            "store", "note", "nothing has been recorded here yet", "The first run makes it, or 'runwatch demo'."
        )
        return
    except RunwatchError as error:
        yield Finding("store", "problem", error.message, error.hint or "")
        return
    size = f", {figure.size(info.size_bytes)}" if info.size_bytes else ""
    yield Finding("store", "ok", f"{info.backend} of version {info.version}, {figure.plural(info.runs, 'run')}{size}")
    yield from _health(session)
    yield from _journals(location)


def _file_system(folder: Path) -> Iterator[Finding]:
    from runwatch.store.sql.filesystem import MOUNTS, filesystem_of, is_network

    try:
        kind = filesystem_of(folder.resolve(), MOUNTS.read_text(encoding="utf-8", errors="surrogateescape"))
    except OSError:
        kind = ""  # no such table on this system
    if not kind:
        yield Finding("file system", "note", "its kind is not known here")
    elif is_network(kind):
        hint = "Keep the workspace on a local disk: SQLite files are damaged on shared ones."
        yield Finding("file system", "problem", f"{kind}, which several machines may share", hint)
    else:
        yield Finding("file system", "ok", f"{kind}, local")


def _health(session: Session) -> Iterator[Finding]:
    from runwatch.store.sql.store import SqlStore

    store = session.store()
    if not isinstance(store, SqlStore):
        return
    problems = store.check()
    for problem in problems:
        yield Finding("data", "problem", problem, "Copy the workspace folder before you do anything else.")
    if not problems:
        yield Finding("data", "ok", "undamaged")


def _journals(location: str) -> Iterator[Finding]:
    from runwatch.sdk.watcher.sync import unshipped

    named: dict[str, list[str]] = {"live": [], "waiting": [], "parked": [], "unreadable": []}
    for entry in unshipped(location):
        named[entry.state].append(entry.run_id)
    if not any(named.values()):
        yield Finding("journals", "ok", "nothing waits to be shipped")
    if live := named["live"]:
        yield Finding("journals", "ok", f"{figure.plural(len(live), 'run')} being recorded now")
    if waiting := named["waiting"]:
        text = f"{figure.plural(len(waiting), 'run')} that nobody ships now ({_some(waiting)})"
        yield Finding("journals", "note", text, "'runwatch sync' brings them into the workspace.")
    if parked := named["parked"]:
        text = f"{figure.plural(len(parked), 'run')} deleted before all was shipped ({_some(parked)})"
        yield Finding("journals", "note", text, "'runwatch gc --parked' removes what is left of them.")
    if unreadable := named["unreadable"]:
        text = f"{figure.plural(len(unreadable), 'folder')} whose manifest is damaged ({_some(unreadable)})"
        yield Finding("journals", "problem", text, "'runwatch sync' says what is wrong with each.")


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "")


def _machine() -> Iterator[Finding]:
    for name, module, slower in (
        ("journal writer", "runwatch.journal._native", "Logging works and costs about a microsecond more per call"),
        ("charts", "runwatch.series._native", "Charts work, and one of many long series takes up to twice as long"),
    ):
        try:
            importlib.import_module(module)
            yield Finding(name, "ok", "native")
        except ImportError as error:
            text = f"the Python one, since the native one does not load ({error})"
            yield Finding(name, "note", text, f"{slower}; install a wheel for this platform.")
    from runwatch.sdk.watcher.gpu import Gpus

    gpus = Gpus()
    try:
        seen = {name.partition("_")[0] for name in gpus.sample()}
    finally:
        gpus.close()
    yield Finding("GPUs", "ok", f"{len(seen)} seen" if seen else "none seen by NVIDIA's library")
    if sys.stdout.encoding and not sys.stdout.encoding.lower().startswith("utf"):
        yield Finding("terminal", "note", f"its encoding is {sys.stdout.encoding}: no symbols and no curves")
