"""Types of data made ready for reading, one at a time.

msgspec looks into the fields of a struct when the struct is first read, and lets other threads see it half done: two
threads that read the first of its kind at the same moment crash the process (seen with 0.22: a null pointer in
``mpack_decode``; a server's first requests, or many runs that start together, are enough). Once it is done it is safe.
"""

from __future__ import annotations

import threading
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_lock = threading.Lock()
_known: set[Any] = set()


def settled(kind: type[T]) -> type[T]:
    """A type that may be read from any thread from now on.

    Args:
        kind: A struct, or any other type that msgspec reads; those within it are settled with it.
    """
    if kind not in _known:
        with _lock:
            msgspec.msgpack.Decoder(kind)
            _known.add(kind)
    return kind
