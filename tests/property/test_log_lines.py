"""Logs of any bytes, in any parts: the index is the same, and shows what a naive terminal would."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runwatch.schema.artifact import AppendArtifact
from runwatch.schema.log import LogLine, ReadLog, SearchLog
from runwatch.store.log.index import LineIndex
from runwatch.store.log.reader import LogReader
from runwatch.store.log.row import REACH, Exact
from runwatch.store.log.sequence import SEQUENCE, strip
from runwatch.store.memory.store import MemoryStore
from runwatch.testing.sample import new_run

PIECES = [
    b"\n", b"\n", b"\r", b"\r\n", b" ", b"a", b"bc", b"loss=0.5", b"\t", b"\x00", b"\x07", b"\x08", b"\xff",
    "é█".encode(), b"\x1b[31m", b"\x1b[0m", b"\x1b[A", b"\x1b[2A", b"\x1b[F", b"\x1b[B", b"\x1b[3E", b"\x1b[K",
    b"\x1b[2K", b"\x1b[1K", b"\x1b[J", b"\x1b[2J", b"\x1b[G", b"\x1b[5G", b"\x1b[?25l", b"\x1b]8;;u\x1b\\",
    b"\x1b]52;c;eA==\x07", b"\x1b", b"\x1b[", b"\x1b]", b"\x1b[3", b"[", b"m", b"A", b"x" * 40,
]  # fmt: skip
PATTERNS = ["a", "bc", "loss", "é", "[a-c]+", r"\d", "^a", "a$", "b.*c", "(a|bc)x", "[^a]+", r"\bloss", "A|B", "."]
LOGS = st.lists(st.sampled_from(PIECES), max_size=60).map(b"".join)
PLAIN_LOGS = st.lists(st.sampled_from([b"\n", b"\r\n", b"a", b"bc ", b"\x1b[31m", "é".encode()]), max_size=60).map(
    b"".join
)
CUTS = st.lists(st.integers(1, 9), max_size=40)


class Terminal:
    """Takes one token after the other; each row is the bytes of its last state that had text."""

    TOKEN = re.compile(rb"\r|\n|" + SEQUENCE.pattern + rb"|[^\x1b\r\n]|\x1b", re.DOTALL)
    CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\x1b.+", re.DOTALL)

    def __init__(self) -> None:
        self.rows: list[bytes] = []
        self.row = 0
        self.begin()

    def begin(self) -> None:
        self.state, self.covers = b"", False

    def feed(self, data: bytes) -> list[bytes]:
        for token in self.TOKEN.findall(data.replace(b"\r\n", b"\n")):
            move = re.fullmatch(rb"\x1b\[([0-9]{0,3})([ABEFGJK])", token)
            if token == b"\n":
                self.end_line()
            elif token == b"\r":
                self.begin()
            elif move is not None:
                self.move(move[1], move[2].decode(), token)
            else:
                self.write(token)
        return self.rows

    def write(self, token: bytes) -> None:
        self.state += token
        new = self.row == len(self.rows)
        if new or self.covers or not (self.CONTROL.fullmatch(token) or token == b"\x1b"):
            self.covers = True
            self.rows[self.row :] = [self.state, *self.rows[self.row + 1 :]]

    def end_line(self) -> None:
        if self.row == len(self.rows):
            self.rows.append(b"")
        self.row += 1
        self.begin()

    def move(self, count: bytes, kind: str, token: bytes) -> None:
        number = max(1, int(count or b"1"))
        if kind in "KJ":
            if (count in {b"", b"0"} and not self.covers) or (count == b"2" and kind == "K"):
                self.state, self.covers = b"", True
                self.rows[self.row :] = [b"", *self.rows[self.row + 1 :]]
                if kind == "J":
                    self.rows[self.row + 1 :] = [b""] * (len(self.rows) - self.row - 1)
            else:
                self.state += token
            return
        if kind == "G" and int(count or b"1") > 1:
            self.state += token
            return
        self.begin()
        if kind in "AF":
            self.row = max(0, self.row - number, len(self.rows) - REACH)
        elif kind in "BE":
            self.row = max(self.row, min(self.row + number, len(self.rows) - 1))


def reader_of(data: bytes) -> LogReader:
    store = MemoryStore()
    new_run(store, run_id="r")
    store.artifacts.append(AppendArtifact(run_id="r", path="l", offset=0, data=data))
    return LogReader(store.artifacts)


def lines_of(data: bytes) -> tuple[LogLine, ...]:
    return reader_of(data).read(ReadLog(run_id="r", path="l", count=10_000)).lines


def spans(index: LineIndex) -> list[tuple[int, int, int]]:
    found = []
    for stretch in index.stretches(0, index.lines):
        assert isinstance(stretch, Exact)
        for place, (start, end) in enumerate(zip(stretch.starts, stretch.ends, strict=True)):
            found.append((stretch.first + place, int(start), int(end)))
    return found


@settings(max_examples=400, deadline=None)
@given(LOGS, CUTS)
def test_parts_do_not_matter(data: bytes, cuts: list[int]) -> None:
    whole, parts = LineIndex(), LineIndex()
    whole.append(data)
    place = 0
    for cut in [*cuts, len(data)]:
        parts.append(data[place : place + cut])
        place += cut
    assert spans(parts) == spans(whole)
    assert (parts.cursor, parts.settled, parts.size_bytes) == (whole.cursor, whole.settled, whole.size_bytes)


@settings(max_examples=400, deadline=None)
@given(LOGS)
def test_lines_are_what_a_naive_terminal_shows(data: bytes) -> None:
    data += b"\nend\n"
    shown = [strip(row).decode("utf-8", "replace") for row in Terminal().feed(data)]
    assert [strip_text(line.text) for line in lines_of(data)] == shown


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(LOGS, st.integers(1, 900)), min_size=1, max_size=4), st.integers(0, 3_000), st.integers(0, 3_000)
)
def test_packed_lines_are_found_again(parts: list[tuple[bytes, int]], first: int, count: int) -> None:
    data = b"".join((part + b"\n") * times for part, times in parts)[: 200 << 10] + b"\nend\n"
    shown = [strip(row).decode("utf-8", "replace") for row in Terminal().feed(data)]
    reader = reader_of(data)
    page = reader.read(ReadLog(run_id="r", path="l", first=first, count=count))
    assert [strip_text(line.text) for line in page.lines] == shown[first : first + count]
    found = reader.search(SearchLog(run_id="r", path="l", pattern="a", first=first, limit=10_000))
    wanted = [number for number, text in enumerate(shown) if number >= first for _ in range(text.count("a"))]
    assert found.total == len(wanted)
    assert [match.line for match in found.matches] == wanted[:10_000]


@settings(max_examples=100, deadline=None)
@given(PLAIN_LOGS, st.integers(-70, 70), st.integers(0, 70))
def test_any_range_is_a_slice_of_all(data: bytes, first: int, count: int) -> None:
    everything = lines_of(data)
    page = reader_of(data).read(ReadLog(run_id="r", path="l", first=first, count=count))
    begin = first if first >= 0 else max(0, len(everything) + first)
    assert page.lines == everything[begin : begin + count]
    assert [line.number for line in everything] == list(range(len(everything)))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LOGS, st.sampled_from(PATTERNS), st.booleans())
def test_search_is_that_of_re_on_the_lines(data: bytes, pattern: str, ignore_case: bool) -> None:
    data = data.replace(b"\xff", b"").replace(b"\x00", b"") + b"\nend\n"
    reader = reader_of(data)
    flags = re.ASCII | (re.IGNORECASE if ignore_case else 0)
    wanted = []
    for line in reader.read(ReadLog(run_id="r", path="l", count=10_000)).lines:
        text = strip_text(line.text)
        wanted += [(line.number, *found.span()) for found in re.finditer(pattern, text, flags)]
    request = SearchLog(run_id="r", path="l", pattern=pattern, regex=True, ignore_case=ignore_case, limit=10_000)
    found_there = reader.search(request)
    assert [(match.line, match.column, match.end_column) for match in found_there.matches] == wanted
    for match in found_there.matches:
        text = match.excerpt[match.column - match.excerpt_column : match.end_column - match.excerpt_column]
        assert strip_text(data[match.offset :].decode("utf-8", "replace")).startswith(text) or b"\x1b" in data


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LOGS, st.text(st.sampled_from("abc A.é█["), min_size=1, max_size=3), st.booleans())
def test_a_text_is_found_among_control_sequences(data: bytes, text: str, ignore_case: bool) -> None:
    data = data.replace(b"\xff", b"") + b"\nend\n"
    reader = reader_of(data)
    pattern = re.compile(re.escape(text), re.IGNORECASE if ignore_case else 0)
    lines = reader.read(ReadLog(run_id="r", path="l", count=10_000)).lines
    wanted = [(line.number, *found.span()) for line in lines for found in pattern.finditer(strip_text(line.text))]
    request = SearchLog(run_id="r", path="l", pattern=text, ignore_case=ignore_case, limit=10_000)
    found_there = reader.search(request)
    assert [(match.line, match.column, match.end_column) for match in found_there.matches] == wanted


def strip_text(text: str) -> str:
    return strip(text.encode()).decode("utf-8", "replace")
