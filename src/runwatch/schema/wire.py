"""How requests and answers travel over HTTP: the two encodings of every struct, and the shape of an error.

JSON is for people, browsers and other languages. MessagePack carries the same structs without loss: NaN, infinity and
64-bit integers stay what they are, and the little-endian columns of points travel as they are, not as base64 texts.
The remote store speaks MessagePack only.
"""

from __future__ import annotations

from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct, field

from runwatch.schema.error import InvalidValueError, RunwatchError, from_code

JSON: Final = "application/json"
MSGPACK: Final = "application/msgpack"
API: Final = "/api/v1"
"""What the paths of the table of operations stand behind."""

T = TypeVar("T")


class Failure(Struct, frozen=True, kw_only=True):
    """The body of every answer that is an error.

    Attributes:
        code: Stable; names a class of `runwatch.schema.error`.
        message: One sentence that says what is wrong.
        hint: What to do about it, or None.
        detail: Facts for programs.
        id: Stands beside the traceback in the server's log, for errors that nobody expected.
    """

    code: str
    message: str
    hint: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    id: str | None = None


def encode(value: object, media: str) -> bytes:
    """A struct as bytes.

    Args:
        value: The struct.
        media: `JSON` or `MSGPACK`. In JSON, NaN and infinities become null and bytes base64 texts.
    """
    return msgspec.msgpack.encode(value) if media == MSGPACK else msgspec.json.encode(value)


def decode(data: bytes | bytearray | memoryview, kind: type[T], media: str) -> T:
    """A struct from bytes.

    Args:
        data: What was sent.
        kind: The struct's class.
        media: `JSON` or `MSGPACK`.

    Raises:
        InvalidValueError: If the bytes are no such struct; the message says where.
    """
    try:
        if media == MSGPACK:
            return msgspec.msgpack.decode(data, type=kind)
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidValueError(
            f"The request is not what this operation takes: {error}.", hint="The API document describes its fields."
        ) from error


def failure_of(error: RunwatchError) -> Failure:
    """An error as it travels."""
    return Failure(code=error.code, message=error.message, hint=error.hint, detail=error.detail)


def error_of(failure: Failure) -> RunwatchError:
    """The error that travelled, ready to be raised."""
    return from_code(failure.code, failure.message, failure.hint, failure.detail)
