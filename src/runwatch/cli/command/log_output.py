"""How ``runwatch logs`` prints: lines, what is new of them, and matches."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from runwatch.cli import figure
from runwatch.cli.terminal import Terminal
from runwatch.cli.text import plain
from runwatch.schema import limit
from runwatch.schema.log import LogLine, LogMatch, LogNews, LogPage, ReadLog, SearchLog

if TYPE_CHECKING:
    from runwatch.store.log.reader import LogReader

_LIVE_ROWS: Final = 10
"""Of the lines that may still change, so many are drawn: more than nested progress bars have."""


def print_lines(terminal: Terminal, reader: LogReader, request: ReadLog, end: int, *, times: bool) -> None:
    """Print the lines from the request's first up to and without one, or all of them as one JSON document.

    Args:
        terminal: Where to.
        reader: Reads them.
        request: Which file, and the first line.
        end: The line behind the last one.
        times: Each with the time at which it was seen.
    """
    if not terminal.as_json:
        printed = dated = 0
        for line in _lines(reader, request, end):
            _print_whole(terminal, reader, request, line, times=times)
            printed, dated = printed + 1, dated + (line.at is not None)
        if times and printed and not dated:
            terminal.note("When these lines were written is not known: nobody followed the file while it grew.")
        return
    state = reader.read(replace(request, count=0)).state
    texts: list[str] = []
    ats: list[float | None] = []
    for line in _lines(reader, request, end):
        texts += [part.text for part in _whole(reader, request, line)]
        texts.append("\n" if line.complete else "")
        ats.append(line.at)
    terminal.json(
        {
            "run_id": request.run_id,
            "path": request.path,
            "size_bytes": state.size_bytes,
            "sealed": state.sealed,
            "lines": state.lines,
            "first_line": request.first + 1,
            "text": "".join(texts),
        }
        | ({"at": ats} if times else {})
    )


def print_news(
    terminal: Terminal, reader: LogReader, request: ReadLog, source: Iterable[LogNews], *, live: bool, times: bool
) -> None:
    """Print lines once they are settled; on a screen the others are drawn below and rewritten in place.

    Args:
        terminal: Where to.
        reader: Reads the rest of lines that are cut.
        request: Which file, and the first line that is wanted.
        source: What comes.
        live: It is a screen.
        times: Each with the time at which it was seen.
    """
    pending: list[LogLine] = []
    drawn: list[str] = []
    first = request.first
    for news in source:
        if news.restarted:
            terminal.note("The file was written anew.")
            first, pending = 0, []
        for line in news.lines:
            if line.number >= first:
                pending[line.number - first :] = [line, *pending[line.number - first + 1 :]]
        ready = min(len(pending), max(0, news.state.settled - first))
        settled, pending, first = pending[:ready], pending[ready:], first + ready
        state = [_fitting(terminal, _time(line, times) + line.text) for line in pending[-_LIVE_ROWS:]] if live else []
        changed = bool(settled) or state != drawn
        _erase(drawn if changed else [])
        for line in settled:
            _print_whole(terminal, reader, request, line, times=times)
        sys.stdout.write("\n".join(state) if changed else "")
        sys.stdout.flush()
        drawn = state
    _erase(drawn)
    for line in pending:
        _print_whole(terminal, reader, request, line, times=times)


def print_matches(terminal: Terminal, reader: LogReader, request: SearchLog, end: int, *, times: bool) -> bool:
    """Print every line that has a match, with its number and perhaps its time, or the matches as JSON; whether any."""
    matches: list[dict[str, Any]] | None = [] if terminal.as_json else None
    last, found_any = -1, False
    line = ReadLog(run_id=request.run_id, path=request.path, count=1)
    found: LogLine | None = None
    for match in _matches(reader, request, end):
        found_any = True
        if times and match.line != last:
            found = next(iter(reader.read(replace(line, first=match.line)).lines), None)
        if matches is not None:
            matches.append(_counted_from_one(match) | ({"at": found.at if found else None} if times else {}))
        elif match.line != last:
            number = terminal.paint(f"{match.line + 1}:", "dim")
            seen = terminal.paint(_time(found, times), "dim")
            terminal.line(f"{number} {seen}{'…' if match.excerpt_column else ''}{plain(match.excerpt)}")
        last = match.line
    if matches is not None:
        terminal.json({"run_id": request.run_id, "path": request.path, "pattern": request.pattern, "matches": matches})
    return found_any


def _lines(reader: LogReader, request: ReadLog, end: int) -> Iterator[LogLine]:
    first = request.first
    while first < end:
        page: LogPage = reader.read(replace(request, first=first, count=min(limit.LOG_LINES, end - first)))
        if not page.lines:
            return
        yield from page.lines
        first = page.lines[-1].number + 1


def _whole(reader: LogReader, request: ReadLog, line: LogLine) -> Iterator[LogLine]:
    """A line in its parts."""
    yield line
    while line.cut:
        rest = reader.read(replace(request, offset=line.end_offset, count=1)).lines
        if not rest or rest[0].number != line.number or rest[0].end_offset <= line.end_offset:
            return
        line = rest[0]
        yield line


def _print_whole(terminal: Terminal, reader: LogReader, request: ReadLog, line: LogLine, *, times: bool) -> None:
    if times:
        sys.stdout.write(terminal.paint(_time(line, times), "dim"))
    for part in _whole(reader, request, line):
        sys.stdout.write(plain(part.text))
    terminal.line()


def _time(line: LogLine | None, times: bool) -> str:
    """When a line was seen, as wide for each; nothing if no times are wanted."""
    if not times:
        return ""
    return f"{figure.moment(line.at) if line is not None and line.at is not None else '':19}  "


def _matches(reader: LogReader, request: SearchLog, end: int) -> Iterator[LogMatch]:
    """All matches before a line; of a line with very many of them, perhaps not all."""
    first: int | None = request.first
    while first is not None and first < end:
        found = reader.search(
            replace(request, first=first, limit=limit.LOG_MATCHES, timeout_s=float(limit.SEARCH_S))
        )  # fmt: skip
        for match in found.matches:
            if match.line >= end:
                return
            yield match
        first = found.matches[-1].line + 1 if found.total > len(found.matches) else found.next_line


def _counted_from_one(match: LogMatch) -> dict[str, Any]:
    return {
        "line": match.line + 1,
        "column": match.column + 1,
        "end_column": match.end_column + 1,
        "offset": match.offset,
        "excerpt": match.excerpt,
    }


def _erase(drawn: list[str]) -> None:
    """Take lines that were drawn off the screen again."""
    if drawn:
        sys.stdout.write("\r\x1b[K" if len(drawn) == 1 else f"\r\x1b[{len(drawn) - 1}A\x1b[J")


def _fitting(terminal: Terminal, text: str) -> str:
    return figure.cut(plain(text).replace("\t", " "), max(1, (terminal.width or 80) - 1))
