"""Segments: files of fixed size whose space is allocated before a byte of them is mapped."""

from __future__ import annotations

import errno
import mmap
import os
import sys
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from runwatch.journal.format import Header, segment_name

NO_SPACE: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Errors that a smaller segment may avoid."""

_PREALLOCATE = 42  # F_PREALLOCATE of macOS, with fst_flags, fst_posmode, fst_offset, fst_length, fst_bytesalloc
_ZEROS = bytes(1 << 16)


class Segment(NamedTuple):
    """A new segment, ready to be written.

    Attributes:
        path: Where it lies.
        target: What a pen attaches to: a writable map, or a file descriptor that the pen will close.
        size: Its bytes.
    """

    path: Path
    target: Any
    size: int


def create_segment(folder: Path, header: Header, *, mapped: bool) -> Segment:
    """Make, allocate and name a segment; after this its pages cannot run out of space.

    It gets its name only with its header in place, so that a reader never sees half of one.

    Raises:
        OSError: With nothing left behind.
    """
    path = folder / segment_name(header.writer.hex(), header.number)
    hidden = path.with_suffix(".new")
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(hidden, flags, 0o600)
    try:
        allocate(descriptor, header.size)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, header.pack())
        target: Any = mmap.mmap(descriptor, header.size) if mapped else descriptor
        hidden.replace(path)
    except BaseException:
        os.close(descriptor)
        with suppress(OSError):
            hidden.unlink()
        raise
    if mapped:
        os.close(descriptor)
    return Segment(path, target, header.size)


def allocate(descriptor: int, size: int) -> None:
    """Reserve the bytes of a file, which then reads as zeros.

    Raises:
        OSError: ENOSPC, EDQUOT or EFBIG where there is no room.
    """
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(descriptor, 0, size)
        except OSError as error:
            if error.errno not in {errno.EINVAL, errno.EOPNOTSUPP, errno.ENOSYS}:
                raise
        else:
            return
    elif sys.platform == "darwin":
        import fcntl
        import struct

        fcntl.fcntl(descriptor, _PREALLOCATE, struct.pack("=IiqqQ", 4, 3, 0, size, 0))  # all of it, from the end
        os.ftruncate(descriptor, size)
        return
    for start in range(0, size, len(_ZEROS)):  # the file system cannot reserve: write
        done = os.write(descriptor, _ZEROS[: size - start])
        if done < min(len(_ZEROS), size - start):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def make_header(
    run: bytes, writer: bytes, *, attempt: int, number: int, first: int, size: int, pid: int | None = None
) -> Header:
    """The header of a segment that begins now in this process."""
    return Header(
        run=run,
        writer=writer,
        attempt=attempt & 0xFFFFFFFF,
        pid=os.getpid() if pid is None else pid,
        boot=boot_id(),
        number=number,
        first=first,
        size=size,
        wall_ns=time.time_ns(),
        monotonic_ns=time.monotonic_ns(),
    )


@cache
def boot_id() -> bytes:
    """Sixteen bytes that change with every start of the machine; zeros where the system has none."""
    try:
        text = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
        return bytes.fromhex(text.strip().replace("-", ""))
    except (OSError, ValueError):
        return bytes(16)
