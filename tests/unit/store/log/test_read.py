"""Lines as people read them: collapsed, decoded, cut, by number and by byte."""

from __future__ import annotations

import io
from typing import Any

import pytest

from runwatch.schema import limit
from runwatch.schema.error import InvalidValueError, NotFoundError
from runwatch.schema.log import ReadLog
from runwatch.store.log.row import BLOCK_ROWS
from runwatch.store.log.sequence import SEQUENCE, strip
from tests.unit.store.log.conftest import Log

BAR = "".join(f"\r{n * 10:3d}%|{'█' * n}{' ' * (10 - n)}| {n}/10 [00:0{n % 10}<00:01,  9.8it/s]" for n in range(11))

CASES: list[tuple[str, bytes, list[str]]] = [
    ("plain", b"a\nb\n", ["a", "b"]),
    ("empty", b"", []),
    ("empty lines", b"\n\n", ["", ""]),
    ("no newline", b"a\nb", ["a", "b"]),
    ("CRLF", b"a\r\nb\r\n", ["a", "b"]),
    ("CR CR LF", b"a\r\r\nb\r\r\n", ["a", "b"]),
    ("tqdm", f"start\n{BAR}\nend\n".encode(), ["start", BAR.rpartition("\r")[2], "end"]),
    ("a bar that is not done", BAR[:-60].encode(), [BAR[:-60].rpartition("\r")[2]]),
    ("CR at the end", b" 50%\r", [" 50%"]),
    ("a bar that was cleared", b" 50%\r    \r", ["    "]),
    ("text over a cleared bar", b" 50%\r    \rdone\n", ["done"]),
    ("only CR", b"\r\r\n", [""]),
    ("erased", b"working\r\x1b[Kdone\nworking\r\x1b[K\nx", ["done", "", "x"]),
    ("erased whole", b"working\x1b[2K\rdone\n", ["done"]),
    ("erased behind text", b"match\x1b[K here\n", ["match\x1b[K here"]),
    ("column one", b" 10%\x1b[G 20%\x1b[1G 30%\n", [" 30%"]),
    ("colours stay", b"\x1b[31mred\x1b[0m\n", ["\x1b[31mred\x1b[0m"]),
    ("a colour is no text", b" 50%\r\x1b[0m\n", [" 50%"]),
    ("keras", b"\r1/2 [=>..]" + b"\x08" * 12 + b"\r2/2 [====]\n", ["2/2 [====]"]),
    ("pip", b"\r\x1b[2K   1/9 MB\r\x1b[2K   9/9 MB\r\x1b[2K\x1b[32mInstalled\x1b[0m\n", ["\x1b[32mInstalled\x1b[0m"]),
    ("nested tqdm", b"\router 0\n\rinner 9\x1b[A\router 1\n\rinner 5\x1b[A\router 2\n\n", ["outer 2", "inner 5"]),
    ("up and on", b"one\ntwo\n\x1b[2Anew\n\n", ["new", "two"]),
    ("down again", b"one\ntwo\n\x1b[2Anew\x1b[5B\rlast\n", ["new", "last"]),
    ("erased below", b"one\ntwo\nthree\n\x1b[3A\r\x1b[Jnew\n", ["new", "", ""]),
    ("NUL and BEL", b"a\x00b\x07\n", ["a\x00b\x07"]),
    ("no UTF-8", b"\xff\xfe ok \xe2\x96\n", ["\ufffd\ufffd ok \ufffd"]),
    ("unicode line ends are text", "a\u2028b\x0bc\x85d\n".encode(), ["a\u2028b\x0bc\x85d"]),
    ("a link", b"\x1b]8;;http://x\x1b\\text\x1b]8;;\x1b\\\n", ["\x1b]8;;http://x\x1b\\text\x1b]8;;\x1b\\"]),
]  # fmt: skip


@pytest.mark.parametrize(("data", "shown"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_a_terminal_would_show(log: Log, data: bytes, shown: list[str]) -> None:
    log.append(data)
    assert log.texts() == shown


@pytest.mark.parametrize(("data", "shown"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_bytes_that_come_one_by_one(log: Log, data: bytes, shown: list[str]) -> None:
    for place in range(min(len(data), 200)):
        log.append(data[place : place + 1])
        log.read(count=0)
    log.append(data[200:])
    assert log.texts() == shown


class Screen(io.StringIO):
    """Pretends to be a terminal, for programs that draw bars only there."""

    def isatty(self) -> bool:
        return True


def test_what_tqdm_really_writes(log: Log) -> None:
    tqdm = pytest.importorskip("tqdm")
    screen = Screen()
    for _ in tqdm.tqdm(range(50), file=screen, mininterval=0, ncols=60, desc="outer"):
        for _ in tqdm.tqdm(range(3), file=screen, mininterval=0, ncols=60, desc="inner", leave=False, position=1):
            pass
    log.append(screen.getvalue().encode() + b"end\n")
    texts = log.texts()
    assert texts[0].startswith("outer: 100%")
    assert texts[-1] == "end"
    assert len(texts) <= 3
    assert all(not text.strip() for text in texts[1:-1])


def test_what_rich_really_writes(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.console import Console
    from rich.progress import Progress

    monkeypatch.setenv("TERM", "xterm-256color")
    screen = Screen()
    console = Console(file=screen, force_terminal=True, width=80, legacy_windows=False, color_system=None)
    with Progress(console=console, auto_refresh=False) as progress:
        first, second = progress.add_task("first", total=20), progress.add_task("second", total=20)
        for step in range(20):
            progress.advance(first)
            progress.advance(second)
            if step == 10:
                progress.console.print("a message")
            progress.refresh()
    log.append(screen.getvalue().encode() + b"end\n")
    from runwatch.store.log.plain import plain

    texts = [plain(text).rstrip() for text in log.texts()]
    assert texts[0] == "a message"
    assert [text.split()[0] for text in texts[1:3]] == ["first", "second"]
    assert "100%" in texts[1]
    assert "100%" in texts[2]
    assert texts[3:] == ["end"]


def test_numbers_offsets_and_ends(log: Log) -> None:
    log.append(b"one\r\n 1%\r 2%\nthr")
    page = log.read()
    assert [(line.number, line.offset, line.end_offset, line.size_bytes, line.complete) for line in page.lines] == [
        (0, 0, 3, 3, True),
        (1, 9, 12, 3, True),
        (2, 13, 16, 3, False),
    ]
    assert (page.state.lines, page.state.size_bytes, page.state.settled, page.state.sealed) == (3, 16, 2, False)
    log.append(b"ee")
    log.seal()
    after = log.read()
    assert (after.lines[2].text, after.lines[2].complete, after.state.sealed) == ("three", True, True)
    assert after.state.version == page.state.version
    assert after.state.settled == 3


def test_a_character_whose_rest_is_to_come_is_not_shown(log: Log) -> None:
    log.append(b"price 5 " + "€".encode()[:2])
    assert log.texts() == ["price 5 "]
    log.append("€".encode()[2:])
    assert log.texts() == ["price 5 €"]


def test_ranges(log: Log) -> None:
    log.append(b"".join(b"line %d\n" % n for n in range(5 * BLOCK_ROWS)))
    last = 5 * BLOCK_ROWS - 1
    assert log.texts(count=2) == ["line 0", "line 1"]
    assert log.texts(first=1_500, count=2) == ["line 1500", "line 1501"]
    assert log.texts(first=BLOCK_ROWS - 1, count=2) == [f"line {BLOCK_ROWS - 1}", f"line {BLOCK_ROWS}"]
    assert log.texts(first=-2) == [f"line {last - 1}", f"line {last}"]
    assert log.texts(first=-10_000_000, count=1) == ["line 0"]
    assert log.texts(first=last + 1) == []
    assert log.texts(count=0) == []
    assert log.texts(first=700, count=2_500) == [f"line {n}" for n in range(700, 3_200)]


def test_a_long_line_is_cut_and_its_rest_read_by_byte(log: Log) -> None:
    text = "ß" * 100_000 + "end"
    log.append(b"before\n" + text.encode() + b"\nbehind\n")
    before, long, behind = log.read().lines
    assert (before.text, behind.text) == ("before", "behind")
    assert (long.cut, long.size_bytes) == (True, len(text.encode()))
    read, offset = long.text, long.end_offset
    while True:
        part = log.read(offset=offset, count=1).lines[0]
        assert (part.number, part.offset) == (1, offset)
        read, offset = read + part.text, part.end_offset
        if not part.cut:
            break
    assert read == text
    assert [line.text for line in log.read(offset=offset, count=2).lines][-1] == "behind"


def test_ten_megabytes_without_a_line_end(log: Log) -> None:
    for _ in range(10):
        log.append(b"x" * (1 << 20))
        page = log.read()
    assert (len(page.lines), page.lines[0].size_bytes, page.lines[0].cut) == (1, 10 << 20, True)
    assert len(page.lines[0].text) == limit.LOG_LINE_BYTES
    assert log.reader.memory_bytes < 100_000


def test_the_line_of_a_byte(log: Log) -> None:
    lines = [b"%d " % n + b"x" * (n % 50) + b"\n" for n in range(4_000)]
    log.append(b"".join(lines))
    offset = 0
    for number, line in enumerate(lines):
        if number % 331 == 0:
            found = log.read(offset=offset, count=1).lines[0]
            assert (found.number, found.offset) == (number, offset)
            inside = log.read(offset=offset + len(line) - 2, count=1).lines[0]
            assert (inside.number, inside.offset) == (number, offset + len(line) - 2)
        offset += len(line)
    assert log.read(offset=offset + 100).lines[0].number == 3_999


def test_a_byte_that_was_overwritten_leads_to_the_line_before_it(log: Log) -> None:
    log.append(b"a\n" * 3_000 + b" 10%\r" * 5 + b"100%\n" + b"b\n" * 3_000)
    assert log.read(offset=6_012, count=1).lines[0].number == 2_999
    assert log.read(offset=6_026, count=1).lines[0].text == "00%"
    assert log.read(offset=6_030, count=1).lines[0].number == 3_001


def test_an_answer_is_bounded(log: Log) -> None:
    log.append((b"y" * 60_000 + b"\n") * 130)
    log.append(b"z\n" * 10)
    page = log.read(count=1_000)
    assert 60 < len(page.lines) < 80
    assert log.read(first=len(page.lines), count=1).lines[0].number == len(page.lines)


def test_a_file_that_is_replaced_has_another_version(log: Log) -> None:
    log.append(b"old\nold\n")
    before = log.read().state.version
    log.replace(b"new\n")
    assert log.texts() == ["new"]
    assert log.read().state.version != before


def test_a_file_whose_bytes_were_lost_is_read_anew(log: Log) -> None:
    log.append(b"one\ntwo\n")
    assert log.texts() == ["one", "two"]
    with pytest.raises(Exception, match="content"):
        log.store.artifacts.seal(_wrong_seal())
    log.append(b"three\n")
    assert log.texts() == ["three"]


def _wrong_seal() -> Any:
    from runwatch.schema.artifact import SealArtifact

    return SealArtifact(run_id="r", path="logs/user_log.txt", sha256="0" * 64)


@pytest.mark.parametrize("words", [{"count": -1}, {"count": limit.LOG_LINES + 1}, {"offset": -1}])
def test_requests_that_make_no_sense(log: Log, words: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError):
        log.reader.read(ReadLog(run_id="r", path="logs/user_log.txt", **words))


def test_a_file_that_is_not_there(log: Log) -> None:
    with pytest.raises(NotFoundError):
        log.reader.read(ReadLog(run_id="r", path="nothing"))


def test_a_cursor_that_only_went_up_and_down_hides_its_bytes_in_packed_lines_too(log: Log) -> None:
    log.append(b"a\n\x1b[A\nb\n" * 3_000)
    assert log.texts(count=6_000) == ["a", "b"] * 3_000


@pytest.mark.parametrize(
    "odd", [b"\x1b[\x01m", b"\x1b[3\x7f", b"\x1b[3\xc3m", b"\x1b", b"\x1b[" + b"1;" * 40 + b"m", b"\x1bM"]
)
def test_sequences_in_bulk_are_those_one_by_one(odd: bytes) -> None:
    data = b"\x1b[31mred\x1b[0m" * 50 + b" " + odd + b" text" + b"\x1b[1;38;2;10;20;30mx" * 50
    assert strip(data) == SEQUENCE.sub(b"", data)
    assert strip(data + odd) == SEQUENCE.sub(b"", data + odd)
