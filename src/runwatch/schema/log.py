"""What a log is as people read it - lines, collapsed progress bars, matches - and the requests for it."""

from __future__ import annotations

from msgspec import Struct


class ReadLog(Struct, frozen=True, kw_only=True):
    """Lines of a text file of a run, by their numbers or from a byte on.

    Attributes:
        run_id: The run.
        path: The artifact, e.g. ``logs/user_log.txt``.
        first: The first line, counted from 0; negative counts from the end: -200 gives the last 200.
        count: At most so many lines, 0 to `limit.LOG_LINES`. Fewer come where they take more than `limit.LOG_BYTES`.
        offset: Instead of ``first``: begin with the line that holds this byte of the file, at this byte. So is the rest
            of a line read that was cut.
    """

    run_id: str
    path: str
    first: int = 0
    count: int = 200
    offset: int | None = None


class LogLine(Struct, frozen=True, kw_only=True):
    """One line as a terminal shows it in the end.

    Attributes:
        number: Counted from 0; it never changes.
        offset: The byte of the file at which ``text`` begins.
        end_offset: The byte behind ``text``; the rest of a cut line is read from here.
        text: Without its line end, colours and other control sequences as they are; bytes that are no UTF-8 are
            replaced by U+FFFD, here only.
        size_bytes: What the shown line takes in the file, cut or not.
        complete: Its end has come. A complete line changes only if the cursor moves up to it.
        cut: There is more of the line behind ``text``.
        at: When the byte at ``offset`` was first seen, seconds UTC: at most about a second and a half after it was
            written, later if no watcher was there then. None where that is not known, as in files uploaded whole.
    """

    number: int
    offset: int
    end_offset: int
    text: str
    size_bytes: int
    complete: bool
    cut: bool = False
    at: float | None = None


class LogState(Struct, frozen=True, kw_only=True):
    """What a log is by now.

    Attributes:
        lines: How many lines it has; an unfinished last one counts.
        size_bytes: How many bytes.
        settled: Lines before this number will hardly change any more; those from it on may be overwritten.
        sealed: Nothing will be added: following ends.
        version: Another one means another file: it was replaced, and numbers and offsets are void.
        changed_at: When bytes last came, seconds UTC.
    """

    lines: int
    size_bytes: int
    settled: int
    sealed: bool
    version: str
    changed_at: float


class LogPage(Struct, frozen=True, kw_only=True):
    """Lines of a log.

    Attributes:
        lines: In the order of their numbers, without gaps.
        state: What the log was when they were read.
    """

    lines: tuple[LogLine, ...]
    state: LogState


class SearchLog(Struct, frozen=True, kw_only=True):
    """Find text in a log. A match lies within one line; see ``docs/log.md``.

    Attributes:
        run_id: The run.
        path: The artifact.
        pattern: What to look for, at most `limit.PATTERN_CHARS`.
        regex: It is a regular expression in the syntax of RE2; else it means itself.
        ignore_case: Capital and small letters are alike.
        first: The line to begin with; an answer that stopped early is continued from its ``next_line``.
        limit: How many matches come with their excerpts, at most `limit.LOG_MATCHES`; all are counted.
        timeout_s: Stop after so long, at most `limit.SEARCH_S`.
    """

    run_id: str
    path: str
    pattern: str
    regex: bool = False
    ignore_case: bool = False
    first: int = 0
    limit: int = 100
    timeout_s: float = 2.0


class LogMatch(Struct, frozen=True, kw_only=True):
    """One place where the pattern stands.

    Attributes:
        line: The line's number, counted from 0.
        offset: The byte of the file at which the match begins.
        column: The match's first character in the line without control sequences, counted from 0 in code points.
        end_column: The character behind its last one.
        excerpt: Text around it, without control sequences.
        excerpt_column: The column at which the excerpt begins.
    """

    line: int
    offset: int
    column: int
    end_column: int
    excerpt: str
    excerpt_column: int = 0


class LogMatches(Struct, frozen=True, kw_only=True):
    """What a search found.

    Attributes:
        matches: The first ones, in order.
        total: How many there are in the lines looked through.
        next_line: The first line that was not looked through; None if all were. Reasons to stop early are the time and
            `limit.LOG_TOTAL` matches.
        partial_line: A line so long that the time was up within it; ``next_line`` is the one behind it.
        ticks: Where matches stand, as line number divided by the number of lines, ascending, without repeats; at
            most `limit.LOG_TICKS`, spread over all that were found.
        state: What the log was.
    """

    matches: tuple[LogMatch, ...]
    total: int
    next_line: int | None
    ticks: tuple[float, ...]
    state: LogState
    partial_line: int | None = None


class LogPosition(Struct, frozen=True, kw_only=True):
    """How far a follower has read; only what an answer gave is of use.

    Attributes:
        line: The line that was being written.
        byte: How many bytes were known.
        version: Of which file.
        probe: A digest of the bytes before ``byte``: it tells a file that was replaced by its like from another one.
    """

    line: int = 0
    byte: int = 0
    version: str = ""
    probe: str = ""


class FollowLog(Struct, frozen=True, kw_only=True):
    """What is new in a log since an earlier answer.

    Attributes:
        run_id: The run.
        path: The artifact.
        after: The earlier answer's ``position``; the default follows from the beginning.
        count: At most so many lines, 1 to `limit.LOG_LINES`; the rest comes with the next call.
    """

    run_id: str
    path: str
    after: LogPosition = LogPosition()
    count: int = 1_000


class LogNews(Struct, frozen=True, kw_only=True):
    """What is new in a log.

    Attributes:
        lines: They take the place of all that is known from the first one's number on.
        position: What to send next time.
        restarted: The file is another one than before: forget all lines of it.
        more: There is more already; call again at once.
        state: What the log is.
    """

    lines: tuple[LogLine, ...]
    position: LogPosition
    state: LogState
    restarted: bool = False
    more: bool = False

    @property
    def ended(self) -> bool:
        """Whether nothing will follow."""
        return self.state.sealed and not self.more
