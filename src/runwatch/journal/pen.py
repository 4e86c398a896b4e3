"""Pens: what puts one record into a segment so that a live reader sees all of it or nothing.

Three pens write the same bytes: the native one into a mapped segment, its Python twin, and one that uses ``pwrite``
where mapping is not safe. A pen belongs to one thread; the commit word goes last, by one aligned store of 8 bytes.
"""

from __future__ import annotations

import importlib
import os
import zlib
from collections import deque
from collections.abc import Callable
from threading import get_ident
from time import time_ns
from typing import Any, Literal, Protocol

from runwatch.journal.format import (
    BOOL,
    FLOAT,
    FLOAT_POINT,
    HEAD,
    HEAD_BYTES,
    INT,
    INT_POINT,
    NO_STEP,
    SCALAR_BYTES,
    SEALED,
    WORD_BYTES,
    padded,
)

PenKind = Literal["native", "map", "write"]


class Pen(Protocol):
    """Writes records into one segment after another.

    Attributes:
        keys: Metric names defined in this segment with their ids; the caller fills it, `attach` and `seal` empty it.
        position: Where the next record goes; 0 while no segment is attached.
        sequence: The number of the next record.
        owner: The thread that may use `scalar`; 0 means none.
        busy: The caller is in the middle of something, so that `scalar` must not write.
    """

    keys: dict[str, int]
    owner: int
    busy: bool

    @property
    def position(self) -> int:
        """See above."""
        ...

    @property
    def sequence(self) -> int:
        """See above."""
        ...

    def attach(self, target: Any, start: int, size: int, /) -> None:
        """Go on at ``start`` of a segment: a writable map or a file descriptor."""
        ...

    def seal(self) -> None:
        """Write the word that ends the segment, and let go of it."""
        ...

    def append(self, kind: int, flags: int, key: int, payload: bytes, /) -> bool:
        """Write a record; False without room, or in a forked child."""
        ...

    def scalar(self, name: str, value: object, step: int | None, /) -> bool:
        """The fast path: True if the point is recorded, False (and nothing done) if it is not the plain case.

        Plain is: the owner's thread, a known name, a float, a 64-bit int or a bool, a step of 64 bits or none, room.
        """
        ...


def _import_native() -> Any:
    if os.environ.get("RUNWATCH_JOURNAL_NATIVE") == "0":
        return None
    try:
        return importlib.import_module("runwatch.journal._native")
    except ImportError:  # built without a C compiler
        return None


native: Any = _import_native()
"""The extension, or None where it is missing or ``RUNWATCH_JOURNAL_NATIVE=0``."""

_forks = 0


def _count_forks() -> int:
    return _forks


def _forked() -> None:
    global _forks
    _forks += 1


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)

generation: Callable[[], int] = _count_forks if native is None else native.generation
"""A number that differs between a process and its forked children; the native one changes within fork() itself."""


class _PythonPen:
    """What the pens in Python share: everything but the two stores.

    Args:
        salt: Begins every checksum.
        later: What signal handlers left behind because they met the pen in the middle of a call.
        resume: Records what is in ``later``.
    """

    def __init__(self, salt: int, later: deque[Any] | None = None, resume: Callable[[], None] | None = None) -> None:
        self.keys: dict[str, int] = {}
        self.position = 0
        self.sequence = 0
        self.owner = 0
        self.busy = False
        self._salt = salt
        self._later = later if later is not None else deque()
        self._resume = resume
        self._end = 0
        self._generation = generation()
        self._unsure = False  # an exception came out of the middle of a store

    def attach(self, target: Any, start: int, size: int, /) -> None:
        self._let_go()
        self._take(target, size)
        self.position, self._end, self._unsure = start, (size & ~7) - WORD_BYTES, False

    def seal(self) -> None:
        try:
            if self._end and self._generation == generation():
                self._settle()
                self._publish(self.position, SEALED)
        finally:
            self._let_go()

    def append(self, kind: int, flags: int, key: int, payload: bytes, /) -> bool:
        if self._unsure:
            self._settle()
        taken = padded(HEAD_BYTES + len(payload))
        if self._generation != generation() or taken > self._end - self.position:
            return False
        self._commit(HEAD.pack(self.sequence, kind, flags, key) + payload)
        return True

    def scalar(self, name: str, value: object, step: int | None, /) -> bool:
        if self.busy or self._unsure or self._end - self.position < SCALAR_BYTES or self.owner != get_ident():
            return False
        key = self.keys.get(name) if type(name) is str else None
        if key is None or self._generation != generation():
            return False
        if step is None:
            step = NO_STEP
        elif type(step) is not int or not NO_STEP < step <= 2**63 - 1:
            return False
        self.busy = True  # before the sequence number is read: a signal handler may log right here
        try:
            if isinstance(value, float):
                self._commit(FLOAT_POINT.pack(self.sequence, FLOAT, 0, key, step, value, time_ns()))
            elif type(value) is int and -(2**63) <= value < 2**63:
                self._commit(INT_POINT.pack(self.sequence, INT, 0, key, step, value, time_ns()))
            elif value is True or value is False:
                self._commit(INT_POINT.pack(self.sequence, BOOL, 0, key, step, value, time_ns()))
            else:
                return False
        except OSError:
            return False  # the slow path meets it again and deals with it
        finally:
            self.busy = False
            if self._later and self._resume is not None:  # now, not at the next call: there may be none
                self._resume()
        return True

    def _commit(self, body: bytes) -> None:
        length = len(body) + WORD_BYTES
        word = length | zlib.crc32(body, self._salt) << 32
        position = self.position
        try:
            self._store(position + WORD_BYTES, body)
            self._publish(position, word)
            self.position = position + (length + 7 & ~7)
            self.sequence += 1
        except BaseException as error:  # an error of the disk, or Ctrl-C between two of these lines
            self._unsure = True
            if isinstance(error, OSError) and self._has(position, word):
                return  # it said so after the fact: the record is there, and must not be written twice
            raise

    def _has(self, position: int, word: int) -> bool:
        try:
            return self._word(position) == word
        except OSError:
            return False

    def _settle(self) -> None:
        """After an interruption: take over the record if it was committed, and wipe what it may have left behind."""
        while self.position < self._end and (word := self._word(self.position)):
            self.position += padded(word & 0xFFFFFFFF)
            self.sequence += 1
        if self._unsure:
            self._store(self.position, bytes(self._end + WORD_BYTES - self.position))
        self._unsure = False

    def _let_go(self) -> None:
        self.position = self._end = 0
        self._unsure = False
        self.keys.clear()
        self._drop()

    def _take(self, target: Any, size: int) -> None:
        raise NotImplementedError

    def _drop(self) -> None:
        raise NotImplementedError

    def _store(self, position: int, data: bytes) -> None:
        raise NotImplementedError

    def _publish(self, position: int, word: int) -> None:
        raise NotImplementedError

    def _word(self, position: int) -> int:
        raise NotImplementedError


class MapPen(_PythonPen):
    """The twin of the native pen.

    Slice assignment copies without touching the commit word, and an element of a ``Q`` view is stored whole;
    ``struct.pack_into`` would show the reader zeros first.
    """

    _map: Any = b""
    _words: Any = b""

    def _take(self, target: Any, size: int) -> None:
        self._map = target
        self._words = memoryview(target)[: size & ~7].cast("Q")

    def _drop(self) -> None:
        self._words = self._map = b""

    def _store(self, position: int, data: bytes) -> None:
        self._map[position : position + len(data)] = data

    def _publish(self, position: int, word: int) -> None:
        self._words[position >> 3] = word

    def _word(self, position: int) -> int:
        return int(self._words[position >> 3])


class FilePen(_PythonPen):
    """Writes through a file descriptor, for file systems that must not be mapped: an error instead of a SIGBUS."""

    _file = -1

    def _take(self, target: Any, size: int) -> None:
        self._file = target

    def _drop(self) -> None:
        descriptor, self._file = self._file, -1
        if descriptor >= 0:
            os.close(descriptor)

    def __del__(self) -> None:
        self._drop()

    def _store(self, position: int, data: bytes) -> None:
        done = os.pwrite(self._file, data, position)
        while done < len(data):
            done += os.pwrite(self._file, data[done:], position + done)

    def _publish(self, position: int, word: int) -> None:
        os.pwrite(self._file, word.to_bytes(8, "little"), position)

    def _word(self, position: int) -> int:
        return int.from_bytes(os.pread(self._file, 8, position), "little")


def make_pen(
    *,
    mapped: bool,
    salt: int,
    kind: PenKind | None = None,
    later: deque[Any] | None = None,
    resume: Callable[[], None] | None = None,
) -> Pen:
    """The best pen for the file system, or the one asked for; see `_PythonPen` for the last two.

    No Python code runs in the middle of a native call, so that nothing is ever left behind there.
    """
    if kind is None:
        kind = "write" if not mapped else "map" if native is None else "native"
    if kind == "write":
        return FilePen(salt, later, resume)
    pen: Pen = native.Pen(salt) if kind == "native" else MapPen(salt, later, resume)
    return pen
