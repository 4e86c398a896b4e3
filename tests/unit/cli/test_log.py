"""``runwatch logs``."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runwatch.cli import figure
from runwatch.cli.app import main
from runwatch.cli.command import log
from runwatch.cli.command.log_output import print_news
from runwatch.cli.terminal import Terminal
from runwatch.schema import limit
from runwatch.schema.artifact import AppendArtifact, SealArtifact
from runwatch.schema.log import FollowLog, LogNews, LogPosition, ReadLog
from runwatch.schema.name import times_path
from runwatch.schema.run import RunStatus, UpdateRun
from runwatch.store.log.reader import LogReader
from runwatch.store.memory.store import MemoryStore
from runwatch.testing.sample import new_run
from tests.unit.cli.conftest import Cli, Maker


def test_the_console_of_a_run(cli: Cli, digits: Maker) -> None:
    assert cli("logs", "alpha-1").out == "one\ntwo\nthree\n"
    answer = cli("logs", "alpha-1", "--json").json
    assert (answer["path"], answer["text"]) == ("logs/user_log.txt", "one\ntwo\nthree\n")


@pytest.mark.parametrize("path", log.CONSOLES)
def test_every_name_a_console_may_have(cli: Cli, maker: Maker, path: str) -> None:
    maker.run("r")
    maker.file("r", path, b"hello\n")
    assert cli("logs", "r").out == "hello\n"


@pytest.mark.parametrize(
    ("content", "count", "shown"),
    [
        (b"a\nb\nc\n", 2, "b\nc\n"),
        (b"a\nb\nc", 2, "b\nc\n"),
        (b"a\nb\nc\n", 3, "a\nb\nc\n"),
        (b"a\nb\nc\n", 9, "a\nb\nc\n"),
        (b"a\nb\n", 0, ""),
        (b"\n\n\n", 2, "\n\n"),
        (b"a", 1, "a\n"),
    ],
)
@pytest.mark.parametrize("guess", [1, 4, 65536])
def test_only_the_last_lines(
    cli: Cli, maker: Maker, monkeypatch: pytest.MonkeyPatch, content: bytes, count: int, shown: str, guess: int
) -> None:
    monkeypatch.setattr(log, "_TAIL_BYTES", guess)
    maker.run("r")
    maker.file("r", "logs/user_log.txt", content)
    assert cli("logs", "r", "-n", str(count)).out == shown
    assert cli("logs", "r", "-n", str(count), "--raw").out == (shown if content.endswith(b"\n") else shown[:-1])


def test_nothing_in_a_log_steers_the_terminal(cli: Cli, maker: Maker) -> None:
    hostile = b"\x1b[31mred\x1b[0m\n\x1b]0;title\x07x\r\n 10%\r 99%\r100%\nbell\x07\x9b2J\n"
    maker.run("r")
    maker.file("r", "logs/user_log.txt", hostile)
    assert cli("logs", "r").out == "red\nx\n100%\nbell\\x07\ufffd2J\n"


def test_raw_is_byte_for_byte(maker: Maker, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    data = b"\x1b[31mred\r 10%\r100%\n\xff\x00 \x1b[A\r\n"
    maker.run("r")
    maker.file("r", "logs/user_log.txt", data)
    with pytest.raises(SystemExit):
        main(["logs", "r", "--raw"])
    assert capfdbinary.readouterr().out == data


@pytest.mark.parametrize(
    ("lines", "shown"),
    [("2-3", "b 2\nc\n"), ("3-", "c\nd\n"), ("1-1", "a\n"), ("2", "c\nd\n"), ("9-12", ""), ("4-99", "d\n")],
)
def test_a_range_of_lines(cli: Cli, maker: Maker, lines: str, shown: str) -> None:
    maker.run("r")
    maker.file("r", "logs/user_log.txt", b"a\nb 1\rb 2\nc\nd")
    assert cli("logs", "r", "--lines", lines).out == shown
    first = 1 if lines == "1-1" else int(lines.partition("-")[0]) if "-" in lines else 3
    answer = cli("logs", "r", "--lines", lines, "--json").json
    assert (answer["first_line"], answer["lines"]) == (first, 4)
    assert answer["text"] == shown


@pytest.mark.parametrize("lines", ["x", "0-3", "-5", "3-x", "", "1-2-3"])
def test_what_is_no_range(cli: Cli, digits: Maker, lines: str) -> None:
    answer = cli("logs", "alpha-1", f"--lines={lines}")
    assert answer.code == 1
    assert "120-140" in answer.err


def test_grep(cli: Cli, maker: Maker) -> None:
    maker.run("r")
    log_text = b"start\n\x1b[31mERR\x1b[0mOR one ERROR\n 1% ERROR\r100%\nerror.two\x1b]0;x\x07\n"
    maker.file("r", "logs/user_log.txt", log_text)
    assert cli("logs", "r", "--grep", "ERROR").out == "2: ERROR one ERROR\n"
    assert cli("logs", "r", "--grep", "error", "-i").out == "2: ERROR one ERROR\n4: error.two\n"
    assert cli("logs", "r", "--grep", "error.two.", "--regex", "-i").out == ""
    assert cli("logs", "r", "--grep", r"r.two$", "--regex").out == "4: error.two\n"
    assert cli("logs", "r", "--grep", "r", "--lines", "3-").out == "4: error.two\n"
    assert cli("logs", "r", "--grep", "r", "--lines", "1-1").out == "1: start\n"
    assert cli("logs", "r", "--grep", "nothing").code == 1
    matches = cli("logs", "r", "--grep", "ERROR", "--json").json["matches"]
    assert [(match["line"], match["column"], match["end_column"]) for match in matches] == [(2, 1, 6), (2, 11, 16)]
    wrong = cli("logs", "r", "--grep", "a(", "--regex")
    assert wrong.code == 1
    assert "character 2" in wrong.err


def test_grep_finds_more_than_one_answer_holds(cli: Cli, maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limit, "LOG_MATCHES", 7)
    maker.run("r")
    maker.file("r", "logs/user_log.txt", b"hit hit\nmiss\n" * 50)
    assert cli("logs", "r", "--grep", "hit").lines == [f"{number}: hit hit" for number in range(1, 100, 2)]


def test_lines_with_their_times(cli: Cli, maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figure, "moment", lambda at: f"at {at:16.2f}")
    maker.run("r")
    maker.file("r", "logs/user_log.txt", b"one\ntwo\n 1%\r 2%\n")
    untimed = cli("logs", "r", "--times")
    assert untimed.out == "".join(f"{'':21}{text}\n" for text in ("one", "two", " 2%"))
    assert "not known" in untimed.err
    records = ((4, 100_500_000), (12, 200_000_000), (16, 300_000_000))
    maker.file("r", times_path("logs/user_log.txt"), b"".join(struct.pack("<QQ", *record) for record in records))
    dates = [f"at {at:16.2f}  " for at in (100.5, 200, 300)]
    timed = cli("logs", "r", "--times")
    assert timed.out == f"{dates[0]}one\n{dates[1]}two\n{dates[2]} 2%\n"
    assert timed.err == ""
    assert cli("logs", "r").out == "one\ntwo\n 2%\n"
    assert cli("logs", "r", "--times", "-n", "1").out == f"{dates[2]} 2%\n"
    maker.end("r")
    assert cli("logs", "r", "--times", "-f").out == timed.out
    assert cli("logs", "r", "--times", "--grep", "wo").out == f"2: {dates[1]}two\n"
    answer = cli("logs", "r", "--times", "--json").json
    assert (answer["text"], answer["at"]) == ("one\ntwo\n 2%\n", [100.5, 200.0, 300.0])
    assert "at" not in cli("logs", "r", "--json").json
    assert [match["at"] for match in cli("logs", "r", "--times", "--grep", "%", "--json").json["matches"]] == [300.0]


@pytest.mark.parametrize(
    "words",
    [
        ["-f", "--grep", "x"],
        ["--raw", "--grep", "x"],
        ["--regex"],
        ["-i"],
        ["--raw", "-n", "2-3"],
        ["-f", "-n", "2-"],
        ["--raw", "--times"],
    ],
)
def test_options_that_do_not_go_together(cli: Cli, digits: Maker, words: list[str]) -> None:
    answer = cli("logs", "alpha-1", *words)
    assert answer.code == 1
    assert "hint" in answer.err


def test_a_long_line_is_printed_whole(cli: Cli, maker: Maker) -> None:
    maker.run("r")
    maker.file("r", "logs/user_log.txt", ("é" * 100_000 + "\nend").encode())
    maker.end("r")
    assert cli("logs", "r").out == "é" * 100_000 + "\nend\n"
    assert cli("logs", "r", "-f").out == "é" * 100_000 + "\nend\n"


def test_another_file_by_its_path(cli: Cli, digits: Maker) -> None:
    assert cli("logs", "alpha-1", "outputs/deep/report.json").out == "{}\n"
    assert cli("logs", "alpha-1", "nothere.txt").code == 1


def test_a_run_without_console_names_its_logs(cli: Cli, maker: Maker) -> None:
    maker.run("r")
    maker.file("r", "logs/other.txt", b"x")
    answer = cli("logs", "r")
    assert answer.code == 1
    assert "logs/other.txt" in answer.err
    assert cli("logs", "r", "-f", "--json").code == 1


def test_following_ends_with_the_run_and_loses_nothing(cli: Cli, maker: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    maker.run("r")
    steps: list[Callable[[], object]] = [
        lambda: maker.store.artifacts.append(
            AppendArtifact(run_id="r", path="logs/user_log.txt", offset=0, data=b"first\nsec")
        ),
        lambda: maker.store.artifacts.append(
            AppendArtifact(run_id="r", path="logs/user_log.txt", offset=9, data=b"ond\n")
        ),
        lambda: maker.store.runs.update(UpdateRun(run_id="r", status=RunStatus.COMPLETED)),
        lambda: maker.store.artifacts.append(
            AppendArtifact(run_id="r", path="logs/user_log.txt", offset=13, data=b"last words")
        ),
        lambda: maker.store.artifacts.seal(SealArtifact(run_id="r", path="logs/user_log.txt")),
    ]

    def sleep(_: float) -> None:  # each time the command waits, the run gets a step further
        if steps:
            steps.pop(0)()

    monkeypatch.setattr("time.sleep", sleep)
    answer = cli("logs", "r", "-f")
    assert answer.out == "first\nsecond\nlast words\n"
    assert "Waiting" in answer.err


def test_following_gives_up_on_a_console_that_is_never_completed(
    cli: Cli, maker: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker.run("r")
    maker.file("r", "logs/user_log.txt", b"cut off", sealed=False)
    maker.end("r", RunStatus.FAILED)
    monkeypatch.setattr(log, "_LAST_WORDS_S", 0.0)
    assert cli("logs", "r", "-f").out == "cut off\n"


def _screen(written: str) -> list[str]:
    """The lines of a screen after this was written to it."""
    lines = [""]
    for part in re.split(r"(\r\x1b\[K|\r\x1b\[\d+A\x1b\[J|\n)", written):
        if part == "\n":
            lines.append("")
        elif part == "\r\x1b[K":
            lines[-1] = ""
        elif part.startswith("\r\x1b["):
            lines[-1 - int(part[3:].partition("A")[0]) :] = [""]
        else:
            lines[-1] += part
    return lines


@pytest.mark.parametrize(
    ("parts", "screens"),
    [
        (
            [b"start\n 10%", b"\r 20%", b"", b"\r100%\nend"],
            [["start", " 10%"], ["start", " 20%"], ["start", " 20%"], ["start", "100%", "end"]],
        ),
        ([b"half", b" a line\n", b"next\n"], [["half"], ["half a line", ""], ["half a line", "next", ""]]),
        ([b"x" * 200], [["x" * 38 + "…"]]),
        (
            [b"a\nouter 0\ninner 0", b"\r\x1b[Aouter 1\ninner 5", b"\r\x1b[Amessage\nouter 2\ninner 7", b"\nend\n"],
            [
                ["a", "outer 0", "inner 0"],
                ["a", "outer 0", "inner 5"],
                ["a", "outer 0", "outer 2", "inner 7"],
                ["a", "outer 0", "outer 2", "inner 7", "end"],
            ],
        ),
        (
            [b"a\n\n\x1b[Aouter 0", b"\n\rinner 3\x1b[A\router 1", b"\n\rinner 9\x1b[A\router 2", b"\n\nend\n"],
            [
                ["a", "outer 0"],
                ["a", "outer 1", "inner 3"],
                ["a", "outer 2", "inner 9"],
                ["a", "outer 2", "inner 9", "end"],
            ],
        ),
    ],
)  # fmt: skip
def test_on_a_screen_the_unfinished_lines_are_rewritten(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, parts: list[bytes], screens: list[list[str]]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    written, seen = "", []
    store = MemoryStore()
    new_run(store, run_id="r")
    reader = LogReader(store.artifacts)

    def source() -> Iterator[LogNews]:
        nonlocal written
        after, offset = LogPosition(), 0
        for part in parts:
            store.artifacts.append(AppendArtifact(run_id="r", path="l", offset=offset, data=part))
            offset += len(part)
            news = reader.follow(FollowLog(run_id="r", path="l", after=after))
            after = news.position
            yield news
            written += capsys.readouterr().out
            seen.append(_screen(written))

    print_news(Terminal(), reader, ReadLog(run_id="r", path="l"), source(), live=True, times=False)
    assert seen == screens
    written += capsys.readouterr().out
    shown = reader.read(ReadLog(run_id="r", path="l")).lines
    assert _screen(written)[-1] == ""
    assert len(_screen(written)) == len(shown) + 1 or "x" in _screen(written)[0]


def test_the_console_of_a_job_under_the_originals_name(cli: Cli, maker: Maker) -> None:
    maker.run("job-1")
    maker.file("job-1", "azureml-logs/70_driver_log.txt", b"one\ntwo\n")
    assert cli("logs", "job-1", "user_logs/std_log.txt").lines == ["one", "two"]
    assert cli("logs", "job-1", "user_logs/std_log.txt", "--raw", "-n", "1").out == "two\n"
    assert cli("download", "job-1", "user_logs/std_log.txt", "--to", "there").code == 0
    assert Path("there/azureml-logs/70_driver_log.txt").read_bytes() == b"one\ntwo\n"
