"""What can be wrong with values and with the bytes that hold them."""

from __future__ import annotations


class ValuesError(ValueError):
    """Values that contradict what is said of them: another length, another type, a number outside 64 bits."""


class ChunkFormatError(ValueError):
    """Bytes of a chunk or of buckets that are cut, changed or of an unknown version.

    Args:
        message: One sentence that says what is wrong.
        offset: The byte at which the damaged part starts.
    """

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset

    def __str__(self) -> str:
        return f"{self.message} (from byte {self.offset})"

    def __reduce__(self) -> tuple[type[ChunkFormatError], tuple[str, int]]:
        return type(self), (self.message, self.offset)
