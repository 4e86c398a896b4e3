"""The guard: an ASGI layer around everything that keeps other sites out and puts security headers on every answer."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import secrets
from collections.abc import Iterable
from typing import Any, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runwatch.schema.error import PermissionDeniedError, RunwatchError, UserErrorException
from runwatch.server import document_page
from runwatch.server.failure import render
from runwatch.server.settings import Settings

SERVER_OPTIONS: Final[dict[str, Any]] = {"proxy_headers": False, "server_header": False}
"""What uvicorn must be told: with its own defaults it believes ``X-Forwarded-For`` of anybody on this machine."""

REQUEST_ID: Final = "runwatch.request_id"
"""Where the scope keeps the id that stands in the answer's ``X-Request-Id`` and in the audit log."""

LOOPBACK_NAMES: Final = frozenset({"localhost", "127.0.0.1", "[::1]"})

_DOCUMENT_STYLE: Final = base64.b64encode(hashlib.sha256(document_page.STYLE.encode()).digest()).decode()
PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; "
    f"style-src 'self' 'sha256-{_DOCUMENT_STYLE}'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'self'; frame-ancestors 'none'"
)
"""For pages: no script or style that does not come from a file of ours, except the style of the API page."""

DATA_POLICY: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""For everything that is no page, should a browser show it nevertheless."""

HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
"""On every answer."""

_API: Final = ("/api/", "/healthz", "/metrics")
_API_PAGES: Final = frozenset({"/api/docs"})
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class HostError(UserErrorException):
    """The request is for a host that this server is not known as."""

    code = "unknown_host"
    status = 421


class Guard:
    """Lets only requests pass that are meant for this server and that no other site had a browser send.

    ``X-Forwarded-*`` and the like are never looked at: who is behind a proxy names the proxy's host in the settings.

    Args:
        app: What is guarded.
        settings: Which host names are known.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.hosts = frozenset(name.lower() for name in settings.hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        scope[REQUEST_ID] = secrets.token_hex(8)
        guarded = _Answer(scope, send)
        try:
            self.check(scope)
        except RunwatchError as error:
            await self._refuse(scope, receive, guarded, error)
            return
        try:
            await self.app(scope, receive, guarded)
        except Exception as error:
            if guarded.started or scope["type"] != "http":
                raise
            await render(HTTPConnection(scope), error)(scope, receive, guarded)

    def check(self, scope: Scope) -> None:
        """Look at where a request was sent to and where it comes from.

        Raises:
            UserErrorException: If it has no host, or several.
            HostError: If it is for another host.
            PermissionDeniedError: If another site sent it.
        """
        headers = Headers(scope=scope)
        names = headers.getlist("host")
        if len(names) != 1:
            raise UserErrorException("A request names its host, once.", hint="Send one Host header.")
        if not self.knows(names[0].lower(), scope):
            raise HostError(
                "This server is not known by the host name of this request.",
                hint="Use the address it printed, or start it with the name it is to be known by.",
            )
        origins = headers.getlist("origin")
        if origins and not (len(origins) == 1 and self._is_own(origins[0].lower(), scope)):
            raise _foreign()
        if headers.get("sec-fetch-site", "none") in {"cross-site", "same-site"} and not _is_navigation(scope, headers):
            raise _foreign()

    def knows(self, host: str, scope: Scope, default_port: int = 80) -> bool:
        """Whether the server may be asked for as this host.

        Args:
            host: As in a Host header, in lower case.
            scope: The connection; says which address and port really listen.
            default_port: What is meant where the host names no port.
        """
        name, port = _split(host)
        address, listening = scope.get("server") or ("", None)
        if host in self.hosts:
            return True
        if name in self.hosts:
            return port in {None, 80, 443, listening}
        if listening is not None and (default_port if port is None else port) != listening:
            return False
        return name in LOOPBACK_NAMES or (_is_address(address) and _plain(name) == _plain(address))

    def _is_own(self, origin: str, scope: Scope) -> bool:
        scheme, _, host = origin.partition("://")
        return scheme in _DEFAULT_PORTS and self.knows(host, scope, _DEFAULT_PORTS[scheme])

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, error: RunwatchError) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await render(HTTPConnection(scope), error)(scope, receive, send)


class _Answer:
    """Passes an answer on, with the headers that every answer has."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope = scope
        self.send = send
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            for name, value in self._headers(headers):
                headers.setdefault(name, value)
            for name in [name for name in headers if name.startswith("access-control-")]:
                del headers[name]
        await self.send(message)

    def _headers(self, headers: MutableHeaders) -> Iterable[tuple[str, str]]:
        yield from HEADERS.items()
        yield "x-request-id", self.scope[REQUEST_ID]
        is_page = headers.get("content-type", "").startswith("text/html")
        yield "content-security-policy", PAGE_POLICY if is_page else DATA_POLICY
        if is_page or _is_api(self.scope["path"]):
            yield "cache-control", "no-store"


def _is_api(path: str) -> bool:
    return path.startswith(_API)


def _is_navigation(scope: Scope, headers: Headers) -> bool:
    """Whether a person followed a link of another site to one of our pages; no cookie of ours comes with that."""
    return (
        scope["type"] == "http"
        and scope["method"] in {"GET", "HEAD"}
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest", "document") == "document"
        and (not _is_api(scope["path"]) or scope["path"] in _API_PAGES)
    )


def _foreign() -> PermissionDeniedError:
    return PermissionDeniedError(
        "This request was sent by a page of another site.", hint="Ask from the studio, or from a program."
    )


def _split(host: str) -> tuple[str, int | None]:
    """Name and port of a host; an address of IPv6 keeps its brackets."""
    name, colon, port = host.rpartition(":")
    if not colon or host.endswith("]"):
        return host, None
    known = port.isascii() and port.isdigit() and len(port) < 6 and port == str(int(port))
    return (name, int(port)) if known else (host, None)


def _plain(name: str) -> str:
    return name.removeprefix("[").removesuffix("]")


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
