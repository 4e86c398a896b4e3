"""Real agents, submissions and what they leave, for tests of faults."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from runwatch.journal import location
from runwatch.journal.job_file import read_exit, read_state
from runwatch.schema.job import Job, JobState, ListJobs, Target
from runwatch.schema.launch import EnvironmentSpec, Launch
from runwatch.schema.run import GetRun, Run, RunStatus
from runwatch.sdk import cancellation, submission
from runwatch.store.location import open_store
from runwatch.store.protocol import Store

PATIENCE_S = 90.0

SHOUT = """
import os, sys, time
from pathlib import Path
here = Path({root!r})
with open(here / "lines", "a") as file:
    file.write(f"{{os.environ['RUNWATCH_RUN_ID']}} {{os.getpid()}}\\n")
def wait(name):
    while not (here / name).exists():
        time.sleep(0.02)
"""
"""Opens every script: says that it runs, in the order in which scripts begin, and can wait for a file."""


class Agency:
    """A workspace with agents.

    Attributes:
        root: A folder for everything.
        location: The workspace.
        store: The same, opened.
    """

    def __init__(self, root: Path, where: str | None = None) -> None:
        self.root = root
        self.location = str(root / "workspace") if where is None else where
        self.store: Store = open_store(self.location)
        self._agents: list[subprocess.Popen[bytes]] = []
        self._bells: set[Path] = set()

    def agent(
        self, name: str = "agent", *, lease_s: float = 60.0, state: str = "state", wait: bool = True, **variables: str
    ) -> subprocess.Popen[bytes]:  # fmt: skip
        """Start an agent and wait until it can be rung."""
        environment = dict(os.environ) | {"XDG_STATE_HOME": str(self.root / state)} | variables
        bell = self.bell(state)
        self._bells.add(bell)
        line = [sys.executable, "-P", "-m", "runwatch.compute.agent", "--workspace", self.location, "--name", name]
        with open(self.root / "agent.log", "ab") as log:
            made = subprocess.Popen(
                [*line, "--lease-s", str(lease_s), "--stay"], stdout=log, stderr=log, env=environment,
                start_new_session=True,
            )  # fmt: skip
        self._agents.append(made)
        if wait:
            await_that(lambda: made.poll() is not None or _answers(bell), "the agent listens")
        return made

    def bell(self, state: str = "state") -> Path:
        """Where an agent is rung."""
        with _state_home(self.root / state):
            return location.bell(location.compute_folder(self.location))

    def submit(self, text: str, target: str = "local", *, priority: int = 0, **facts: Any) -> str:
        """Submit a script; the id of its run."""
        source = self.root / "source"
        source.mkdir(exist_ok=True)
        (source / "train.py").write_text(SHOUT.format(root=str(self.root)) + text)
        if isinstance(chosen := facts.get("environment"), dict):
            facts["environment"] = EnvironmentSpec(**chosen)
        given = {"script": "train.py", "python": sys.executable, "host": socket.gethostname()} | facts
        made = submission.send(
            self.location, "faults", Launch(**given), target, definition={}, source=source, priority=priority
        )
        return made.run_id

    def submit_command(self, *command: str, target: str = "local", priority: int = 0, **facts: Any) -> str:
        """Submit a command without a folder."""
        given = {"command": command, "python": sys.executable, "host": socket.gethostname()} | facts
        made = submission.send(
            self.location, "faults", Launch(**given), target, definition={}, source=None, priority=priority
        )
        return made.run_id

    def cancel(self, run_id: str) -> None:
        cancellation.cancel(self.store, self.location, self.run(run_id))

    def run(self, run_id: str) -> Run:
        return self.store.runs.get(GetRun(run_id=run_id))

    def job(self, run_id: str) -> Job:
        return self.store.jobs.list(ListJobs(run_id=run_id, states=tuple(JobState))).jobs[0]

    def folder(self, run_id: str, attempt: int = 1) -> Path:
        return location.job_folder(self.location, run_id, attempt)

    def folder_of(self, state: str, run_id: str, attempt: int = 1) -> Path:
        """The job folder below the state folder of an agent of a server's workspace."""
        with _state_home(self.root / state):
            return self.folder(run_id, attempt)

    def cluster(self, name: str, slots: int) -> str:
        self.store.jobs.put_target(Target(name=name, slots=slots))
        return name

    def await_status(self, run_id: str, *statuses: RunStatus) -> Run:
        await_that(
            lambda: self.run(run_id).status in statuses,
            lambda: f"{run_id} is {self.run(run_id).status}, not {statuses}; {self.log()}",
        )
        return self.run(run_id)

    def await_end(self, *run_ids: str) -> list[Run]:
        """Wait until runs and their jobs are over."""
        for run_id in run_ids:
            await_that(
                lambda run_id=run_id: self.run(run_id).status.is_terminal and self.job(run_id).state is JobState.ENDED,  # type: ignore[misc]
                lambda run_id=run_id: f"{self.run(run_id)} has not ended; {self.log()}",  # type: ignore[misc]
            )
        return [self.run(run_id) for run_id in run_ids]

    def lines(self) -> list[str]:
        """The runs whose scripts have begun, in that order, each as often as it was begun."""
        try:
            return [line.split()[0] for line in (self.root / "lines").read_text().splitlines()]
        except FileNotFoundError:
            return []

    def open(self, name: str) -> None:
        """What scripts wait for is there."""
        (self.root / name).touch()

    def log(self) -> str:
        return (self.root / "agent.log").read_text(errors="replace")[-4000:] if self._agents else "no agent was there"

    def console(self, run_id: str, attempt: int = 1) -> bytes:
        try:
            return (self.folder(run_id, attempt) / "console" / "0.txt").read_bytes()
        except OSError:
            return b""

    def runner(self, run_id: str) -> int:
        """The pid of a runner."""
        state = read_state(self.folder(run_id))
        assert state is not None
        return state.pid

    def processes(self) -> list[psutil.Process]:
        """Those that belong to this workspace, agents apart."""
        agents = {agent.pid for agent in self._agents}
        return [made for made in psutil.process_iter() if made.pid not in agents and str(self.root) in _line(made)]

    def watchers(self, run_id: str) -> list[psutil.Process]:
        return [made for made in self.processes() if "watcher/__main__.py" in _line(made) and run_id in _line(made)]

    def end_agents(self) -> None:
        """Let all agents leave in order; what runs goes on."""
        for agent in self._agents:
            if agent.poll() is None:
                agent.send_signal(signal.SIGCONT)
                agent.terminate()
        for agent in self._agents:
            agent.wait(60)

    def close(self) -> None:
        """End everything, one process after the other."""
        self.end_agents()
        for number in (signal.SIGTERM, signal.SIGKILL):
            for made in self.processes():
                with suppress(psutil.Error):
                    made.send_signal(number)
            until = time.monotonic() + 20
            while self.processes() and time.monotonic() < until:
                time.sleep(0.05)
        for bell in self._bells:  # of agents that were killed
            bell.unlink(missing_ok=True)
        self.store.close()
        assert self.processes() == []


@pytest.fixture
def agency(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Agency]:
    """A workspace whose only agents are those that the test starts."""
    yield from serving(tmp_path, monkeypatch)


def serving(root: Path, monkeypatch: pytest.MonkeyPatch, where: str | None = None) -> Iterator[Agency]:
    """An agency, ended afterwards."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(root / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(root / "state"))
    monkeypatch.setattr("runwatch.sdk.agent._start", lambda *given: None)
    made = Agency(root, where)
    try:
        yield made
    finally:
        made.close()


def await_that(condition: Callable[[], bool], what: str | Callable[[], str], patience_s: float = PATIENCE_S) -> None:
    """Wait until something is so."""
    until = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < until, what if isinstance(what, str) else what()
        time.sleep(0.02)


def is_over(folder: Path) -> bool:
    """Whether the runner of a folder has written how its job ended."""
    return read_exit(folder) is not None


def kill(agent: subprocess.Popen[bytes]) -> None:
    agent.kill()
    agent.wait()


def in_order(found: Iterable[float]) -> bool:
    times = list(found)
    return times == sorted(times)


@contextmanager
def _state_home(folder: Path) -> Iterator[None]:
    before = os.environ["XDG_STATE_HOME"]
    os.environ["XDG_STATE_HOME"] = str(folder)
    try:
        yield
    finally:
        os.environ["XDG_STATE_HOME"] = before


def _answers(bell: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.setblocking(False)
        try:
            line.sendto(b"r", str(bell))
        except BlockingIOError:
            return True
        except OSError:
            return False
    return True


def _line(process: psutil.Process) -> str:
    try:
        return " ".join([*process.cmdline(), process.cwd()]) if process.status() != psutil.STATUS_ZOMBIE else ""
    except (psutil.Error, OSError):
        return ""
