"""A log as people read it, over any store: lines by number or byte, what is new, and search."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeVar

from runwatch.schema import limit
from runwatch.schema.error import InvalidValueError, StoreUnavailableError
from runwatch.schema.log import FollowLog, LogMatches, LogNews, LogPage, LogPosition, ReadLog, SearchLog
from runwatch.store.log.cache import Entry, IndexCache
from runwatch.store.log.content import Content, ReplacedError
from runwatch.store.log.index import LineIndex
from runwatch.store.log.line import row_at
from runwatch.store.log.page import pages
from runwatch.store.log.pattern import compile_pattern
from runwatch.store.log.scan import Scan
from runwatch.store.log.times import Dates
from runwatch.store.log.view import View
from runwatch.store.protocol import ArtifactShelf

INDEX_BYTES: Final = 64 << 20
"""What indexes may take together: those of some hundred logs of 100 MB."""

_TRIES: Final = 5
"""A file that is replaced while it is read is read again."""

Answer = TypeVar("Answer")


class LogReader:
    """Reads, follows and searches the text files of runs; safe to use from any thread.

    Indexes are made when they are asked for and grow with their files; nothing is stored.

    Args:
        artifacts: The shelf of a store.
        index_bytes: What indexes may take in memory.
        times: Say when lines were seen, which takes one more look at the store; else ``at`` of each is None.
    """

    def __init__(self, artifacts: ArtifactShelf, index_bytes: int = INDEX_BYTES, *, times: bool = True) -> None:
        self._artifacts = artifacts
        self._times = times
        self._cache = IndexCache(index_bytes)

    @property
    def memory_bytes(self) -> int:
        """What the indexes take, about."""
        return self._cache.memory_bytes

    def read(self, request: ReadLog) -> LogPage:
        """Lines by number, or from a byte on.

        Raises:
            NotFoundError: There is no such run or file.
            InvalidValueError: The count is out of range, or the offset negative.
        """
        _check_count(request.count, 0)
        if request.offset is not None and request.offset < 0:
            raise InvalidValueError(f"{request.offset} is no byte of a file.", hint="Give an offset from the start.")
        return _steadily(lambda: self._read(request))

    def follow(self, request: FollowLog) -> LogNews:
        """What is new since an earlier answer; where nothing is, this costs one look at the artifact.

        Raises:
            NotFoundError: There is no such run or file.
            InvalidValueError: The count is out of range.
        """
        _check_count(request.count, 1)
        return _steadily(lambda: self._follow(request))

    def search(self, request: SearchLog) -> LogMatches:
        """Places where a pattern stands.

        Raises:
            NotFoundError: There is no such run or file.
            InvalidValueError: The pattern is wrong, or the first line negative.
            LimitError: The pattern is too large.
            ServiceException: A regular expression, and RE2 is not installed.
        """
        if request.first < 0 or not 0 <= request.limit <= limit.LOG_MATCHES:
            raise InvalidValueError(
                f"A search cannot begin at line {request.first} and give {request.limit} matches.",
                hint=f"Give a line from 0 on, and 0 to {limit.LOG_MATCHES:,} matches.",
            )
        pattern = compile_pattern(request)
        deadline = time.monotonic() + min(max(0.0, request.timeout_s), limit.SEARCH_S)

        def search() -> LogMatches:
            view = self._view(request, lambda index: (request.first, index.lines))
            lines = view.state.lines
            scan = Scan(pattern, request.limit, deadline)
            scan.run(pages(view.content, view.stretches))
            return LogMatches(
                matches=tuple(scan.matches),
                total=scan.total,
                next_line=None if scan.stopped is None or scan.stopped >= lines else scan.stopped,
                ticks=scan.ticks(lines),
                state=view.state,
                partial_line=scan.partial,
            )

        return _steadily(search)

    def _read(self, request: ReadLog) -> LogPage:
        if request.offset is None:
            view = self._view(request, lambda index: _range(index, request.first, request.count))
            return LogPage(lines=view.lines(limit.LOG_BYTES), state=view.state)
        offset = request.offset
        near = self._view(request, lambda index: index.near(offset))
        number = row_at(near.content, near.stretches, offset)
        first = near.state.lines if number is None else number
        view = self._view(request, lambda index: _range(index, first, request.count))
        return LogPage(lines=view.lines(limit.LOG_BYTES, offset), state=view.state)

    def _follow(self, request: FollowLog) -> LogNews:
        after = request.after
        with self._cache.held((request.run_id, request.path)) as entry:
            content = Content(self._artifacts, request.run_id, request.path)
            index = entry.catch_up(content)
            restarted = bool(after.version) and not _goes_on(content, after)
            first = _first_news(index, LogPosition() if restarted else after)
            end = first + request.count
            end = end if end < index.cursor else index.lines
            view = View(content, index, first, end, self._dates(entry, content, first, end))
        lines = view.lines(limit.LOG_BYTES)
        given = lines[-1].number + 1 if lines else view.cursor
        size_bytes, moved = view.state.size_bytes, restarted or after.byte != view.state.size_bytes
        position = LogPosition(
            line=min(given, view.cursor),
            byte=size_bytes,
            version=content.version,
            probe=content.probe(size_bytes) if moved or not after.probe else after.probe,
        )
        return LogNews(lines=lines, position=position, state=view.state, restarted=restarted, more=given < view.cursor)

    def _view(self, request: ReadLog | SearchLog, choose: Callable[[LineIndex], tuple[int, int]]) -> View:
        """The log as it is now, with the lines that are chosen."""
        with self._cache.held((request.run_id, request.path)) as entry:
            content = Content(self._artifacts, request.run_id, request.path)
            index = entry.catch_up(content)
            first, end = choose(index)
            dates = self._dates(entry, content, first, end) if isinstance(request, ReadLog) else None
            return View(content, index, first, end, dates)

    def _dates(self, entry: Entry, content: Content, first: int, end: int) -> Dates | None:
        """When lines were seen, if there are any to say it of."""
        return entry.times.catch_up(self._artifacts, content.artifact) if self._times and first < end else None


def _goes_on(content: Content, after: LogPosition) -> bool:
    """Whether this is the file of an earlier answer, or its like."""
    if after.byte > content.artifact.size_bytes:
        return False
    return after.version == content.version or after.probe == content.probe(after.byte)


def _first_news(index: LineIndex, after: LogPosition) -> int:
    """The first line that an earlier answer did not have, or had otherwise."""
    if after.byte < index.size_bytes or not after.version:
        return min(after.line, index.lowest_since(after.byte))
    return after.line if after.line < index.cursor else index.lines


def _range(index: LineIndex, first: int, count: int) -> tuple[int, int]:
    begin = first if first >= 0 else max(0, index.lines + first)
    return begin, min(index.lines, begin + count)


def _steadily(read: Callable[[], Answer]) -> Answer:
    """Read again what was replaced meanwhile."""
    for _ in range(_TRIES):
        with suppress(ReplacedError):
            return read()
    raise StoreUnavailableError(
        "The file is being replaced all the time.", hint="Let only one process write it, then try again."
    )


def _check_count(count: int, least: int) -> None:
    if not least <= count <= limit.LOG_LINES:
        raise InvalidValueError(
            f"{count} lines cannot be read at once.", hint=f"Give a count of {least} to {limit.LOG_LINES:,}."
        )
