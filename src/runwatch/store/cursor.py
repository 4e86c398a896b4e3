"""Cursors: where a page of a list ended, as a text that only the store reads."""

from __future__ import annotations

import binascii
from base64 import b64decode, urlsafe_b64encode
from typing import TypeVar

import msgspec

from runwatch.schema import limit as limits
from runwatch.schema.error import InvalidValueError, LimitError
from runwatch.schema.settled import settled

Key = TypeVar("Key")


def to_text(key: object) -> str:
    """The cursor that stands for a sort key of plain values; MessagePack, since JSON has no infinity."""
    return urlsafe_b64encode(msgspec.msgpack.encode(key)).decode()


def from_text(cursor: str, kind: type[Key]) -> Key:
    """The sort key that a cursor stands for.

    Raises:
        InvalidValueError: If the store cannot have made it.
    """
    try:
        data = b64decode(cursor.encode("ascii"), altchars=b"-_", validate=True)
        return msgspec.msgpack.decode(data, type=settled(kind))
    except (UnicodeError, binascii.Error, msgspec.DecodeError, RecursionError) as error:
        raise InvalidValueError(
            "The cursor is not one of this list.",
            hint="Pass the next_cursor of the page before, with the same request.",
        ) from error


def check_limit(limit: int) -> int:
    """The number of rows of a page, if it is one.

    Raises:
        InvalidValueError: If it is below 1.
        LimitError: If it is above `runwatch.schema.limit.PAGE_ROWS`.
    """
    if limit < 1:
        raise InvalidValueError(
            f"A page has at least one row, not {limit}.", hint=f"Ask for 1 to {limits.PAGE_ROWS:,}."
        )
    if limit > limits.PAGE_ROWS:
        raise LimitError(f"A page has at most {limits.PAGE_ROWS:,} rows, not {limit:,}.", hint="Follow next_cursor.")
    return limit
