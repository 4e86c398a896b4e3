"""Runs a command in the foreground: its streams relayed, signals passed on, and how it ended in the words of a job."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from runwatch.cli.relay import Relay, open_relays
from runwatch.compute.runner import cgroup, document, kernel
from runwatch.sdk.console import ConsoleFile

PASSED_ON: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
KEYS: Final = frozenset({signal.SIGINT, signal.SIGQUIT})
"""When these come from the terminal, all processes in its foreground have got them."""

HEARD: Final = frozenset({*PASSED_ON, signal.SIGCHLD, signal.SIGWINCH})

NOT_FOUND: Final = 127
NOT_EXECUTABLE: Final = 126
BY_SIGNAL: Final = 128
"""Exit codes as shells have them; to the last the number of the signal is added."""


class Foreground:
    """A command at work in the foreground of a terminal, or of whatever started us.

    It has our standard input, our session and process group, so that the terminal treats it as if we were not there:
    keys such as Ctrl-C reach both of us. It does not outlive us, since nobody would keep what it says.

    Args:
        command: The program and its arguments.
        environment: All its variables.
        console: The file in which its output is kept.

    Attributes:
        kept: Why the console took no more, or nothing.
    """

    def __init__(self, command: Sequence[str], environment: dict[str, str], console: Path) -> None:
        self._command = command
        self._environment = environment
        self._console = ConsoleFile(console)
        self._relays: tuple[Relay, ...] = ()
        self._is_interrupted = False

    @property
    def kept(self) -> str:
        """Why the console took no more, or nothing."""
        return self._console.failed

    def run(self) -> dict[str, Any]:
        """Start the command and wait for its end; the answer is what ``exit.json`` says of it."""
        memory, started_at = cgroup.memory_ends(None), time.time()
        before = signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)
        try:
            process = self._start(before)
            for relay in self._relays:
                relay.start()
            while process.poll() is None:
                self._heed(process, *_next_signal())
        except OSError as error:
            return _not_started(self._command[0], error)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        ended_at = time.time()
        for relay in self._relays:
            relay.finish()
        self._console.close()
        found = _ending(process, interrupted=self._is_interrupted, memory=cgroup.evidence(memory))
        return found | {"started_at": started_at, "ended_at": ended_at}

    def _start(self, mask: set[int | signal.Signals]) -> subprocess.Popen[bytes]:
        parent = os.getpid()

        def prepare() -> None:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            kernel.die_with_parent(parent)

        sys.stdout.flush()
        sys.stderr.flush()
        output, error = open_relays(self._console)
        try:
            process = subprocess.Popen(
                self._command, env=self._environment, stdout=output.theirs, stderr=error.theirs, preexec_fn=prepare
            )
        except OSError:
            for relay in {output, error}:
                relay.drop()
            raise
        self._relays = tuple(dict.fromkeys((output, error)))
        return process

    def _heed(self, process: subprocess.Popen[bytes], number: int, by_terminal: bool) -> None:
        if number == signal.SIGWINCH:
            for relay in self._relays:
                relay.resize()
        elif number == signal.SIGCHLD:
            return
        elif number == signal.SIGINT:
            self._is_interrupted = True
        # The end of a terminal is told to the leader of its session, which may be us alone; and of a new size the
        # command has heard perhaps before its own terminal had it.
        if not (by_terminal and number in KEYS):
            process.send_signal(number)


def exit_code(found: dict[str, Any]) -> int:
    """What we end with: the exit code of the command, or what a shell would make of the signal that ended it."""
    return BY_SIGNAL + int(found["signal"]) if found["signal"] is not None else int(found["code"])


def write_exit(folder: Path, found: dict[str, Any]) -> bool:
    """Write ``exit.json``; see `runwatch.compute.runner.document.write_exit`."""
    process = {"code": found["code"], "signal": found["signal"]}
    return document.write_exit(str(folder), {"v": 1, "rank": 0, **found, "left_behind": 0, "processes": [process]})


def _next_signal() -> tuple[int, bool]:
    """The next signal, and whether it came from the terminal rather than from a process."""
    if hasattr(signal, "sigwaitinfo"):
        found = signal.sigwaitinfo(HEARD)
        return found.si_signo, found.si_code > 0
    number = signal.sigwait(HEARD)  # who sent it is not told
    return number, number in KEYS


def _ending(process: subprocess.Popen[bytes], *, interrupted: bool, memory: str) -> dict[str, Any]:
    status = process.returncode
    code, number = (status, None) if status >= 0 else (None, -status)
    seen = f"exit code {code}" if number is None else f"signal {number} ({_name(number)})"
    message = f"The kernel reported {seen} for process {process.pid}"
    if interrupted and status != 0:
        cause, message = "interrupted", f"The command was interrupted: the kernel reported {seen} for it"
    elif number == signal.SIGKILL and memory:
        cause, message = "out_of_memory", f"{message}, and {memory}"
    else:
        cause = "exit" if number is None else "signal"
    return {"cause": cause, "code": code, "signal": number, "message": f"{message}."}


def _not_started(program: str, error: OSError) -> dict[str, Any]:
    code = NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_EXECUTABLE
    return {
        "cause": "not_started", "code": code, "signal": None, "started_at": None, "ended_at": time.time(),
        "message": f"The program {program:.200} could not be started: {error.strerror}.",
    }  # fmt: skip


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "a real-time signal"
