"""Puts the server together: every part's endpoints as routes, each behind its policy."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from runwatch.server import (
    about,
    cancellation,
    chart,
    document,
    file,
    live,
    log,
    operation,
    policy,
    rerun,
    studio,
    survey,
    view,
)
from runwatch.server.auth import page, part
from runwatch.server.auth.access import Access
from runwatch.server.auth.principal import Authenticator, Open
from runwatch.server.auth.trail import Trail
from runwatch.server.body import decoded, parameters
from runwatch.server.call import Call
from runwatch.server.endpoint import Catalogue, Endpoint, Part
from runwatch.server.failure import render
from runwatch.server.guard import Guard
from runwatch.server.service import Services
from runwatch.server.settings import Settings
from runwatch.store.protocol import Store

PARTS: Sequence[Part] = (
    operation.endpoints,
    chart.endpoints,
    log.endpoints,
    live.endpoints,
    file.endpoints,
    view.endpoints,
    cancellation.endpoints,
    survey.endpoints,
    rerun.endpoints,
    about.endpoints,
    *part.PARTS,
    studio.endpoints,
)
"""Every part of the server; the API document describes them all."""


def make_app(
    store: Store,
    settings: Settings | None = None,
    authenticator: Authenticator | None = None,
    access: Access | None = None,
) -> Starlette:
    """The server as an ASGI application.

    Args:
        store: What is served; the application does not close it.
        settings: See `Settings`.
        authenticator: Finds out who asks; None lets everybody in. `runwatch.server.opening` chooses one.
        access: Users, sessions, tokens and the audit log; None keeps them in memory. The application does not close it.

    Raises:
        ValueError: If two parts claim the same address.
        TypeError: If a part has an endpoint without a policy.
    """
    services = Services(store, settings or Settings(), authenticator or Open(), access)
    described = [endpoint for part in PARTS for endpoint in part(services)]
    catalogue = Catalogue((*described, *document.endpoints(described)))
    switches = {path: Switch(services, verbs) for path, verbs in catalogue.by_path.items()}
    # What matches every address goes last. Routes take all verbs: the switch knows which of them an address has.
    patterns = sorted((path for path in switches if "{" in path), key=lambda path: ":path}" in path)
    routes = [Route(path, switches[path]) for path in patterns]
    fixed = {path: switch for path, switch in switches.items() if "{" not in path}

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with services.running():
            yield

    layers = [Middleware(Guard, settings=services.settings), Middleware(Directory, switches=fixed)]
    app = Starlette(routes=routes, lifespan=lifespan, middleware=layers)
    app.router.redirect_slashes = False
    app.state.catalogue = catalogue
    app.state.services = services
    return app


class Directory:
    """Sends requests to addresses that have no parts straight there: to try some hundred patterns takes longer.

    Args:
        app: Where all others go.
        switches: The switches by path.
    """

    def __init__(self, app: ASGIApp, switches: Mapping[str, Switch]) -> None:
        self.app = app
        self.switches = switches

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        switch = self.switches.get(scope["path"]) if scope["type"] == "http" else None
        await (self.app if switch is None else switch)(scope, receive, send)


class Switch:
    """One path: sends a request to the endpoint of its verb, if the policy lets it through.

    Args:
        services: What all parts share.
        verbs: The endpoints of the path by verb.
    """

    def __init__(self, services: Services, verbs: dict[str, Endpoint]) -> None:
        self.services = services
        self.verbs = verbs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request, started = Request(scope, receive), time.perf_counter()
        self.services.asked_at = time.monotonic()
        endpoint = self.verbs.get("GET" if request.method == "HEAD" else request.method)
        trail = Trail(self.services, request, endpoint)
        try:
            if endpoint is None:
                raise HTTPException(405, headers={"allow": ", ".join(sorted(self.verbs))})
            answer = await self._answer(request, endpoint, trail)
            await trail.answered()
        except Exception as error:  # whatever it is, the caller gets an answer and the server goes on
            await trail.failed(error)
            answer = page.sign_in_instead(self.services, request, error) or render(request, error)
        name = endpoint.name if endpoint is not None else "none"
        self.services.figures.answered(name, answer.status_code, time.perf_counter() - started)
        await answer(scope, receive, send)

    async def _answer(self, request: Request, endpoint: Endpoint, trail: Trail) -> Response:
        principal = trail.principal = await self.services.authenticator.identify(request)
        policy.admit(principal, endpoint)
        policy.prove(principal, request)
        query = parameters(request, endpoint.query) if endpoint.query is not None else None
        body = await decoded(request, endpoint) if endpoint.request is not None and not endpoint.raw_body else None
        trail.body = body
        policy.admit_body(principal, body)
        await policy.confine(self.services, principal, endpoint, request, body, query)
        return await endpoint.handle(
            Call(
                services=self.services,
                endpoint=endpoint,
                request=request,
                principal=principal,
                query=query,
                body=body,
            )
        )
