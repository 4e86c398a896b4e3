"""The runner's course: wait for the word, start the processes, see how they end, end what they leave, say so."""

from __future__ import annotations

import os
import sys
import time

from runwatch.compute.runner import cgroup, document, kernel
from runwatch.compute.runner.child import Child
from runwatch.compute.runner.ending import Ending
from runwatch.compute.runner.family import Family
from runwatch.compute.runner.job import Job, read_job
from runwatch.compute.runner.token import boot_id, process_token
from runwatch.compute.runner.wakeup import Wakeup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

GO = b"g"

SETTLE_S = 0.5
"""What a process leaves behind may be ending already, as the helpers of Python's multiprocessing are."""

FAREWELL_S = 1.0
"""What is left behind has so long from SIGTERM to SIGKILL."""

KILL_S = 30.0
"""A process that waits for a dead disk or server does not even end of SIGKILL; then the job ends without it."""

KILL_AGAIN_S = 0.05
POLL_S = 0.1
"""How often to look where the kernel does not bring orphans home."""

STATE_AGAIN_S = 5.0
"""A state that could not be written, as on a full disk, is written as soon as it can be."""


class Supervisor:
    """Runs the job of a folder.

    Args:
        folder: The job folder.
        job: What it asks for.
        wakeup: This process's signals.
    """

    def __init__(self, folder: str, job: Job, wakeup: Wakeup) -> None:
        self._folder = folder
        self._job = job
        self._wakeup = wakeup
        self._adopts = kernel.become_subreaper()
        self._family = Family(os.getpid())
        self._group: cgroup.Group | None = None
        self._children: list[Child] = []
        self._failed: Child | None = None
        self._has_children = True
        self._memory: dict[str, int] = {}
        self._began = 0.0
        self._started_at: float | None = None
        self._ended_at: float | None = None
        self._phase = "waiting"
        self._state_is_written = True

    def run(self) -> bool:
        """From the first word to the last; whether ``exit.json`` was written."""
        document.reserve(self._folder, len(self._job.processes))
        self._enter("waiting")
        refused = self._wait_for_go()
        if refused is not None:
            return self._leave(refused, 0)
        self._start()
        cause, note = self._watch()
        left = self._end_all(cause)
        child = self._failed if cause == "exit" and self._failed is not None else self._children[0]
        memory = cgroup.evidence(self._memory)
        if self._group is not None:
            self._group.remove()
        return self._leave(Ending(cause, child, len(self._children), memory, note), left)

    def _wait_for_go(self) -> Ending | None:
        """Wait for the agent's word; if it does not come, why."""
        word = b""
        while not self._wakeup.terms and not word:
            if self._wakeup.sleep(source=0):
                word = _read_word()
                if word != GO:
                    return Ending("not_started", note="The runner was left before it was told to start the job.")
        if self._wakeup.terms:
            return Ending("canceled", note="The job was canceled before it was started.")
        return None

    def _start(self) -> None:
        _let_go_of_input()
        if self._job.wants_group:
            self._group = cgroup.make_group(f"runwatch-{os.getpid()}-{process_token().rpartition('+')[2]}")
        self._memory = cgroup.memory_ends(self._group)
        self._began, self._started_at = time.monotonic(), time.time()
        for rank, process in enumerate(self._job.processes):
            child = Child(rank, process, self._job.cwd)
            self._children.append(child)
            child.start(self._group)
            if child.has_failed:
                self._failed = child
                break
            self._family.add(child.pid)
        self._enter("running")

    def _watch(self) -> tuple[str, str]:
        """Wait until the end of the job is decided: the cause, and what to say of it."""
        limit_s = self._job.max_duration_s
        deadline = None if limit_s is None else self._began + limit_s
        while True:
            self._reap()
            if self._failed is not None or all(child.has_ended for child in self._children):
                return "exit", ""
            if self._wakeup.terms:
                return "canceled", "The job was canceled"
            if deadline is not None and time.monotonic() >= deadline:
                return "timeout", f"The job was ended after {limit_s:g} s, the longest that it may run"
            self._sleep(deadline)

    def _end_all(self, cause: str) -> int:
        """End every process that is left; how many there were besides the job's own that did not end by themselves."""
        if cause != "exit" or not all(child.has_ended for child in self._children):
            self._enter("ending")
            self._family.terminate()
            self._wait_for_all(self._job.grace_s, can_be_hurried=True)
            left = self._count_left()
        else:
            self._wait_for_all(SETTLE_S)
            left = self._count_left()
            if left:
                self._enter("ending")
                self._family.terminate()
                self._wait_for_all(FAREWELL_S)
        self._kill_all()
        return left

    def _count_left(self) -> int:
        if not self._is_anybody_left():
            return 0
        own = {child.pid for child in self._children}
        others = len([pid for pid in self._family.living() if pid not in own or not self._family.is_whole])
        # One that starts itself anew all the time may be missed, but the kernel knows that it is there.
        return max(others, int(all(child.has_ended for child in self._children)))

    def _kill_all(self) -> None:
        deadline = time.monotonic() + KILL_S
        while self._is_anybody_left() and time.monotonic() < deadline:
            if self._group is not None:
                self._group.kill()
            self._family.kill()
            self._wait_for_all(KILL_AGAIN_S)

    def _wait_for_all(self, patience_s: float, *, can_be_hurried: bool = False) -> None:
        """Wait until nobody is left, at most so long; in a hurry, only until SIGTERM has come twice."""
        deadline = time.monotonic() + patience_s
        self._reap()
        while self._is_anybody_left() and time.monotonic() < deadline:
            if can_be_hurried and self._wakeup.terms > 1:
                return
            self._sleep(deadline if self._adopts else min(deadline, time.monotonic() + POLL_S))
            self._reap()

    def _is_anybody_left(self) -> bool:
        """Whether any process of the tree is left. Orphans come to a subreaper, so one without children is alone."""
        return self._has_children or (not self._adopts and bool(self._family.living()))

    def _reap(self) -> None:
        """Collect all children that have ended, adopted ones too."""
        own = {child.pid: child for child in self._children if not child.has_ended}
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                self._has_children = False
                return
            if pid == 0:
                self._has_children = True
                return
            if pid in own:
                self._note_end(own[pid], status)

    def _note_end(self, child: Child, status: int) -> None:
        child.note_end(status)
        self._ended_at = time.time()
        if child.has_failed and self._failed is None:
            self._failed = child

    def _sleep(self, until: float | None) -> None:
        if not self._state_is_written:
            soon = time.monotonic() + STATE_AGAIN_S
            until = soon if until is None else min(until, soon)
        self._wakeup.sleep(until)
        if not self._state_is_written:
            self._enter(self._phase)

    def _enter(self, phase: str) -> None:
        self._phase = phase
        self._state_is_written = document.write_state(self._folder, {
            "v": 1,
            "pid": os.getpid(),
            "started": process_token(),
            "boot_id": boot_id(),
            "phase": phase,
            "started_at": self._started_at,
            "cgroup": None if self._group is None else self._group.path,
            "processes": [{"pid": child.pid, "started": child.token} for child in self._children if child.pid],
        })  # fmt: skip

    def _leave(self, ending: Ending, left: int) -> bool:
        return document.write_exit(self._folder, _exit_content(ending, self._started_at, self._ended_at, left) | {
            "processes": [{"code": child.code, "signal": child.signal} for child in self._children],
        })  # fmt: skip


def main(arguments: list[str]) -> int:
    """Run the job of a folder; 0 if ``exit.json`` says how it ended."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -I -S runner/__main__.py FOLDER\n")
        return 2
    folder, wakeup = os.path.abspath(arguments[0]), Wakeup()
    os.chdir("/")  # hold on to no folder of anybody's
    try:
        job = read_job(folder)
    except (OSError, ValueError) as error:
        ending = Ending("not_started", note=f"The job could not be read: {error}.")
        return 0 if document.write_exit(folder, _exit_content(ending, None, None, 0)) else 1
    return 0 if Supervisor(folder, job, wakeup).run() else 1


def _exit_content(ending: Ending, started_at: float | None, ended_at: float | None, left: int) -> dict[str, Any]:
    times = {"started_at": started_at, "ended_at": time.time() if ended_at is None else ended_at}
    return {"v": 1} | ending.content() | times | {"left_behind": left, "processes": []}


def _read_word() -> bytes:
    try:
        return os.read(0, 1)
    except OSError:
        return b""


def _let_go_of_input() -> None:
    """The agent's end may go now; and nothing else may be given its number."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
