"""The digests of files, kept from one snapshot to the next so that an unchanged folder costs no reading.

A digest is believed while device, inode, size, time of change and time of status change of the file are what they
were. It is kept only if both times were two seconds in the past when reading began: a file that is written to twice
within the clock's resolution would look unchanged otherwise, the fault that git knows as "racy".
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from runwatch.schema.error import SnapshotException

SETTLED_NS: Final = 2_000_000_000
"""How old a file's times must be before its digest is kept: coarser than the clock of any file system in use."""

MOST_FOLDERS: Final = 64
"""Source folders whose digests are kept; the one that was not looked at for longest goes."""

_TRIES: Final = 3
_READ_BYTES: Final = 1 << 20
_DIGEST_BYTES: Final = 32

Key = tuple[int, int, int, int, int]


def key_of(found: os.stat_result) -> Key:
    """What tells one state of a file from another."""
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


class DigestCache:
    """The digests of one source folder: a file of its own, written anew as a whole, so that nothing needs a lock.

    Whatever is wrong with the file, or with the folder it lies in, there is no cache then.

    Args:
        root: The source folder.
        folder: Where the files are kept; the user's cache folder by default.
    """

    def __init__(self, root: Path, folder: Path | None = None) -> None:
        self._folder = folder or cache_folder()
        self._file = self._folder / f"{hashlib.sha256(os.fsencode(root)).hexdigest()[:32]}.digests"
        self._known = _read(self._file)
        self._seen: dict[Key, str] = {}

    def find(self, found: os.stat_result) -> str | None:
        """The digest of a file in this state, if it is known."""
        key = key_of(found)
        sha256 = self._known.get(key)
        if sha256 is not None:
            self._seen[key] = sha256
        return sha256

    def keep(self, found: os.stat_result, sha256: str, begun_ns: int) -> None:
        """Keep a digest, unless the file may have changed again without showing it.

        Args:
            found: The file's state, before and after it was read.
            sha256: What was read.
            begun_ns: When reading began.
        """
        if max(found.st_mtime_ns, found.st_ctime_ns) < begun_ns - SETTLED_NS:
            self._seen[key_of(found)] = sha256

    def save(self) -> None:
        """Write down what this snapshot needed, and forget the rest."""
        if self._seen == self._known:
            with suppress(OSError):
                os.utime(self._file)
            return
        body = msgspec.msgpack.encode([(*key, bytes.fromhex(sha256)) for key, sha256 in self._seen.items()])
        draft = self._file.with_name(f".{secrets.token_hex(8)}")
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                draft.write_bytes(hashlib.sha256(body).digest() + body)
                draft.replace(self._file)
            finally:
                draft.unlink(missing_ok=True)
            _prune(self._folder)


def cache_folder() -> Path:
    """Where digests are kept."""
    from platformdirs import user_cache_path

    return user_cache_path("runwatch", appauthor=False) / "snapshot"


def digest_file(path: Path, opened: Callable[[], int]) -> tuple[os.stat_result, str, int]:
    """Read a file whose content does not change meanwhile.

    Args:
        path: Its name, for messages.
        opened: Opens it.

    Returns:
        Its state, the SHA-256 of its content in hex, and when reading began, in nanoseconds.

    Raises:
        SnapshotException: It changed each time it was read.
        OSError: It cannot be read.
    """
    for _ in range(_TRIES):
        begun_ns = time.time_ns()
        with open(opened(), "rb", buffering=0) as file:
            before = os.fstat(file.fileno())
            digest, size_bytes = hashlib.sha256(), 0
            while data := file.read(_READ_BYTES):
                digest.update(data)
                size_bytes += len(data)
            after = os.fstat(file.fileno())
        if key_of(before) == key_of(after) and size_bytes == after.st_size:
            return after, digest.hexdigest(), begun_ns
    raise SnapshotException(
        f"{path} changed while it was read.",
        hint="Take the snapshot when nobody writes to it, or leave it out by a line in .amlignore.",
    )


def _read(file: Path) -> dict[Key, str]:
    try:
        data = file.read_bytes()
        if hashlib.sha256(data[_DIGEST_BYTES:]).digest() != data[:_DIGEST_BYTES]:
            return {}
        rows = msgspec.msgpack.decode(data[_DIGEST_BYTES:], type=list[tuple[int, int, int, int, int, bytes]])
    except (OSError, msgspec.DecodeError):
        return {}
    return {row[:5]: row[5].hex() for row in rows}


def _prune(folder: Path) -> None:
    files = [(file.stat().st_mtime, file) for file in folder.glob("*.digests")]
    for _, file in sorted(files)[: max(0, len(files) - MOST_FOLDERS)]:
        file.unlink(missing_ok=True)
