"""Finds the token for a server: given, kept for this user, or left by a server of this user on this machine.

Servers leave a small file each in the user's state folder while they run, readable for that user alone: a script on the
same machine then needs no token of its own. Tokens for other servers are kept in one file beside them.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from runwatch.schema.settled import settled
from runwatch.store.remote.address import Address, parse

TOKEN_VARIABLE: Final = "RUNWATCH_TOKEN"  # noqa: S105 (the name of a variable)


class Announcement(Struct, frozen=True, kw_only=True):
    """What a running server says of itself to programs of its user.

    Attributes:
        url: Its address.
        token: Lets in whoever sends it; empty if the server asks for none.
        location: The workspace it serves.
        pid: Its process.
        started: When that process started, in the words of the system; tells it from a later one of the same number.
    """

    url: str
    token: str = ""
    location: str = ""
    pid: int = 0
    started: str = ""


def find(address: Address) -> str:
    """The token for a server, or an empty text if none is known.

    The first of: the one the link carried, ``RUNWATCH_TOKEN``, the one kept by `keep`, the one of a server of this
    user on this machine.
    """
    named = address.token or os.environ.get(TOKEN_VARIABLE, "")
    if named:
        return named
    kept = _kept().get(address.url, "")
    if kept or not address.is_loopback:
        return kept
    return next((each.token for each in announced() if _same(each.url, address)), "")


def keep(address: Address, token: str) -> Path:
    """Keep the token for a server, for this user; an empty one is forgotten. Returns the file."""
    known = {**_kept(), address.url: token}
    path = folder() / "tokens.json"
    write(path, msgspec.json.encode({url: value for url, value in known.items() if value}))
    return path


def announce(announcement: Announcement) -> Path:
    """Leave word of a running server; the caller removes the file when it stops."""
    path = folder() / "servers" / f"{announcement.pid}.json"
    write(path, msgspec.json.encode(announcement))
    return path


def withdraw(announcement: Announcement) -> None:
    """Remove what a server has left."""
    (folder() / "servers" / f"{announcement.pid}.json").unlink(missing_ok=True)


def announced() -> list[Announcement]:
    """What servers of this user have left; some may have ended without removing it."""
    found = []
    for path in sorted((folder() / "servers").glob("*.json")):
        data = read(path)
        try:
            found.append(msgspec.json.decode(data, type=settled(Announcement)))
        except msgspec.DecodeError:
            continue
    return found


def is_up(announcement: Announcement) -> bool:
    """Whether the server still runs: another program may have its port by now, and must not be sent its token."""
    return bool(announcement.started) and started(announcement.pid) == announcement.started


def started(pid: int) -> str | None:
    """When a process started, in a form that tells it from a later one of the same number; None if it is gone."""
    import psutil

    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else f"{process.create_time():.3f}"
    except (psutil.Error, ValueError):  # ValueError: a number that no process can have
        return None


def folder() -> Path:
    """Where this user's tokens and announcements lie."""
    from platformdirs import user_state_path

    return user_state_path("runwatch", appauthor=False)


def read(path: Path) -> bytes:
    """A file of ours; empty if it is not there, is a link or belongs to somebody else."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return b""
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or (hasattr(os, "getuid") and status.st_uid != os.getuid()):
            return b""
        return file.read(1 << 20)


def write(path: Path, data: bytes) -> None:
    """Put a file in place that nobody else can read, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _kept() -> dict[str, str]:
    try:
        return msgspec.json.decode(read(folder() / "tokens.json") or b"{}", type=dict[str, str])
    except msgspec.DecodeError:
        return {}


def _same(url: str, address: Address) -> bool:
    """Whether an announced server is the one asked for: localhost has several names."""
    other = parse(url)
    return other.is_loopback and (other.port, other.path) == (address.port, address.path)
