r"""Control sequences of terminals in bytes: which move the cursor, which erase, and the text without them."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

_CSI: Final = rb"\x1b\[[0-?]{0,64}[ -/]{0,16}[@-~]"
_STRING: Final = rb"\x1b[\]PX^_][^\x07\x1b\r\n]{0,4096}(?:\x07|\x1b\\)"  # titles, links, clipboard, pictures
_SHORT: Final = rb"\x1b[ -/]{0,4}[0-~]"  # other escapes, and the openings of what was left open
SEQUENCE: Final = re.compile(rb"%b|%b|%b" % (_CSI, _STRING, _SHORT))
"""One whole sequence. None holds a line end."""

_UNFINISHED: Final = re.compile(
    rb"(?:\r+|\x1b(?:\[[0-?]{0,64}[ -/]{0,16}|[\]PX^_][^\x07\x1b\r\n]{0,4096}\x1b?|[ -/]{0,4})?)\Z"
)
UNFINISHED_BYTES: Final = 4_200
"""The longest beginning of a sequence."""

MOVE: Final = re.compile(rb"\r+|\x1b\[([0-9]{0,3})([ABEFGJK])")
"""What moves the cursor or erases, in a terminal that prints line by line."""

_FINALS: Final = np.zeros(256, dtype=bool)
_FINALS[list(b"ABEFGJK")] = True
_MARGIN: Final = bytes(32)

_MANY: Final = 64
"""Sequences from which on they are handled in bulk."""

_SHORT_BYTES: Final = 20
"""Parameters of a sequence that is handled in bulk: enough for a true colour."""

_NO_TEXT: Final = re.compile(rb"(?:%b|%b|%b|[\x00-\x08\x0b-\x1f\x7f])*+" % (_CSI, _STRING, _SHORT))

IntArray = NDArray[np.int64]


def has_text(data: bytes) -> bool:
    """Whether anything of it would cover what stood there; a space does, a colour does not."""
    found = _NO_TEXT.match(data)
    return found is None or found.end() < len(data)


def unfinished(data: bytes) -> int:
    """How many bytes at the end may be the beginning of a sequence or of a line end, so that they have to wait."""
    found = _UNFINISHED.search(data, max(0, len(data) - UNFINISHED_BYTES))
    return 0 if found is None else len(data) - found.start()


def moves(data: bytes) -> IntArray:
    """Where carriage returns without a line feed, cursor movements and erasures stand, ascending."""
    found = []
    if b"\r" in data:
        returns = np.flatnonzero(np.frombuffer(data, np.uint8) == 0x0D)
        following = np.frombuffer(data + b"\x00", np.uint8)[returns + 1]
        found.append(returns[following != 0x0A])
    if b"\x1b" in data:
        codes = np.frombuffer(data + _MARGIN, np.uint8)
        escapes = np.flatnonzero(codes == 0x1B)
        escapes = escapes[codes[escapes + 1] == 0x5B]
        found.append(escapes[_FINALS[codes[_skip(codes, escapes + 2, 0x30, 0x39, 3)]]])
    return np.sort(np.concatenate(found)) if found else np.zeros(0, np.int64)


def strip(data: bytes) -> bytes:
    """The text without control sequences."""
    if b"\x1b" not in data:
        return data
    stripped = _strip_plain(data) if data.count(b"\x1b") >= _MANY else None
    return SEQUENCE.sub(b"", data) if stripped is None else stripped


def _strip_plain(data: bytes) -> bytes | None:
    """The same, many times as fast, for data whose sequences are all short ones of the kind ``ESC [``; else None."""
    codes = np.frombuffer(data + _MARGIN, np.uint8)
    places = np.flatnonzero(codes == 0x1B)
    keep = np.ones(len(codes), dtype=bool)
    keep[len(data) :] = False
    keep[places] = keep[places + 1] = False
    if (codes[places + 1] != 0x5B).any():
        return None
    places += 2
    for _ in range(_SHORT_BYTES):
        here = codes[places]
        if (here < 0x20).any() or (here > 0x7E).any():
            return None
        keep[places] = False
        places = places[here < 0x40] + 1
        if not len(places):
            return codes[keep].tobytes()
    return None


def _skip(codes: NDArray[np.uint8], places: IntArray, low: int, high: int, most: int) -> IntArray:
    """Move each place behind the bytes of a range, at most so many."""
    places = np.minimum(places, len(codes) - 1)
    going = np.arange(len(places))
    for _ in range(most):
        here = codes[places[going]]
        going = going[(here >= low) & (here <= high)]
        if not len(going):
            break
        places[going] += 1
    return places
