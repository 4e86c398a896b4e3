"""``runwatch logs``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from runwatch.cli.command import log
from runwatch.cli.terminal import Terminal
from runwatch.schema.artifact import AppendArtifact, SealArtifact
from runwatch.schema.run import RunStatus, UpdateRun
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


def test_nothing_in_a_log_steers_the_terminal(cli: Cli, maker: Maker) -> None:
    hostile = b"\x1b[31mred\x1b[0m\n\x1b]0;title\x07x\r\n 10%\r 99%\r100%\nbell\x07\x9b2J\n"
    maker.run("r")
    maker.file("r", "logs/user_log.txt", hostile)
    assert cli("logs", "r").out == "red\nx\n100%\nbell\\x07\ufffd2J\n"


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
    for part in re.split(r"(\r\x1b\[K|\n)", written):
        if part == "\n":
            lines.append("")
        elif part == "\r\x1b[K":
            lines[-1] = ""
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
    ],
)
def test_on_a_screen_the_unfinished_line_is_rewritten(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, parts: list[bytes], screens: list[list[str]]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    written, seen = "", []

    def source() -> Iterator[bytes]:
        nonlocal written
        for part in parts:
            yield part
            written += capsys.readouterr().out
            seen.append(_screen(written))

    log.print_lines(Terminal(), source(), live=True)
    assert seen == screens
    written += capsys.readouterr().out
    assert _screen(written)[-1] == ""
