"""Server processes of this user: what they announce, whether they live, starting one in the background, ending one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from runwatch.schema.error import StoreUnavailableError
from runwatch.store.remote import credential
from runwatch.store.remote.credential import Announcement

START_S: Final = 30.0
"""A server in the background is up in a second; a database that has to be upgraded first may take longer."""

STOP_S: Final = 15.0
"""Longer than the server gives to requests under way."""


def announce(url: str, token: str, location: str) -> Path:
    """Leave word of this process; the caller removes the file at its end."""
    pid = os.getpid()
    return credential.announce(
        Announcement(url=url, token=token, location=location, pid=pid, started=credential.started(pid) or "")
    )  # fmt: skip


def running(location: str | None = None) -> list[Announcement]:
    """Servers of this user that live; what dead ones have left is removed.

    Args:
        location: Only those that serve this workspace.
    """
    found = []
    for each in credential.announced():
        if credential.is_up(each):
            found.append(each)
        else:
            credential.withdraw(each)
    return [each for each in found if location in {None, each.location}]


def start(location: str, options: Sequence[str] = ()) -> Announcement:
    """Start a server in the background and wait until it answers.

    Args:
        location: The workspace.
        options: Further words for ``runwatch up``.

    Raises:
        StoreUnavailableError: If it does not come up; the message holds what it said.
    """
    log = credential.folder() / "servers" / f"start-{os.getpid()}-{os.urandom(4).hex()}.log"
    credential.write(log, b"")
    with log.open("ab") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "runwatch.cli", "--workspace", location, "up", *options],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/" if os.name == "posix" else None,  # it holds on to no folder of the user's
            start_new_session=True,
        )
    deadline = time.monotonic() + START_S
    while child.poll() is None and time.monotonic() < deadline:
        for each in running(location):
            if each.pid == child.pid:
                log.unlink(missing_ok=True)  # it goes on writing there; nobody needs the file's name any more
                return each
        time.sleep(0.02)
    said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    log.unlink(missing_ok=True)
    if child.poll() is None:
        child.terminate()
    raise StoreUnavailableError(f"The server did not start: {said[-1] if said else 'it said nothing'}.")


def stop(announcement: Announcement) -> bool:
    """Tell a server to end and wait until it has; whether it has."""
    import psutil

    try:
        process = psutil.Process(announcement.pid)
        if not credential.is_up(announcement):
            return True
        process.terminate()
        process.wait(STOP_S)
    except psutil.TimeoutExpired:
        return False
    except psutil.NoSuchProcess:
        pass
    credential.withdraw(announcement)
    return True
