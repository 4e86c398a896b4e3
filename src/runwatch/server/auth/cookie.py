"""The cookie of a session: which name it has, how it is set, read and removed."""

from __future__ import annotations

from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import Response

_SECURE_PREFIX: Final = "__Host-"
"""Browsers take a cookie of such a name over TLS only, and from no other host."""


def name_for(connection: HTTPConnection, workspace_id: str) -> str:
    """The cookie's name. Browsers send the cookies of a host to all its ports: the name tells servers apart."""
    _, port = connection.scope.get("server") or ("", None)
    return f"runwatch-{port or 0}-{workspace_id[:8]}"


def read(connection: HTTPConnection, workspace_id: str) -> str | None:
    """The session's secret, or None if the request has no cookie of ours."""
    name = name_for(connection, workspace_id)
    return connection.cookies.get(_SECURE_PREFIX + name) or connection.cookies.get(name)


def put(response: Response, connection: HTTPConnection, workspace_id: str, secret: str) -> None:
    """Have the browser keep a session until it is closed."""
    secure = is_secure(connection)
    name = name_for(connection, workspace_id)
    response.set_cookie(
        _SECURE_PREFIX + name if secure else name, secret, path="/", secure=secure, httponly=True, samesite="strict"
    )


def remove(response: Response, connection: HTTPConnection, workspace_id: str) -> None:
    """Have the browser forget the session."""
    name = name_for(connection, workspace_id)
    response.delete_cookie(name, path="/", httponly=True, samesite="strict")
    if is_secure(connection):
        response.delete_cookie(_SECURE_PREFIX + name, path="/", secure=True, httponly=True, samesite="strict")


def is_secure(connection: HTTPConnection) -> bool:
    """Whether the browser speaks TLS, to us or to a proxy: then its page, which the guard knows, has such an origin."""
    return connection.url.scheme == "https" or connection.headers.get("origin", "").lower().startswith("https://")
