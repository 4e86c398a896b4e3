"""Hostile patterns and hostile logs: refused at once, or searched within the time that was given."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from runwatch.schema import limit
from runwatch.schema.artifact import AppendArtifact
from runwatch.schema.error import InvalidValueError, LimitError, RunwatchError
from runwatch.schema.log import LogMatches, ReadLog, SearchLog
from runwatch.store.log.plain import plain
from runwatch.store.log.reader import LogReader
from runwatch.store.log.sequence import strip
from runwatch.store.memory.store import MemoryStore
from runwatch.testing.sample import new_run

TIMEOUT_S = 0.5
PATIENCE_S = 5.0
"""What a search may take in the worst case on a busy machine: a backtracking engine would take years."""

LOGS = {
    "lines": b"some words and 1234 more words, aaaaaaaaaaaaaaaaaaaaaaaaaaaa!\n" * 60_000,
    "one line": b"a" * (4 << 20),
    "no end": b"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n" * 60_000,
    "empty lines": b"\n" * (2 << 20),
    "carriage returns": b"\r" * (2 << 20),
    "escapes": b"\x1b[31m" * 400_000 + b"a" + b"\x1b]" * 400_000 + b"b" + b"\x1b" * 400_000,
    "cursor": (b"\x1b[A" * 20 + b"\rx\n" * 19) * 4_000,
}


@pytest.fixture(scope="module")
def reader() -> Iterator[LogReader]:
    store = MemoryStore()
    new_run(store, run_id="r")
    for name, data in LOGS.items():
        offset = 0
        while offset < len(data):
            part = data[offset : offset + limit.PART_BYTES]
            store.artifacts.append(AppendArtifact(run_id="r", path=name, offset=offset, data=part))
            offset += len(part)
    yield LogReader(store.artifacts)
    store.close()


def timed(reader: LogReader, request: SearchLog) -> tuple[float, LogMatches | RunwatchError]:
    started = time.monotonic()
    try:
        answer: LogMatches | RunwatchError = reader.search(request)
    except RunwatchError as error:
        answer = error
    return time.monotonic() - started, answer


@pytest.mark.parametrize("name", LOGS)
@pytest.mark.parametrize(
    "pattern",
    [
        "(a*)*b",
        "(a|aa)+$",
        "(x+x+)+y",
        "(.*)(.*)(.*)(.*)(.*)[^a]q",
        "(.{1,99}x){2}",
        r"\b",
        "[a-q][^u-z]{13}x",
        r"(\pL{1,5}\s*){3}",
        r"\w+\d+\w+\d+!",
    ],
)
def test_search_keeps_to_its_time(reader: LogReader, name: str, pattern: str) -> None:
    request = SearchLog(run_id="r", path=name, pattern=pattern, regex=True, timeout_s=TIMEOUT_S)
    spent_s, answer = timed(reader, request)
    assert spent_s < TIMEOUT_S + PATIENCE_S
    if isinstance(answer, LogMatches):
        assert answer.next_line is None or answer.next_line > 0
    else:
        assert isinstance(answer, InvalidValueError | LimitError)


@pytest.mark.parametrize(
    "pattern",
    [
        "a" * 100_000,
        "(" * 100_000,
        "(" * 990,
        "[" * 990,
        "((a{100}){100}){100}",
        "(((a{30}){30}){30}){30}",
        r"\pL{300}",
        ".{999}.{999}",
        r"(a)\1",
        "(?<=a)b",
        "(?>a+)b",
        "a{1,99999}",
    ],
)
def test_what_is_too_much_is_refused_at_once(reader: LogReader, pattern: str) -> None:
    spent_s, answer = timed(reader, SearchLog(run_id="r", path="lines", pattern=pattern, regex=True))
    assert isinstance(answer, InvalidValueError | LimitError)
    assert answer.hint
    assert spent_s < 1.0


@pytest.mark.parametrize("name", LOGS)
def test_hostile_logs_are_read(reader: LogReader, name: str) -> None:
    page = reader.read(ReadLog(run_id="r", path=name, first=-50, count=50))
    assert page.state.size_bytes == len(LOGS[name])
    assert sum(line.end_offset - line.offset for line in page.lines) <= 50 * limit.LOG_LINE_BYTES
    assert reader.memory_bytes < 20 << 20


@pytest.mark.parametrize("unit", ["\x9d", "\x9b", "\x1b[", "\x1b]", "\x90a", "\x1b[1;", "\u202e", "\x1b"])
def test_control_characters_take_no_time_to_remove(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    started = time.monotonic()
    assert "\x1b" not in plain(text)
    strip(text.encode())
    assert time.monotonic() - started < 2.0  # a pattern that scans again from each one took six and a half seconds


def test_the_clock_of_this_test_can_catch_a_backtracking_engine() -> None:
    import re

    started = time.monotonic()
    assert re.match("(a|aa)+$", "a" * 30 + "!") is None
    assert time.monotonic() - started > 1e-3
