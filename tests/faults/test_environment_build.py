"""Builds of environments that are killed, canceled or doubled leave nothing that counts, and the next one is whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from runwatch.compute.environment.python import Python
from runwatch.compute.environment.step import BuildCanceledError
from runwatch.schema.error import ExperimentExecutionException
from tests.unit.compute.environment.wheel import SlowPackage
from tests.unit.compute.environment.workshop import Workshop, said_by

BUILD = """
import sys
from pathlib import Path
from tests.unit.compute.environment.workshop import Workshop
Workshop(Path(sys.argv[1])).build("slow")
"""
ROOT = Path(__file__).parents[2]


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("UV_OFFLINE", "1")
    return Workshop(tmp_path)


@pytest.fixture
def slow(workshop: Workshop) -> Iterator[SlowPackage]:
    made = SlowPackage(workshop.packages, workshop.folder / "signs")
    yield made
    made.go.touch()  # a test that failed leaves no program that waits


def wait_for(condition: Callable[[], bool], timeout_s: float = 30) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def builders(workshop: Workshop) -> list[psutil.Process]:
    """The programs that still build in the workshop."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and any(str(workshop.folder) in word for word in process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


class Builder(threading.Thread):
    """A job that builds, in a thread of its own."""

    def __init__(self, workshop: Workshop, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.cancel = threading.Event()
        self.log = workshop.folder / f"{name}.txt"
        self.python: Python | None = None
        self.error: Exception | None = None
        self._workshop = workshop
        self.start()

    def run(self) -> None:
        try:
            self.python = self._workshop.build("slow", cancel=self.cancel, log=self.log)
        except Exception as error:
            self.error = error

    def words(self) -> str:
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""


def test_a_builder_killed_half_way_leaves_nothing_that_counts(workshop: Workshop, slow: SlowPackage) -> None:
    """Its uv goes on without it: the next builder waits for that one to end before it clears the folder."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    process = subprocess.Popen(
        [sys.executable, "-c", BUILD, str(workshop.folder)], env=os.environ | {"PYTHONPATH": paths}
    )
    wait_for(slow.began.exists)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert workshop.ready() == []
    orphans = builders(workshop)
    assert orphans
    following = Builder(workshop, "following")
    wait_for(lambda: "waiting for it" in following.words())
    assert all(orphan.is_running() for orphan in orphans)
    slow.go.touch()
    following.join(30)
    assert following.error is None
    assert following.python is not None
    assert said_by(following.python, "import slow, runwatch; print(slow.VERSION)") == "1.0"
    assert following.words().count("Building it") == 1
    assert len(workshop.ready()) == 1


def test_a_machine_that_stopped_half_way(workshop: Workshop, slow: SlowPackage) -> None:
    """Everything of a build is gone at once; what it left is cleared."""
    slow.go.touch()
    python = workshop.build("slow")
    folder = Path(python.prefix).parent
    (folder / "ready.json").unlink()
    (Path(python.site) / "slow.py").unlink()  # not written to: it is a hard link into uv's cache
    (folder / "left").touch()
    assert said_by(workshop.build("slow"), "import slow; print(slow.VERSION)") == "1.0"
    assert not (folder / "left").exists()


@pytest.mark.parametrize("content", [b"", b"{", b'{"v": 1}', b"\xff"])
def test_a_damaged_mark_does_not_count(workshop: Workshop, content: bytes) -> None:
    python = workshop.build()
    mark = Path(python.prefix).parent / "ready.json"
    mark.write_bytes(content)
    assert workshop.build() == python
    assert workshop.words().count("Building it") == 2


def test_two_at_once_are_one_build(workshop: Workshop, slow: SlowPackage) -> None:
    first = Builder(workshop, "first")
    wait_for(slow.began.exists)
    second = Builder(workshop, "second")
    wait_for(lambda: "waiting for it" in second.words())
    slow.go.touch()
    for builder in (first, second):
        builder.join(30)
        assert builder.error is None
    assert first.python == second.python
    assert (first.words() + second.words()).count("Building it") == 1


def test_cancel_ends_everything_that_builds(workshop: Workshop, slow: SlowPackage) -> None:
    builder = Builder(workshop, "canceled")
    wait_for(slow.began.exists)
    assert builders(workshop)
    builder.cancel.set()
    builder.join(30)
    assert isinstance(builder.error, BuildCanceledError)
    wait_for(lambda: not builders(workshop))
    assert sorted(path.suffix for path in workshop.place.iterdir()) == [".lock"]
    assert "canceled" in builder.words()
    slow.go.touch()
    assert said_by(workshop.build("slow"), "import slow; print(slow.VERSION)") == "1.0"


def test_one_that_waits_can_be_canceled(workshop: Workshop, slow: SlowPackage) -> None:
    first = Builder(workshop, "first")
    wait_for(slow.began.exists)
    second = Builder(workshop, "second")
    wait_for(lambda: "waiting for it" in second.words())
    second.cancel.set()
    second.join(30)
    assert isinstance(second.error, BuildCanceledError)
    slow.go.touch()
    first.join(30)
    assert first.error is None


def test_a_place_that_cannot_be_written_to(workshop: Workshop) -> None:
    workshop.place.write_text("a file")
    with pytest.raises(ExperimentExecutionException, match="could not be built in"):
        workshop.build()
