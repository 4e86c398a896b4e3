"""``runwatch logs``: what a run printed, to its end or as it comes."""

from __future__ import annotations

import math
import re
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Final

import typer
from msgspec import Struct

from runwatch.cli.command.log_output import print_lines, print_matches, print_news
from runwatch.cli.lookup import find_run
from runwatch.cli.option import RunArgument
from runwatch.cli.session import Session
from runwatch.cli.terminal import Terminal
from runwatch.schema import limit
from runwatch.schema.artifact import Artifact, GetArtifact, ListArtifacts, ReadArtifact
from runwatch.schema.error import InvalidValueError, NotFoundError
from runwatch.schema.log import FollowLog, LogNews, LogPosition, ReadLog, SearchLog
from runwatch.schema.run import GetRun
from runwatch.store.log import alias
from runwatch.store.protocol import Store

if TYPE_CHECKING:
    from runwatch.store.log.reader import LogReader

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

_LINES: Final = re.compile(r"(?P<last>[0-9]{1,15})|(?P<first>[0-9]{1,15})-(?P<end>[0-9]{1,15})?")

EXIT_NO: Final = 1
"""As grep says that nothing was found."""

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
    lines: Annotated[
        str | None, typer.Option("--lines", "-n", metavar="N|A-B", help="Only the last N lines, or those from A to B.")
    ] = None,
    grep: Annotated[str | None, typer.Option("--grep", metavar="PATTERN", help="Only lines with this text.")] = None,
    regex: Annotated[bool, typer.Option("--regex", help="PATTERN is a regular expression (RE2).")] = False,
    ignore_case: Annotated[bool, typer.Option("--ignore-case", "-i", help="Capital or small, all the same.")] = False,
    times: Annotated[bool, typer.Option("--times", help="Each line with the time at which Runwatch saw it.")] = False,
    raw: Annotated[
        bool, typer.Option("--raw", help="Bytes as they are, with colours and every state of progress bars.")
    ] = False,
) -> None:
    """Print what a run printed, or search it."""
    terminal, store = session.terminal, session.store()
    chosen = parse_lines(lines)
    how = regex or ignore_case
    if raw and times:
        raise InvalidValueError("--raw gives the bytes of the file alone.", hint="Leave out --raw or --times.")
    _check(chosen, as_json=terminal.as_json, follow=follow, raw=raw, grep=grep is not None, how=how)
    run_id = find_run(store, run).run_id
    artifact = _await_console(terminal, store, run_id, file) if follow else _find_console(store, run_id, file)
    if artifact is None:
        raise NotFoundError(f"The run {run_id!r} has no console log.", hint=_other_logs(store, run_id))
    path = artifact.path
    if raw:
        offset = 0 if chosen.last is None else _tail_offset(store, artifact, chosen.last)
        _copy(_followed(terminal, store, run_id, path, offset) if follow else _parts(store, run_id, path, offset))
        return

    from runwatch.store.log.reader import LogReader

    reader = LogReader(store.artifacts, times=times)
    first, end = chosen.among(reader.read(ReadLog(run_id=run_id, path=path, count=0)).state.lines)
    request = ReadLog(run_id=run_id, path=path, first=first)
    if follow:
        news = _news(reader, store, request)
        print_news(terminal, reader, request, news, live=terminal.interactive, times=times)
    elif grep is None:
        print_lines(terminal, reader, request, end, times=times)
    else:
        search = SearchLog(run_id=run_id, path=path, pattern=grep, regex=regex, ignore_case=ignore_case, first=first)
        if not print_matches(terminal, reader, search, end, times=times):
            raise typer.Exit(EXIT_NO)


class Lines(Struct, frozen=True):
    """What ``--lines`` means.

    Attributes:
        last: So many at the end; or, if None,
        first: from this one on, counted from 0,
        end: up to this one, without it.
    """

    last: int | None = None
    first: int = 0
    end: int | None = None

    def among(self, lines: int) -> tuple[int, int]:
        """The first line and the one behind the last, of so many."""
        if self.last is not None:
            return max(0, lines - self.last), lines
        return self.first, lines if self.end is None else min(lines, self.end)


def parse_lines(words: str | None) -> Lines:
    """Read ``20``, ``120-140`` or ``120-``.

    Raises:
        InvalidValueError: It is none of these.
    """
    found = _LINES.fullmatch("1-" if words is None else words)
    if found is None or found["first"] == "0":
        raise InvalidValueError(
            f"{words!r:.80} are no lines.", hint="Give 20 for the last twenty, 120-140 for a range, 120- for the rest."
        )
    if found["last"] is not None:
        return Lines(last=int(found["last"]))
    return Lines(first=int(found["first"]) - 1, end=int(found["end"]) if found["end"] else None)


def _check(lines: Lines, *, as_json: bool, follow: bool, raw: bool, grep: bool, how: bool) -> None:
    """Refuse options that do not go together."""
    now = "Leave out --follow and --raw."
    if not (follow or raw):
        if how and not grep:
            raise InvalidValueError("There is nothing to search for.", hint="Give --grep PATTERN.")
    elif as_json:
        raise InvalidValueError("--json gives the log as it is now.", hint=now)
    elif grep or how:
        raise InvalidValueError("--grep searches the lines that are there.", hint=now)
    elif lines.last is None and lines != Lines():
        raise InvalidValueError("A range of lines is of the log as it is now.", hint=now)


def _find_console(store: Store, run_id: str, file: str | None) -> Artifact | None:
    """The artifact, or None if the run has no console (yet); a file asked for by name must be there."""
    if file is not None:
        return alias.get(store.artifacts, GetArtifact(run_id=run_id, path=file))
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


def _copy(source: Iterator[bytes]) -> None:
    for data in source:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def _news(reader: LogReader, store: Store, request: ReadLog) -> Iterator[LogNews]:
    """What comes from a line on, until the run has ended and the file is complete."""
    run_id, path = request.run_id, request.path
    after, patience = LogPosition(line=request.first), math.inf
    while True:
        ended = store.runs.get(GetRun(run_id=run_id)).status.is_terminal
        news = reader.follow(FollowLog(run_id=run_id, path=path, after=after))
        after = news.position
        yield news
        if news.lines or news.more:
            continue
        if ended:
            patience = min(patience, time.monotonic() + _LAST_WORDS_S)
            if news.state.sealed or time.monotonic() >= patience:
                return
        time.sleep(_POLL_S)
