"""Search finds what is shown, places it in line and file, and stops and goes on where it is told to."""

from __future__ import annotations

import builtins
import sys
from typing import Any

import pytest

from runwatch.schema import limit
from runwatch.schema.error import InvalidValueError, LimitError, ServiceException
from runwatch.store.log import page as pages
from runwatch.store.log.row import BLOCK_ROWS
from tests.unit.store.log.conftest import Log


def places(log: Log, pattern: str, **words: Any) -> list[tuple[int, int, int]]:
    return [(match.line, match.column, match.end_column) for match in log.search(pattern, **words).matches]


def test_a_text_means_itself(log: Log) -> None:
    log.append(b"a.c abc\n(a.c)\nabc")
    assert places(log, "a.c") == [(0, 0, 3), (1, 1, 4)]
    assert places(log, "A.C") == []
    assert places(log, "A.C", ignore_case=True) == [(0, 0, 3), (1, 1, 4)]
    assert places(log, "ABC", ignore_case=True) == [(0, 4, 7), (2, 0, 3)]


def test_a_regular_expression(log: Log) -> None:
    log.append(b"loss=0.5\nval loss=12\n\nend")
    assert places(log, r"loss=[\d.]+", regex=True) == [(0, 0, 8), (1, 4, 11)]
    assert places(log, r"^loss|end$", regex=True) == [(0, 0, 4), (3, 0, 3)]
    assert places(log, r"(?i)LOSS", regex=True) == [(0, 0, 4), (1, 4, 8)]
    assert places(log, r"LOSS", regex=True, ignore_case=True) == [(0, 0, 4), (1, 4, 8)]


def test_a_match_never_spans_lines(log: Log) -> None:
    log.append(b"one \n two\r\nthree")
    assert places(log, r"\s+", regex=True) == [(0, 3, 4), (1, 0, 1)]
    assert places(log, r"(?s)one.*", regex=True) == [(0, 0, 4)]
    assert places(log, r"[^o]+$", regex=True) == [(0, 1, 4), (2, 0, 5)]


def test_columns_count_characters_without_colours_and_offsets_bytes_of_the_file(log: Log) -> None:
    log.append("ä\n\x1b[31mé\x1b[0m wrong \x1b[1mwr\x1b[0mong\n".encode())
    first, second = log.search("wrong").matches
    assert (first.line, first.column, first.end_column, first.offset) == (1, 2, 7, 3 + 5 + 2 + 4 + 1)
    assert (second.column, second.offset, second.excerpt) == (8, 3 + 5 + 2 + 4 + 7 + 4, "é wrong wrong")


def test_overwritten_text_is_not_found(log: Log) -> None:
    log.append(b"\r 10% slow\r 20% fast\nslow\n")
    assert places(log, "slow") == [(1, 0, 4)]
    match = log.search("fast").matches[0]
    assert (match.line, match.offset, match.column) == (0, 16, 5)


def test_excerpts_show_the_surroundings_of_a_match(log: Log) -> None:
    log.append(("ö" * 500 + "needle" + "ü" * 500 + "\n").encode())
    match = log.search("needle").matches[0]
    assert match.column == 500
    assert match.excerpt[match.column - match.excerpt_column :].startswith("needle")
    assert len(match.excerpt.encode()) <= 400
    assert "\ufffd" not in match.excerpt


@pytest.mark.parametrize("colour", ["", "\x1b[32m"])
def test_numbers_are_right_through_blocks_and_bars(log: Log, colour: str) -> None:
    parts, wanted = [], []
    for number in range(4 * BLOCK_ROWS):
        if number % 700 == 699:
            parts.append(f"\r 1% target\r100% {colour}tar\x1b[0mget")
            wanted.append(number)
        else:
            parts.append(f"{colour}line {number}" + (" target" if number % 900 == 0 else ""))
            wanted += [number] if number % 900 == 0 else []
    log.append("\n".join(parts).encode())
    found = log.search("target")
    assert [match.line for match in found.matches] == wanted
    assert found.ticks == tuple(number / (4 * BLOCK_ROWS) for number in wanted)
    for first in (wanted[3], wanted[3] + 1):
        assert [match.line for match in log.search("target", first=first).matches] == [n for n in wanted if n >= first]


def test_all_are_counted_and_some_are_placed(log: Log) -> None:
    log.append(b"x x x\n" * 5_000)
    found = log.search("x", limit=7)
    assert (len(found.matches), found.total, found.next_line) == (7, 15_000, None)
    assert len(found.ticks) == limit.LOG_TICKS
    assert list(found.ticks) == sorted(found.ticks)
    assert 0.999 < found.ticks[-1] < 1
    assert log.search("x", limit=0).matches == ()


def test_a_search_that_ran_out_of_time_is_continued(log: Log) -> None:
    log.append(b"".join(b"%06d hit %s\n" % (n, b"." * 100) for n in range(20_000)))
    first, seen, calls = 0, [], 0
    while True:
        found = log.search("hit", first=first, limit=10_000, timeout_s=0)
        seen += [match.line for match in found.matches]
        calls += 1
        if found.next_line is None:
            break
        assert found.next_line > first
        first = found.next_line
    assert seen == list(range(20_000))
    assert calls > 3


def test_a_search_stops_at_so_many_matches(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limit, "LOG_TOTAL", 1_000)
    log.append(b"hit\n" * 100_000)
    found = log.search("hit")
    assert found.next_line is not None
    assert found.total == found.next_line >= 1_000


def test_a_line_longer_than_a_window(log: Log) -> None:
    window = pages.WINDOW_BYTES
    text = "é" * (window // 2 - 2) + "needle" + "\x1b[31mx\x1b[0m" * 20_000 + "é" * window + "needle needle"
    log.append(b"short needle\n" + text.encode() + b"\nneedle\n")
    shown = text.replace("\x1b[31m", "").replace("\x1b[0m", "")
    columns = [shown.index("needle"), len(shown) - 13, len(shown) - 6]
    assert places(log, "needle") == [(0, 6, 12), *((1, at, at + 6) for at in columns), (2, 0, 6)]
    assert places(log, "^needle", regex=True) == [(2, 0, 6)]
    assert places(log, "needle$", regex=True) == [(0, 6, 12), (1, columns[2], columns[2] + 6), (2, 0, 6)]
    offsets = [match.offset for match in log.search("needle").matches]
    data = b"short needle\n" + text.encode() + b"\nneedle\n"
    assert all(data[offset : offset + 6] == b"needle" for offset in offsets)


def test_time_that_ends_within_a_long_line(log: Log) -> None:
    log.append(b"x" * (pages.WINDOW_BYTES * 5) + b"needle\nneedle\n")
    found = log.search("needle", timeout_s=0)
    assert (found.partial_line, found.next_line, found.total) == (0, 1, 0)
    assert log.search("needle", first=1, timeout_s=0).total == 1


@pytest.mark.parametrize(
    ("pattern", "position"),
    [
        ("a)", 1),
        ("x(a", 1),
        ("(a)(b[)]", 3),
        ("é[ab", 1),
        ("a**", 1),
        ("a(?=b)", 1),
        (r"ab\8", 2),
        (r"a\zb", 1),
        (r"\\\A", 2),
        ("(?-m)^a", 0),
    ],
)
def test_a_wrong_pattern_says_where(log: Log, pattern: str, position: int) -> None:
    with pytest.raises(InvalidValueError) as caught:
        log.search(pattern, regex=True)
    assert caught.value.detail["position"] == position
    assert str(position + 1) in caught.value.message


@pytest.mark.parametrize("pattern", ["a*", "^", "$", r"\s*", "(a|)"])
def test_a_pattern_that_matches_nothing_at_all_is_refused(log: Log, pattern: str) -> None:
    with pytest.raises(InvalidValueError, match="empty line"):
        log.search(pattern, regex=True)


def test_what_is_no_pattern(log: Log) -> None:
    for pattern in ("", "a\nb", "a\r"):
        with pytest.raises(InvalidValueError):
            log.search(pattern)
    with pytest.raises(LimitError):
        log.search("x" * (limit.PATTERN_CHARS + 1))
    for first, most in ((-1, 1), (0, -1), (0, limit.LOG_MATCHES + 1)):
        with pytest.raises(InvalidValueError):
            log.search("x", first=first, limit=most)


def test_without_re2_a_text_is_still_found(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "re2":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.delitem(sys.modules, "re2", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    log.append(b"An \x1b[31mErr\x1b[0mor (a.c)\n" * 100)
    assert log.search("Error (a.c)").total == 100
    assert log.search("ERROR (A.C)", ignore_case=True).total == 100
    with pytest.raises(ServiceException, match="RE2"):
        log.search("a.c", regex=True)


def test_matches_on_the_border_of_two_windows_are_found_once(log: Log) -> None:
    size = pages.WINDOW_BYTES * 2 + 1_001
    log.append(b"a" * size + b"\n" + b"x" + "é".encode() * size + b"needle\n")
    assert log.search("aaa").total == size // 3
    assert log.search("é").total == size
    assert places(log, "needle") == [(1, size + 1, size + 7)]


@pytest.mark.parametrize("sequence", ["\x1b[1;31m", "\x1b]8;;http://x\x07", "\x1b]8;;y\x1b\\", "\x1bM"])
@pytest.mark.parametrize("ignore_case", [False, True])
def test_a_text_with_a_sequence_in_its_middle(log: Log, sequence: str, ignore_case: bool) -> None:
    log.append(f"one\n nee{sequence}dle {sequence}\r\nneedle\n".encode() * 2_000)
    found = log.search("needle", ignore_case=ignore_case, limit=3)
    assert [(match.line, match.column) for match in found.matches] == [(1, 1), (2, 0), (4, 1)]
    assert found.total == 4_000
