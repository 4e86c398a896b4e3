"""Descendants are found wherever they went, and no other process is ever signalled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from runwatch.compute.runner import family
from runwatch.compute.runner.family import Family
from runwatch.compute.runner.token import fields
from tests.unit.compute.runner.scene import await_that, console, exit_of, make_command, phase

TREE = ["/bin/sh", "-c", "setsid sh -c 'sleep 99; true' & sleep 99; true"]


@pytest.mark.parametrize("pidfd", [True, False])
def test_the_whole_tree_is_found_and_killed(monkeypatch: pytest.MonkeyPatch, pidfd: bool) -> None:
    if not pidfd:
        monkeypatch.delattr(os, "pidfd_open")
    with subprocess.Popen(TREE) as top:
        found = Family(top.pid)
        await_that(lambda: len(found.living()) == 3, "a shell and two sleepers below the first shell")
        members = found.living()
        found.kill()
        await_that(lambda: not any(alive(pid) for pid in members), "they are gone")
        assert top.wait(30) is not None


def test_sigterm_comes_once_each(tmp_path: Path) -> None:
    told, ready = tmp_path / "told", tmp_path / "ready"
    script = f"trap 'echo told >> {told}' TERM; touch {ready}; while :; do sleep 0.05; done"
    with subprocess.Popen(["/bin/sh", "-c", 'sh -c "$1"; true', "sh", script]) as top:
        found = Family(top.pid)
        await_that(ready.exists, "the child is there")
        found.terminate()
        await_that(told.exists, "it was told")
        found.terminate()
        os.kill(found.living()[0], signal.SIGTERM)
        await_that(lambda: told.read_text().count("told") > 1, "a control: this one does tell it again")
        assert told.read_text().count("told") == 2
        found.kill()
        top.wait(30)


def test_a_pid_that_was_given_out_again_is_left_alone() -> None:
    with subprocess.Popen(["sleep", "99"]) as other:
        family._send(other.pid, "1", 9)
        assert alive(other.pid)
        other.kill()


WITHOUT = """
import sys
from runwatch.compute.runner import family, kernel, token
token.PROC = family.PROC = "/none"
kernel._CALL = None
from runwatch.compute.runner.supervisor import main
sys.exit(main([sys.argv[1]]))
"""


def test_without_proc_and_orphans_the_groups_are_ended(tmp_path: Path) -> None:
    """As on systems other than Linux."""
    job = make_command(
        tmp_path,
        ("/bin/sh", "-c", "sh -c 'trap \"\" TERM; echo ready; sleep 99; true' & wait"),
        grace_s=0.5,
        cgroup=False,
    )
    made = subprocess.Popen([sys.executable, "-c", WITHOUT, str(job)], stdin=subprocess.PIPE, start_new_session=True)
    assert made.stdin is not None
    made.stdin.write(b"g")
    made.stdin.close()
    await_that(lambda: b"ready" in console(job) and phase(job) == "running", "it runs")
    group = os.getpgid(child_of(made.pid))
    made.terminate()
    assert made.wait(30) == 0
    assert exit_of(job).cause == "canceled"
    await_that(lambda: not family._answers(group), "the whole group is gone")


def child_of(pid: int) -> int:
    return Family(pid).living()[0]


def alive(pid: int) -> bool:
    return fields(pid)[:1] not in ([], ["Z"])
