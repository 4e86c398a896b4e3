"""Reads request bodies within bounds of size and time."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import msgspec
from starlette.requests import ClientDisconnect, Request

from runwatch.schema.error import InvalidValueError, LimitError, UserErrorException
from runwatch.schema.settled import settled
from runwatch.schema.wire import JSON, MSGPACK, decode
from runwatch.server.endpoint import Endpoint

BODY_S: Final = 30.0
"""A body may take so long, plus what a slow line needs for its size."""

SLOWEST_BYTES_PER_S: Final = 4_096
"""A line of 32 kbit/s still gets its bodies through."""


class MediaTypeError(UserErrorException):
    """The body is in an encoding that the operation does not take."""

    code = "media_type"
    status = 415


class SlowBodyError(UserErrorException):
    """The body did not arrive in time."""

    code = "slow_body"
    status = 408


def media_of(request: Request) -> str:
    """The body's encoding.

    Raises:
        MediaTypeError: If it is neither JSON nor MessagePack, or compressed.
    """
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise MediaTypeError("Compressed bodies are not accepted.", hint="Send the body as it is.")
    media = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if media not in {JSON, MSGPACK}:
        raise MediaTypeError(
            f"A body of type {media[:100] or 'unknown'!r} is not accepted.", hint=f"Send {JSON} or {MSGPACK}."
        )
    return media


async def read(request: Request, most_bytes: int) -> bytes | bytearray:
    """The whole body.

    Args:
        request: The request.
        most_bytes: A larger one is refused as soon as that is known.

    Raises:
        LimitError: If it is larger.
        SlowBodyError: If it takes too long.
        InvalidValueError: If the client went away in the middle.
    """
    claimed = request.headers.get("content-length", "")
    if claimed.isdigit() and int(claimed[:20]) > most_bytes:
        raise _too_large(most_bytes)
    found = bytearray()
    try:
        end = asyncio.get_running_loop().time() + BODY_S
        async with asyncio.timeout_at(end) as bound:
            async for part in request.stream():
                found += part
                if len(found) > most_bytes:
                    raise _too_large(most_bytes)
                end += len(part) / SLOWEST_BYTES_PER_S
                bound.reschedule(end)
    except TimeoutError:
        raise SlowBodyError("The request's body did not arrive in time.", hint="Send it again.") from None
    except ClientDisconnect:
        raise InvalidValueError("The client went away while it sent the body.") from None
    return found


async def decoded(request: Request, endpoint: Endpoint) -> Any:
    """The body as the endpoint's struct.

    Raises:
        InvalidValueError: If it is none.
    """
    assert endpoint.request is not None
    media = media_of(request)
    data = await read(request, endpoint.body_bytes)
    return decode(data, endpoint.request, media)


def parameters(request: Request, kind: type[Any]) -> Any:
    """The query parameters as a struct; one that is given several times makes a list.

    Raises:
        InvalidValueError: If they are none.
    """
    given: dict[str, Any] = {}
    several = {field.name for field in msgspec.structs.fields(kind) if "tuple" in str(field.type)}
    for name, value in request.query_params.multi_items():
        if name in several:
            given.setdefault(name, []).append(value)
        elif name in given:
            raise InvalidValueError(f"The parameter {name[:100]!r} is given twice.", hint="Give it once.")
        else:
            given[name] = value
    try:
        return msgspec.convert(given, settled(kind), strict=False)
    except msgspec.ValidationError as error:
        raise InvalidValueError(f"A query parameter is not what it has to be: {error}.") from error


def _too_large(most_bytes: int) -> LimitError:
    return LimitError(f"The body is larger than {most_bytes:,} bytes.", hint="Send it in parts.")
