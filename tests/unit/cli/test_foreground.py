"""How a command in the foreground ended, in the words of a job."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from runwatch.cli.foreground import Foreground, exit_code, write_exit
from runwatch.journal.job_file import read_exit


def run(tmp_path: Path, *words: str) -> dict[str, Any]:
    return Foreground(words, dict(os.environ), tmp_path / "console.txt").run()


@pytest.mark.parametrize(
    ("script", "cause", "code", "number", "ours"),
    [
        ("pass", "exit", 0, None, 0),
        ("raise SystemExit(9)", "exit", 9, None, 9),
        ("import os; os.kill(os.getpid(), 15)", "signal", None, 15, 143),
    ],
)
def test_ends(tmp_path: Path, script: str, cause: str, code: int | None, number: int | None, ours: int) -> None:
    found = run(tmp_path, sys.executable, "-c", script)
    assert (found["cause"], found["code"], found["signal"], exit_code(found)) == (cause, code, number, ours)
    assert write_exit(tmp_path, found)
    said = read_exit(tmp_path)
    assert said is not None
    assert (said.cause, said.code, said.signal, said.message) == (cause, code, number, found["message"])
    assert said.started_at is not None
    assert said.started_at <= said.ended_at


def test_what_cannot_be_started(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("no program")
    missing, plain = run(tmp_path, str(tmp_path / "none")), run(tmp_path, str(tmp_path / "plain"))
    assert [(each["cause"], exit_code(each)) for each in (missing, plain)] == [
        ("not_started", 127),
        ("not_started", 126),
    ]


def test_an_interruption_counts_only_if_it_ended_the_command(tmp_path: Path) -> None:
    def interrupt() -> None:
        os.kill(os.getpid(), signal.SIGINT)

    script = "import sys, time\ntry: time.sleep(60)\nexcept KeyboardInterrupt: sys.exit(int(sys.argv[1]))"
    for code, cause in ((0, "exit"), (5, "interrupted")):
        # Blocked in this thread before there is another one, so that only the command's own wait hears of it.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        timer = threading.Timer(1.5, interrupt)
        timer.start()
        try:
            found = run(tmp_path, "env", "-u", "X", sys.executable, "-c", unblocked(script), str(code))
        finally:
            timer.join()
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        assert (found["cause"], found["code"]) == (cause, code)


def unblocked(script: str) -> str:
    """The command takes the mask over that stands outside of `Foreground`, which is this test's."""
    return f"import signal; signal.pthread_sigmask(signal.SIG_SETMASK, [])\n{script}"


def test_nothing_of_ours_is_changed(tmp_path: Path) -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, []), len(os.listdir("/proc/self/fd"))
    run(tmp_path, "true")
    assert (signal.pthread_sigmask(signal.SIG_BLOCK, []), len(os.listdir("/proc/self/fd"))) == before
