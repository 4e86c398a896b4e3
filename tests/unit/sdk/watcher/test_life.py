"""A process that is not our child: whether it lives, and how it ended."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys

import pytest

from runwatch.sdk.watcher import life as module
from runwatch.sdk.watcher.life import Life
from runwatch.sdk.watcher.token import process_token
from tests.unit.sdk.watcher.scene import await_that

PARENT = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdin=subprocess.PIPE)
print(child.pid, flush=True)
if sys.stdin.readline():  # then: collect it
    child.stdin.close()
    child.wait()
    print("collected", flush=True)
sys.stdin.readline()
"""


class Grandchild:
    """A process whose parent collects it when told to."""

    def __init__(self, code: str) -> None:
        self.parent = subprocess.Popen(
            [sys.executable, "-c", PARENT, code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.parent.stdout is not None
        self.pid = int(self.parent.stdout.readline())
        self.life = Life(self.pid, process_token(self.pid))

    def collect(self) -> None:
        assert self.parent.stdin is not None
        assert self.parent.stdout is not None
        self.parent.stdin.write("\n")
        self.parent.stdin.flush()
        assert self.parent.stdout.readline() == "collected\n"

    def close(self) -> None:
        self.life.close()
        self.parent.communicate("\n\n")


@pytest.fixture
def knows_status() -> None:
    release = [int(part.split("-")[0]) for part in os.uname().release.split(".")[:2]]
    if release < [6, 15]:
        pytest.skip("this kernel does not tell the exit status of other processes")


@pytest.mark.usefixtures("knows_status")
@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("import sys; sys.stdin.read(); sys.exit(3)", 3 << 8),
        ("import sys; sys.stdin.read()", 0),
        ("import os, signal, sys; sys.stdin.read(); os.kill(os.getpid(), signal.SIGKILL)", signal.SIGKILL),
    ],
)
def test_the_kernel_tells_how_a_process_ended(code: str, status: int) -> None:
    found = Grandchild(code)
    try:
        assert not found.life.ended()
        assert found.life.wait_status() is None
        found.collect()
        assert found.life.ended()
        assert found.life.wait_status() == status
        assert not found.life.status_is_pending()
    finally:
        found.close()


def test_ended_but_not_collected_has_ended_and_its_status_is_pending(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Grandchild("import sys; sys.stdin.read()")
    try:
        os.kill(found.pid, signal.SIGKILL)
        assert found.life.descriptor is not None
        assert select.select([found.life.descriptor], [], [], 10)[0]
        assert found.life.ended()
        assert found.life.wait_status() is None
        assert found.life.status_is_pending()
        monkeypatch.setattr(module, "STATUS_WAIT_S", 0.0)
        assert not found.life.status_is_pending(), "a parent that never collects is not waited for"
    finally:
        found.close()


def test_a_process_with_the_same_pid_and_another_token_is_not_followed() -> None:
    found = Life(os.getpid(), "00000000-0000-0000-0000-000000000000+1")
    assert found.descriptor is None
    assert found.ended()
    assert found.wait_status() is None
    assert not found.status_is_pending()


def test_without_descriptors_the_process_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "pidfd_open")
    with subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE) as made:
        found = Life(made.pid, process_token(made.pid))
        assert found.descriptor is None
        assert not found.ended()
        made.kill()
        await_that(found.ended, "the process has ended")
        assert found.wait_status() is None
