"""The command line as a process: pipes, terminals, signals, start-up."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runwatch.cli.table import cells
from runwatch.store.location import open_store
from tests.unit.cli.conftest import START, Maker

COMMAND = [sys.executable, "-m", "runwatch.cli"]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    store = open_store(str(folder))
    maker = Maker(store)
    maker.run("done-1", at=START, params={"lr": 0.1}, tags={"x": "\x1b[31mred"})
    maker.log("done-1", "loss", [0.9, 0.123456])
    maker.file("done-1", "logs/user_log.txt", b"\x1b[31mred\x1b[0m\r\n10%\r99%\nlast \xff\n")
    maker.end("done-1")
    maker.run("live-1", at=START + 1)
    maker.file("live-1", "logs/user_log.txt", b"so far\n", sealed=False)
    for number in range(60):
        maker.run(f"many-{number}", "many", at=START - 100 + number)
    store.close()
    return folder


@pytest.fixture
def environment(place: Path) -> dict[str, str]:
    dropped = {"COLUMNS", "NO_COLOR", "RUNWATCH_TRACEBACK", "PYTHONWARNINGS"}
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return {**kept, "RUNWATCH_WORKSPACE": str(place), "TERM": "xterm", "PYTHONUTF8": "1"}


def _run(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*COMMAND, *words], env=environment, capture_output=True, timeout=60, check=False)


def _on_terminal(environment: dict[str, str], *words: str, width: int = 80) -> tuple[int, str]:
    """What the command shows on a terminal of this width."""
    ours, theirs = pty.openpty()
    import fcntl
    import struct
    import termios

    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    process = subprocess.Popen([*COMMAND, *words], env=environment, stdout=theirs, stderr=theirs, stdin=theirs)
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other end has gone
            break
        if not part:
            break
        shown += part
    os.close(ours)
    return process.wait(60), shown.decode()


def test_through_a_pipe_all_is_plain_and_whole(environment: dict[str, str]) -> None:
    answer = _run(environment, "runs", "-n", "3", "-c", "loss.min,tag.x")
    assert answer.returncode == 0
    assert b"\x1b" not in answer.stdout + answer.stderr
    lines = answer.stdout.decode().splitlines()
    assert [line.split()[0] for line in lines] == ["RUN", "live-1", "done-1", "many-59"]
    assert lines[2].split()[-2:] == ["0.1235", r"\x1b[31mred"]
    assert json.loads(_run(environment, "show", "done", "--json").stdout)["run_id"] == "done-1"


def test_on_a_terminal_there_is_colour_and_no_line_wraps(environment: dict[str, str]) -> None:
    words = ("runs", "--all", "-c", "loss.min,tag.x,p.lr")
    code, shown = _on_terminal(environment, *words)
    assert code == 0
    assert "\x1b[32m✓ Completed" in shown
    assert set(re.findall(r"\x1b\[([0-9;]*)m", shown)) <= {"0", "1", "2", "32", "36"}
    lines = re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()
    assert len(lines) == 63
    assert max(map(cells, lines)) <= 80
    for off in ({**environment, "NO_COLOR": "1"}, {**environment, "TERM": "dumb"}):
        assert "\x1b" not in _on_terminal(off, *words)[1]
    assert "\x1b" not in _on_terminal(environment, *words, "--no-color")[1]


def test_a_download_shows_its_progress_and_then_what_came(environment: dict[str, str], tmp_path: Path) -> None:
    code, shown = _on_terminal(environment, "download", "done", "--to", str(tmp_path / "here"))
    assert code == 0
    assert "29/29 bytes" in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)
    assert shown.endswith("logs/user_log.txt\r\n")
    assert (tmp_path / "here/logs/user_log.txt").stat().st_size == 29


def test_raw_logs_are_byte_for_byte(environment: dict[str, str]) -> None:
    assert _run(environment, "logs", "done-1", "--raw").stdout == b"\x1b[31mred\x1b[0m\r\n10%\r99%\nlast \xff\n"
    assert _run(environment, "logs", "done-1").stdout.decode() == "red\n99%\nlast \ufffd\n"


def test_a_reader_that_has_gone_is_no_error(environment: dict[str, str]) -> None:
    process = subprocess.Popen(
        [*COMMAND, "runs", "--all", "--json"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(60) == 141


def test_ctrl_c_ends_following_quietly(environment: dict[str, str]) -> None:
    process = subprocess.Popen(
        [*COMMAND, "logs", "live-1", "-f"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"so far\n"
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, b"", b"")


def test_names_beyond_the_terminals_encoding_are_written_out(environment: dict[str, str], place: Path) -> None:
    store = open_store(str(place))
    Maker(store).run("wide", tags={"city": "Zürich 東京"}, at=START + 5)
    store.close()
    answer = _run({**environment, "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}, "runs", "-n", "1", "-c", "tag.city")
    assert answer.returncode == 0
    assert rb"Z\xfcrich \u6771\u4eac" in answer.stdout


@pytest.fixture
def follower(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([*COMMAND, "logs", "live-1", "-f"], env=environment, stdout=subprocess.PIPE)
    yield process
    process.kill()
    process.communicate()


def test_following_shows_what_another_process_adds(follower: subprocess.Popen[bytes], place: Path) -> None:
    from runwatch.schema.artifact import AppendArtifact, SealArtifact

    assert follower.stdout is not None
    assert follower.stdout.readline() == b"so far\n"
    store = open_store(str(place))
    store.artifacts.append(AppendArtifact(run_id="live-1", path="logs/user_log.txt", offset=7, data=b"more\nend"))
    assert follower.stdout.readline() == b"more\n"
    store.artifacts.seal(SealArtifact(run_id="live-1", path="logs/user_log.txt"))
    Maker(store).end("live-1")
    store.close()
    assert follower.stdout.read() == b"end\n"
    deadline = time.monotonic() + 60
    while follower.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert follower.returncode == 0


def test_help_loads_nothing_heavy(environment: dict[str, str]) -> None:
    script = (
        "import sys\nfrom runwatch.cli.app import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'sqlalchemy', 'rich', 'pydantic', 'matplotlib', 'sklearn', 'psutil'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, timeout=60, check=True
    )
    assert answer.stdout.decode().splitlines()[-1] == "[]"
