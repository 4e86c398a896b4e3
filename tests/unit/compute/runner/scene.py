"""Job folders and real runners for the runner's tests."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from runwatch.compute import runner
from runwatch.journal.job_file import JobExit, JobFile, JobProcess, read_exit, read_state, write_job

PROGRAM = Path(runner.__file__).with_name("__main__.py")


def make_job(folder: Path, *scripts: str, **facts: Any) -> Path:
    """A job folder with a process of Python for each script; the console of rank n is ``console/n``."""
    commands = [(sys.executable, "-I", "-S", "-u", "-c", script) for script in scripts]
    return make_command(folder, *commands, **facts)


def make_command(folder: Path, *commands: tuple[str, ...], **facts: Any) -> Path:
    """A job folder with a process for each command."""
    job = folder / "job"
    for made in (job / "console", job / "work"):
        made.mkdir(parents=True)
    given: dict[str, Any] = {
        "run_id": "run", "attempt": 1, "grace_s": 20.0, "cwd": str(job / "work"),
        "environment": {"PATH": os.environ["PATH"]},
        "processes": tuple(
            JobProcess(argv=argv, console=str(job / "console" / str(rank)), environment={"RANK": str(rank)})
            for rank, argv in enumerate(commands)
        ),
    } | facts  # fmt: skip
    write_job(job, JobFile(**given))
    return job


def start(job: Path, *, go: bytes | None = b"g") -> subprocess.Popen[bytes]:
    """A runner of the folder, told to go unless None is given; its standard input stays open then."""
    made = subprocess.Popen(
        [sys.executable, "-I", "-S", str(PROGRAM), str(job)], stdin=subprocess.PIPE, start_new_session=True, cwd="/"
    )
    if go is not None:
        say(made, go)
    return made


def say(made: subprocess.Popen[bytes], word: bytes) -> None:
    assert made.stdin is not None
    made.stdin.write(word)
    made.stdin.close()


@contextmanager
def running(job: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A runner of the folder, once the first process of its job has said ``ready``; killed afterwards if it is left."""
    made = start(job)
    try:
        await_that(lambda: b"ready" in console(job), "the script is ready")
        await_that(lambda: phase(job) == "running", "the runner has said so")
        yield made
    finally:
        if made.poll() is None:
            made.kill()
            made.wait()
        remove_group(job)


def remove_group(job: Path) -> None:
    """Remove what a killed runner leaves: its processes die with it, its control group does not go by itself."""
    state = read_state(job)
    if state is not None and state.cgroup is not None and os.path.isdir(state.cgroup):
        await_that(lambda: not (Path(state.cgroup or "") / "cgroup.procs").read_text(), "the group is empty")
        os.rmdir(state.cgroup)


def run(job: Path) -> JobExit:
    """Run the job to its end."""
    made = start(job)
    assert made.wait(60) == 0
    return exit_of(job)


def exit_of(job: Path) -> JobExit:
    found = read_exit(job)
    assert found is not None
    return found


def phase(job: Path) -> str:
    state = read_state(job)
    return "" if state is None else state.phase


def console(job: Path, rank: int = 0) -> bytes:
    path = job / "console" / str(rank)
    return path.read_bytes() if path.exists() else b""


def marked(mark: str) -> list[int]:
    """The pids of living processes that have the mark on their command line, other than this one."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        line = process.info["cmdline"] or []
        if any(mark in word for word in line) and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process.pid)
    return [pid for pid in found if pid != os.getpid()]


def await_that(condition: Callable[[], bool], what: str, *, timeout_s: float = 30.0) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"not in time: {what}"
        time.sleep(0.005)
