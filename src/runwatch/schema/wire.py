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
from runwatch.schema.settled import settled

JSON: Final = "application/json"
MSGPACK: Final = "application/msgpack"
API: Final = "/api/v1"
"""What the paths of the table of operations stand behind."""

_INTEGER: Final = 1
"""MessagePack extension: an integer beyond 64 bits, little-endian, two's complement."""

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


def encode(value: object, media: str, *, mend: bool = False) -> bytes:
    """A struct as bytes.

    Args:
        value: The struct.
        media: `JSON` or `MSGPACK`. In JSON, NaN and infinities become null and bytes base64 texts.
        mend: Put ``?`` in the place of half a surrogate pair, as every store does, except in names of files.

    Raises:
        InvalidValueError: If a text holds half of a surrogate pair, which no encoding of Unicode can carry.
    """
    try:
        if media == JSON:
            return msgspec.json.encode(value)
        try:
            return msgspec.msgpack.encode(value)
        except OverflowError:  # a parameter may be any JSON, integers of any size among it
            return msgspec.msgpack.encode(_with_large_integers(msgspec.to_builtins(value, builtin_types=(bytes,))))
    except UnicodeEncodeError as error:
        if mend:
            return encode(_mended(msgspec.to_builtins(value, builtin_types=(bytes,))), media)
        raise InvalidValueError(
            f"A text holds a character that cannot be sent (at index {error.start}).", hint="Leave it out."
        ) from error


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
            return msgspec.msgpack.decode(data, type=settled(kind), ext_hook=_large_integer)
        return msgspec.json.decode(data, type=settled(kind))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidValueError(
            f"The request is not what this operation takes: {error}.", hint="The API document describes its fields."
        ) from error


def _with_large_integers(value: Any) -> Any:
    """A tree whose integers beyond 64 bits are extension values: MessagePack has no others."""
    if isinstance(value, dict):
        return {key: _with_large_integers(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_with_large_integers(item) for item in value]
    if type(value) is int and not -(2**63) <= value < 2**64:
        size = (value.bit_length() + 8) // 8
        return msgspec.msgpack.Ext(_INTEGER, value.to_bytes(size, "little", signed=True))
    return value


def _mended(value: Any) -> Any:
    """A tree whose texts can be sent."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_mended(key): _mended(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_mended(item) for item in value]
    return value


def _large_integer(code: int, data: memoryview) -> Any:
    if code != _INTEGER:
        raise msgspec.DecodeError(f"extension {code} is not one of ours")
    return int.from_bytes(data, "little", signed=True)


def failure_of(error: RunwatchError) -> Failure:
    """An error as it travels."""
    return Failure(code=error.code, message=error.message, hint=error.hint, detail=error.detail)


def error_of(failure: Failure) -> RunwatchError:
    """The error that travelled, ready to be raised."""
    return from_code(failure.code, failure.message, failure.hint, failure.detail)
