"""A call of an endpoint: what was asked, by whom; and the answer in the encoding asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from runwatch.schema.wire import JSON, MSGPACK, encode
from runwatch.server.auth.principal import Principal
from runwatch.server.endpoint import Endpoint
from runwatch.server.service import Services


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was let through.

    Attributes:
        services: What all parts share.
        endpoint: What was called.
        request: As it came.
        principal: Who asks; None only for public endpoints.
        query: The struct of query parameters, or None.
        body: The struct of the body, or None.
    """

    services: Services
    endpoint: Endpoint
    request: Request
    principal: Principal | None
    query: Any = None
    body: Any = None

    def answer(self, value: object, status: int = 200) -> Response:
        """A struct as the answer, in MessagePack if the caller accepts that and in JSON otherwise."""
        media = preferred(self.request.headers.get("accept", ""))
        return Response(encode(value, media), status, media_type=media)


def preferred(accept: str) -> str:
    """The encoding that an Accept header asks for: MessagePack only if it is named."""
    return MSGPACK if MSGPACK in accept else JSON
