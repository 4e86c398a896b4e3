"""``runwatch logs``: what a run printed, to its end or as it comes."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import Annotated, Final

import typer

from runwatch.cli import figure
from runwatch.cli.lookup import find_run
from runwatch.cli.option import RunArgument
from runwatch.cli.session import Session
from runwatch.cli.terminal import Terminal
from runwatch.cli.text import LogText
from runwatch.schema import limit
from runwatch.schema.artifact import Artifact, GetArtifact, ListArtifacts, ReadArtifact
from runwatch.schema.error import InvalidValueError, NotFoundError
from runwatch.schema.run import GetRun
from runwatch.store.protocol import Store

CONSOLES: Final = (
    "logs/user_log.txt",
    "azureml-logs/70_driver_log.txt",
    "user_logs/std_log.txt",
    "azureml-logs/80_driver_log.txt",
    "azureml-logs/60_control_log.txt",
)
"""Where a run's console may be, the script's own first."""

_POLL_S: Final = 0.5
"""Watchers ship twice a second: asking more often finds nothing new."""

_LAST_WORDS_S: Final = 10.0
"""How long after the end of a run its console may still be on its way: what a process waits for its watcher."""

_TAIL_BYTES: Final = 64 << 10
"""First guess of what the last lines take."""


def logs(
    session: Session,
    run: RunArgument,
    file: Annotated[
        str | None,
        typer.Argument(metavar="FILE", help="Another file than the console, e.g. logs/azureml/azureml.log."),
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the run ends.")] = False,
    lines: Annotated[int | None, typer.Option("--lines", "-n", metavar="N", min=0, help="Only the last lines.")] = None,
    raw: Annotated[
        bool, typer.Option("--raw", help="Bytes as they are, with colours and every state of progress bars.")
    ] = False,
) -> None:
    """Print what a run printed."""
    terminal, store = session.terminal, session.store()
    if terminal.as_json and (follow or raw):
        raise InvalidValueError("--json gives the log as it is now.", hint="Leave out --follow and --raw.")
    run_id = find_run(store, run).run_id
    artifact = _await_console(terminal, store, run_id, file) if follow else _find_console(store, run_id, file)
    if artifact is None:
        raise NotFoundError(f"The run {run_id!r} has no console log.", hint=_other_logs(store, run_id))
    path, offset = artifact.path, 0 if lines is None else _tail_offset(store, artifact, lines)
    if terminal.as_json:
        text = b"".join(_parts(store, run_id, path, offset)).decode("utf-8", "replace")
        terminal.json({"run_id": run_id, "path": path, "size_bytes": artifact.size_bytes, "text": text})
        return
    source = _followed(terminal, store, run_id, path, offset) if follow else _parts(store, run_id, path, offset)
    if raw:
        for data in source:
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
    else:
        print_lines(terminal, source, live=follow and terminal.interactive)


def _find_console(store: Store, run_id: str, file: str | None) -> Artifact | None:
    """The artifact, or None if the run has no console (yet); a file asked for by name must be there."""
    if file is not None:
        return store.artifacts.get(GetArtifact(run_id=run_id, path=file))
    for path in CONSOLES:
        try:
            return store.artifacts.get(GetArtifact(run_id=run_id, path=path))
        except NotFoundError:
            continue
    return None


def _await_console(terminal: Terminal, store: Store, run_id: str, file: str | None) -> Artifact | None:
    told = False
    while True:
        ended = store.runs.get(GetRun(run_id=run_id)).status.is_terminal
        try:
            found = _find_console(store, run_id, file)
        except NotFoundError:
            if ended:
                raise
            found = None
        if found is not None or ended:
            return found
        if not told:
            terminal.note("Waiting for the run to print …")
            told = True
        time.sleep(_POLL_S)


def _other_logs(store: Store, run_id: str) -> str:
    named = [
        artifact.path
        for folder in ("logs/", "azureml-logs/", "user_logs/", "system_logs/")
        for artifact in store.artifacts.list(ListArtifacts(run_id=run_id, prefix=folder, limit=10)).artifacts
    ]
    return f"Name one of its logs: {', '.join(named[:10])}" if named else "It has no other logs either."


def _parts(store: Store, run_id: str, path: str, offset: int) -> Iterator[bytes]:
    while True:
        part = store.artifacts.read(ReadArtifact(run_id=run_id, path=path, offset=offset, count=limit.PART_BYTES))
        if not part.data:
            return
        yield part.data
        offset = part.offset + len(part.data)


def _followed(terminal: Terminal, store: Store, run_id: str, path: str, offset: int) -> Iterator[bytes]:
    """The bytes of a file as they come, until its run has ended and the file is complete."""
    patience: float | None = None
    while True:
        ended = store.runs.get(GetRun(run_id=run_id)).status.is_terminal
        part = store.artifacts.read(ReadArtifact(run_id=run_id, path=path, offset=offset, count=limit.PART_BYTES))
        if part.artifact.size_bytes < offset:
            terminal.note("The file was written anew.")
            offset = 0
            continue
        if part.data:
            offset = part.offset + len(part.data)
            yield part.data
            continue
        if ended and part.artifact.sealed:
            return
        if ended:
            patience = time.monotonic() + _LAST_WORDS_S if patience is None else patience
            if time.monotonic() >= patience:
                return
        yield b""
        time.sleep(_POLL_S)


def _tail_offset(store: Store, artifact: Artifact, lines: int) -> int:
    """Where the last lines begin; a line end at the very end begins no further line."""
    size, reach = artifact.size_bytes, min(_TAIL_BYTES, limit.PART_BYTES)
    start, tail = size, b""
    while start > 0 and (tail[:-1].count(b"\n") < lines or not tail):
        count = min(reach, start)
        part = store.artifacts.read(
            ReadArtifact(run_id=artifact.run_id, path=artifact.path, offset=start - count, count=count)
        )
        start, tail = start - count, part.data + tail
        reach = min(reach * 2, limit.PART_BYTES)
    if lines == 0:
        return size
    ends = tail[:-1].count(b"\n") - lines
    if ends < 0:
        return start
    place = -1
    for _ in range(ends + 1):
        place = tail.index(b"\n", place + 1)
    return start + place + 1


def print_lines(terminal: Terminal, source: Iterator[bytes], *, live: bool) -> None:
    """Lines made safe; on a screen, the unfinished one (a progress bar) is shown and rewritten in place."""
    text, shown = LogText(), ""
    for data in source:
        lines = text.feed(data)
        state = _fitting(terminal, text.state) if live else ""
        if shown and (lines or state != shown):
            sys.stdout.write("\r\x1b[K")
        for line in lines:
            terminal.line(line)
        if state and (lines or state != shown):
            sys.stdout.write(state)
        shown = state
        sys.stdout.flush()
    if shown:
        sys.stdout.write("\r\x1b[K")
    for line in text.close():
        terminal.line(line)


def _fitting(terminal: Terminal, state: str) -> str:
    return figure.cut(state.replace("\t", " "), max(1, (terminal.width or 80) - 1))
