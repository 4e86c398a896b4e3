"""Tells the C library's allocator how a server of many threads uses memory."""

from __future__ import annotations

import ctypes
from typing import Final

ARENAS: Final = 2
"""Pools of memory. By default each thread that allocates gets one, and each of them keeps the most that it ever needed:
with a screen of charts that was 70 MB a minute until every thread had made one."""

MAPPED_BYTES: Final = 1 << 20
"""Blocks from this size on go back to the system as soon as they are freed. By default the bound rises to 32 MB with
the largest block ever freed, and one small block behind a large one then holds on to both."""

TRIM_BYTES: Final = 4 << 20
"""Free memory at the end of a pool that is kept at hand."""

_OPTIONS: Final = {-8: ARENAS, -3: MAPPED_BYTES, -1: TRIM_BYTES}
"""By the numbers of ``M_ARENA_MAX``, ``M_MMAP_THRESHOLD`` and ``M_TRIM_THRESHOLD`` in glibc's ``malloc.h``."""


def settle() -> bool:
    """Have freed memory go back to the system; to be called before threads are made.

    Returns:
        Whether the allocator took all of it. One of another C library is left as it is.
    """
    try:
        library = ctypes.CDLL(None)
        library.gnu_get_libc_version  # noqa: B018 (musl has mallopt by name only)
        mallopt = library.mallopt
    except (OSError, AttributeError, TypeError):
        return False
    return all([mallopt(option, value) == 1 for option, value in _OPTIONS.items()])  # noqa: C419 (all are set)
