"""Starts the watcher process, detached from the training process and able to see how that one ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runwatch.journal.background import elsewhere
from runwatch.sdk.watcher.token import process_token

if TYPE_CHECKING:
    import socket
    import subprocess

SHELL: Final = "/bin/sh"
DETACH: Final = 'exec 3<&0; "$@" <&3 3<&- &'
"""Leaves the watcher without a parent that waits for it: a training script's own ``os.wait()`` must neither collect it
nor wait for it. A shell does in 1 ms what a fork of a large training process does slowly, and with threads unsafely."""

SHELL_WAIT_S: Final = 5.0
"""The shell ends within milliseconds; on a machine slower than this the watcher starts all the same, a little later."""

FOLLOWED_VARIABLE: Final = "RUNWATCH_FOLLOWED"
"""``<descriptor> <pid> <token>``: a descriptor of the training process that the watcher inherits, so that it learns
how a process ended that was gone before the watcher was up."""

HIGH_DESCRIPTOR: Final = 10
"""Inherited descriptors are above those that a shell script uses."""

DROPPED_ENVIRONMENT: Final = frozenset({
    "PYTHONINSPECT", "PYTHONWARNINGS", "PYTHONDEVMODE", "PYTHONPROFILEIMPORTTIME", "PYTHONTRACEMALLOC", "PYTHONMALLOC",
    "PYTHONASYNCIODEBUG", "PYTHONSTARTUP", "PYTHONBREAKPOINT", "PYTHONVERBOSE", "PYTHONDEBUG", "PYTHONUNBUFFERED",
})  # fmt: skip
"""Meant for the script: they would make the watcher wait at a prompt, end at a warning, or grow."""

ONE_THREAD: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def environment(source: dict[str, str]) -> dict[str, str]:
    """The environment of the watcher, made from that of the training process.

    Relative entries of ``PYTHONPATH`` become absolute, because the watcher leaves the working folder.
    """
    found = {name: value for name, value in source.items() if name not in DROPPED_ENVIRONMENT}
    return elsewhere(found | dict.fromkeys(ONE_THREAD, "1"))


def command(folder: Path) -> list[str]:
    """The command line of the watcher of a folder.

    Raises:
        ValueError: If no Python interpreter is known, as in some embedded ones.
    """
    # -P: a script's folder with a random.py or a select.py in it must not break the watcher.
    return [_interpreter(), "-P", str(Path(__file__).with_name("__main__.py")), str(folder)]


def _interpreter() -> str:
    own = Path(sys.executable or "")
    inner = Path(sys.exec_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (own, inner):
        if candidate.name.lower().startswith(("python", "pypy")) and candidate.exists():
            return str(candidate)
    raise ValueError(f"no Python interpreter is known here (sys.executable is {sys.executable!r}).")


def spawn(folder: Path) -> socket.socket:
    """Start a watcher for a journal folder; the answer is our end of the line to its standard input.

    Raises:
        OSError: If no process could be made.
        ValueError: If no interpreter is known.
    """
    import socket

    line, variables = command(folder), environment(dict(os.environ))
    detached = Path(SHELL).exists()
    ours, theirs = socket.socketpair()
    followed = _own_descriptor()
    try:
        if followed is not None:
            variables[FOLLOWED_VARIABLE] = f"{followed} {os.getpid()} {process_token()}"
        with theirs, open(folder / "watcher.log", "ab") as log:
            process = _start(
                [SHELL, "-c", DETACH, "sh", *line] if detached else line, variables, theirs, log.fileno(), followed
            )
        _let_go(process, wait=detached)
    except BaseException:
        ours.close()
        raise
    finally:
        if followed is not None:
            os.close(followed)
    ours.setblocking(False)
    return ours


def _start(
    line: list[str], variables: dict[str, str], bell: socket.socket, log: int, followed: int | None
) -> subprocess.Popen[bytes]:  # fmt: skip
    import subprocess

    return subprocess.Popen(
        line,
        stdin=bell.fileno(),
        stdout=log,
        stderr=log,
        env=variables,
        start_new_session=True,
        close_fds=True,
        pass_fds=() if followed is None else (followed,),
    )


def _own_descriptor() -> int | None:
    """A descriptor of this very process; None where the system has no such thing."""
    if not hasattr(os, "pidfd_open"):
        return None
    import fcntl

    try:
        low = os.pidfd_open(os.getpid())
    except OSError:
        return None
    try:
        return fcntl.fcntl(low, fcntl.F_DUPFD_CLOEXEC, HIGH_DESCRIPTOR)
    finally:
        os.close(low)


def _let_go(process: subprocess.Popen[bytes], *, wait: bool) -> None:
    import subprocess

    if wait:
        try:
            if process.wait(SHELL_WAIT_S) != 0:
                raise OSError(f"the shell ended with {process.returncode}")
        except subprocess.TimeoutExpired:
            pass  # it will start the watcher when the machine lets it
    if process.returncode is None:
        process.returncode = 0  # nobody waits for it, and no warning is due when the handle goes
