"""An endpoint: one thing the server answers, with who may ask. Every route of the server is made from one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from starlette.responses import Response

from runwatch.schema.operation import Permission
from runwatch.schema.wire import JSON

if TYPE_CHECKING:
    from runwatch.server.call import Call
    from runwatch.server.service import Services

BODY_BYTES: Final = 1 << 20
"""A request body, where the endpoint does not say otherwise: a thousand tags fit, and nobody can fill the memory."""

Verb = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Handler = Callable[["Call"], Awaitable[Response]]


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One verb and path.

    Attributes:
        name: Unique, e.g. ``runs.get``; the operation id in the API document.
        verb: GET never changes anything.
        path: From the root of the server, with ``{name}`` for parts.
        permission: What the caller must be allowed to do. There is no default: a route without a policy cannot exist.
        handle: Answers a call.
        summary: One line for the API document.
        query: A struct of the query parameters, or None if there are none.
        request: A struct of the body, or None if there is none.
        response: A struct of the answer, or None if it is no JSON.
        media: What the answer is, where it is no struct.
        body_bytes: The largest body accepted.
        in_document: Shown in the API document.
        raw_body: The body is not decoded: the handler reads it itself, as a stream.
    """

    name: str
    verb: Verb
    path: str
    permission: Permission
    handle: Handler
    summary: str
    query: type[Any] | None = None
    request: type[Any] | None = None
    response: type[Any] | None = None
    media: tuple[str, ...] = (JSON,)
    body_bytes: int = BODY_BYTES
    in_document: bool = True
    raw_body: bool = False


Part = Callable[["Services"], Iterable[Endpoint]]
"""A part of the server: given what all share, it names its endpoints."""


@dataclass(frozen=True)
class Catalogue:
    """All endpoints of a server.

    Raises:
        ValueError: If two have the same name, or the same verb and path, or one has no permission.
    """

    endpoints: tuple[Endpoint, ...]
    by_path: dict[str, dict[str, Endpoint]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        names = [endpoint.name for endpoint in self.endpoints]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(f"Endpoints share the name {', '.join(sorted(twice))}.")
        for endpoint in self.endpoints:
            if not isinstance(endpoint.permission, Permission):
                raise TypeError(f"The endpoint {endpoint.name} does not say who may ask.")
            verbs = self.by_path.setdefault(endpoint.path, {})
            if endpoint.verb in verbs:
                raise ValueError(f"{endpoint.verb} {endpoint.path} is both {verbs[endpoint.verb].name} and another.")
            verbs[endpoint.verb] = endpoint
