"""What a command prints: shown at once as it is, kept by line, through pipes and terminals."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runwatch.cli import relay as relays
from runwatch.cli.relay import Relay
from runwatch.sdk.console import ConsoleFile

PATIENCE_S = 20.0


@pytest.fixture
def console(tmp_path: Path) -> Iterator[ConsoleFile]:
    made = ConsoleFile(tmp_path / "console.txt")
    yield made
    made.close()


@pytest.fixture
def screen() -> Iterator[tuple[int, int]]:
    """A pipe that stands for where our own output goes: its reading and its writing end."""
    ends = os.pipe()
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError:  # the test has closed it
            continue


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.01)


def started(shown: int, console: ConsoleFile) -> tuple[Relay, int]:
    """A relay at work, and the end that a command would write to."""
    made = Relay(shown, console)
    theirs = os.dup(made.theirs)
    made.start()
    return made, theirs


def test_pieces_are_shown_at_once_and_lines_are_kept_whole(
    console: ConsoleFile, screen: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relays, "HOLD_S", 3_600.0)
    kept = tmp_path / "console.txt"
    made, theirs = started(screen[1], console)
    os.write(theirs, b"one\ntw")
    assert os.read(screen[0], 100) == b"one\ntw"
    assert kept.read_bytes() == b"one\n"
    os.write(theirs, b"o\r99%")
    assert os.read(screen[0], 100) == b"o\r99%"
    until(lambda: kept.read_bytes() == b"one\ntwo\r")
    os.close(theirs)
    made.finish()
    assert kept.read_bytes() == b"one\ntwo\r99%"


def test_a_beginning_whose_rest_does_not_come_is_kept_too(
    console: ConsoleFile, screen: tuple[int, int], tmp_path: Path
) -> None:
    _, theirs = started(screen[1], console)
    os.write(theirs, b"name? ")
    until(lambda: (tmp_path / "console.txt").read_bytes() == b"name? ")
    os.close(theirs)


def test_a_reader_that_has_gone_is_seen_by_the_command(console: ConsoleFile, screen: tuple[int, int]) -> None:
    os.close(screen[0])
    made, theirs = started(screen[1], console)
    os.write(theirs, b"one\n")
    made.finish()
    with pytest.raises(BrokenPipeError):
        os.write(theirs, b"two\n")
    os.close(theirs)


def test_what_a_command_leaves_behind_does_not_hold_us(console: ConsoleFile, screen: tuple[int, int]) -> None:
    made, theirs = started(screen[1], console)
    made.finish()
    assert made._thread.is_alive()
    os.close(theirs)


def test_a_terminal_passes_bytes_on_as_they_are(console: ConsoleFile, tmp_path: Path) -> None:
    ours, shown = os.openpty()
    made, theirs = started(shown, console)
    assert made.is_terminal
    assert os.isatty(theirs)
    os.write(theirs, b"one\n\x1b[31mtwo\x1b[0m\rthree\n")
    os.close(theirs)
    made.finish()
    assert os.read(ours, 100) == b"one\r\n\x1b[31mtwo\x1b[0m\rthree\r\n"  # a terminal's own line ends
    assert (tmp_path / "console.txt").read_bytes() == b"one\n\x1b[31mtwo\x1b[0m\rthree\n"
    os.close(ours)
    os.close(shown)
