"""The server is away when a script starts, for hours in the middle, or at its end: training never notices."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runwatch.schema.error import NotFoundError, StoreUnavailableError
from runwatch.schema.run import GetRun, Run, RunStatus
from runwatch.store.remote.store import RemoteStore
from tests.faults.serving import ServerNursery

SCRIPT = """
import sys, time
from runwatch import Experiment, Workspace
began = time.monotonic()
run = Experiment(Workspace.open(sys.argv[1]), "away").start_logging(run_id="run-1", outputs=None)
slowest = 0.0
for step in range(2_000):
    started = time.perf_counter()
    run.log("loss", step / 2, step=step)
    slowest = max(slowest, time.perf_counter() - started)
    if step == 1_000:
        print("half", flush=True)
        sys.stdin.readline()
run.upload_file("outputs/note.txt", __import__("io").BytesIO(b"kept"))
run.complete()
print(f"{slowest:.6f} {time.monotonic() - began:.3f}", flush=True)
"""


@pytest.fixture
def nursery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServerNursery]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("RUNWATCH_SYSTEM_INTERVAL_S", "0")
    made = ServerNursery(tmp_path / "workspace")
    yield made
    made.close()


class Training:
    """The script at work."""

    def __init__(self, url: str, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", SCRIPT, url], cwd=folder, env=os.environ, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "half\n"

    def finish(self) -> tuple[float, float, str]:
        """The slowest call of ``log``, the whole time, both in s, and what was said on stderr."""
        out, error = self._process.communicate("\n", timeout=60)
        assert self._process.returncode == 0, error
        slowest, whole = out.split()
        return float(slowest), float(whole), error


def arrived(url: str, timeout_s: float = 90) -> Run:
    """The run once the store has all of it."""
    remote, deadline = RemoteStore(url), time.monotonic() + timeout_s
    while True:
        assert time.monotonic() < deadline, "the run did not arrive"
        try:
            run = remote.runs.get(GetRun(run_id="run-1"))
            if run.status.is_terminal:
                break
        except (NotFoundError, StoreUnavailableError):
            pass
        time.sleep(0.1)
    from runwatch.schema.artifact import GetArtifact
    from runwatch.schema.metric import ListMetrics

    (metric,) = remote.metrics.list(ListMetrics(run_id="run-1")).metrics
    assert (metric.name, metric.rows, metric.columns[0].last) == ("loss", 2_000, 999.5)
    assert remote.artifacts.get(GetArtifact(run_id="run-1", path="outputs/note.txt")).size_bytes == 4
    remote.close()
    return run


def test_away_from_start_to_end_and_back_later(nursery: ServerNursery, tmp_path: Path) -> None:
    slowest, whole, said = Training(nursery.url, tmp_path).finish()
    assert whole < 12  # a run's end waits ten seconds at most
    assert slowest < 1  # no call waited for a connection
    assert said.count("cannot be reached") == 1
    assert "could not be recorded" not in said
    nursery.start()
    run = arrived(nursery.url)
    assert (run.status, run.experiment) == (RunStatus.COMPLETED, "away")
    assert run.warnings == ()


def test_away_in_the_middle(nursery: ServerNursery, tmp_path: Path) -> None:
    nursery.start()
    training = Training(nursery.url, tmp_path)
    nursery.end()
    time.sleep(1.0)
    nursery.start()
    slowest, _, said = training.finish()
    assert slowest < 1
    assert said == ""
    run = arrived(nursery.url)
    assert (run.status, run.number, run.warnings) == (RunStatus.COMPLETED, 1, ())


def test_away_at_the_end(nursery: ServerNursery, tmp_path: Path) -> None:
    nursery.start()
    training = Training(nursery.url, tmp_path)
    nursery.end()
    _, whole, said = training.finish()
    assert whole < 14
    assert "still on their way" in said
    assert "could not be recorded" not in said
    nursery.start()
    assert arrived(nursery.url).status is RunStatus.COMPLETED


def test_journals_left_behind_are_brought_in_by_sync(nursery: ServerNursery, tmp_path: Path) -> None:
    """Whatever became of the watcher: `runwatch sync` finds what waits for this server."""
    training = Training(nursery.url, tmp_path)
    assert _kill_watchers(tmp_path)
    training.finish()
    _kill_watchers(tmp_path)  # the script may have started another one
    nursery.start()
    done = subprocess.run(
        [sys.executable, "-m", "runwatch.cli", "--workspace", nursery.url, "sync"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "run-1" in done.stdout
    assert arrived(nursery.url, 20).status.is_terminal


def _kill_watchers(folder: Path) -> int:
    """Kill the watchers of the journals below a folder; how many there were."""
    import psutil

    killed = 0
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if any(word.endswith("sdk/watcher/__main__.py") for word in words) and str(folder) in " ".join(words):
            process.kill()
            process.wait(20)
            killed += 1
    return killed
