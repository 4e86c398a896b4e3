"""What a reading takes from a stream: pieces of whole records, and what is missing between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from msgspec import Struct, field

from runwatch.journal.format import HEAD_BYTES
from runwatch.journal.scan import Offsets, Words

DAMAGED: Final = "damaged journal"
"""The reason under which records that cannot be read are counted."""


class Piece(NamedTuple):
    """Whole records with consecutive numbers.

    Attributes:
        data: Bytes that hold them.
        words: The same as words.
        offsets: Where each record starts.
        first: The number of the first one.
        keys: Metric names by key id, for these records.
        descriptions: Descriptions by key id.
    """

    data: bytes
    words: Words
    offsets: Offsets
    first: int
    keys: Mapping[int, str]
    descriptions: Mapping[int, str]

    def payload(self, index: int) -> bytes:
        """What follows the head of a record."""
        start = int(self.offsets[index])
        length = int(self.words[start >> 3]) & 0xFFFFFFFF
        return self.data[start + HEAD_BYTES : start + length]


class Taken(Struct):
    """What one reading found.

    Attributes:
        first: The number of the first record covered.
        end: One more than the last one.
        pieces: The records.
        dropped: Records covered that cannot be read, by reason.
        notices: What was damaged, a sentence each.
        size: Bytes of the records and of their spilled blocks.
        at_end: There is nothing more at present.
    """

    first: int
    end: int
    pieces: list[Piece] = field(default_factory=list)
    dropped: dict[str, int] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    size: int = 0
    at_end: bool = False

    def lose(self, number: int, where: str) -> None:
        """Pass over what should stand before record ``number``."""
        if number > self.end:
            lost = number - self.end
            self.dropped[DAMAGED] = self.dropped.get(DAMAGED, 0) + lost
            self.notices.append(f"{lost} records from number {self.end} on cannot be read: {where}.")
            self.end = number
