"""One process of a job: how it is started, and how it ended."""

from __future__ import annotations

import errno
import os
import signal
from contextlib import suppress

from runwatch.compute.runner import kernel
from runwatch.compute.runner.token import process_token

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from runwatch.compute.runner.cgroup import Group
    from runwatch.compute.runner.job import Process

CONSOLE_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
"""Appending, so that the order of both streams and of all processes of the tree is that of their writes."""

SHOWN_LENGTH = 200
"""A sentence needs no more of a path."""

NOT_EXECUTABLE = frozenset({errno.EACCES, errno.EPERM, errno.ENOEXEC})

STEPS = {
    "fork": "No process could be made for {program}: {why}.",
    "console": "The console file {console} could not be opened: {why}.",
    "chdir": "The working folder {cwd} could not be entered: {why}.",
    "exec": "The program {program} could not be started: {why}.",
}
"""What may fail before the program runs."""


class Child:
    """A process that was started, or that could not be.

    Args:
        rank: Its place among the job's processes.
        process: What is to run.
        cwd: Its working folder.

    Attributes:
        rank: Its place among the job's processes.
        pid: 0 if none was made.
        token: Its `process_token`.
        code: Its exit code, once it has ended by itself; if the program never ran, 127, or 126 if it may not be
            executed, as shells have it.
        signal: The signal that ended it.
        problem: A sentence, if the program never ran.
    """

    def __init__(self, rank: int, process: Process, cwd: bytes) -> None:
        self.rank = rank
        self.pid = 0
        self.token = ""
        self.code: int | None = None
        self.signal: int | None = None
        self.problem = ""
        self._process = process
        self._cwd = cwd
        self._line = -1

    @property
    def has_ended(self) -> bool:
        """Whether it has ended, or never started."""
        return self.code is not None or self.signal is not None

    @property
    def has_failed(self) -> bool:
        """Whether it has ended otherwise than with exit code 0."""
        return self.has_ended and self.code != 0

    def start(self, group: Group | None) -> None:
        """Start it; what fails from here on is this child's end, no error of the runner."""
        try:
            self._line, theirs = os.pipe()
        except OSError as error:
            self._fail("fork", error.errno or 0)
            return
        runner = os.getpid()
        # No signal may reach the child before it has handlers of its own.
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        try:
            self.pid = os.fork()
            if self.pid == 0:
                self._become(group, runner, theirs)
            self.token = process_token(self.pid)
        except OSError as error:
            self._fail("fork", error.errno or 0)
            os.close(self._line)
        finally:
            os.close(theirs)
            signal.pthread_sigmask(signal.SIG_SETMASK, [])

    def note_end(self, status: int) -> None:
        """Take down what the kernel says of its end."""
        if os.WIFSIGNALED(status):
            self.signal = os.WTERMSIG(status)
        else:
            self.code = os.WEXITSTATUS(status)
        # Without waiting: what the child had to say of its start it has said, and a program that runs closed the line.
        step, _, number = os.read(self._line, 64).decode("ascii").partition(" ")
        os.close(self._line)
        if step:
            self._fail(step, int(number))

    def _fail(self, step: str, number: int) -> None:
        self.code, self.signal = 126 if number in NOT_EXECUTABLE else 127, None
        self.problem = STEPS[step].format(
            program=_shown(self._process.argv[0]), console=_shown(self._process.console), cwd=_shown(self._cwd),
            why=os.strerror(number),
        )  # fmt: skip
        with suppress(OSError):
            console = os.open(self._process.console, CONSOLE_FLAGS, 0o600)
            os.write(console, f"runwatch: {self.problem}\n".encode())
            os.close(console)

    def _become(self, group: Group | None, runner: int, line: int) -> NoReturn:
        """In the fork: become the program, or tell the runner at which step that failed."""
        step = "exec"
        try:
            os.setsid()
            kernel.die_with_parent(runner)
            if group is not None:
                group.join()
            step = "console"
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(os.open(self._process.console, CONSOLE_FLAGS, 0o600), 1)
            os.dup2(1, 2)
            step = "chdir"
            os.chdir(self._cwd)
            step = "exec"
            _reset_signals()
            os.execvpe(self._process.argv[0], self._process.argv, self._process.environment)  # noqa: S606 (no shell is the point)
        except OSError as error:
            os.write(line, f"{step} {error.errno or 0}".encode())
        except BaseException:  # such as a zero byte in an argument; nothing may go on as a second runner
            os.write(line, f"{step} {errno.EINVAL}".encode())
        finally:
            os._exit(127)


def _reset_signals() -> None:
    """As a program expects to find them: each at its default, none held back."""
    signal.set_wakeup_fd(-1)
    for number in range(1, signal.NSIG):
        with suppress(OSError, ValueError):  # SIGKILL, SIGSTOP, and those of the C library
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def _shown(text: bytes) -> str:
    whole = text.decode("utf-8", "backslashreplace")
    return repr(whole if len(whole) <= SHOWN_LENGTH else f"{whole[:SHOWN_LENGTH]}…")
