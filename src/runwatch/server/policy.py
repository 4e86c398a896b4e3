"""Whether a call may go ahead: who asks, what they may do, and whether our own page asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import UNSET
from starlette.requests import Request

from runwatch.schema.error import AuthenticationException, GoneError, NotFoundError, PermissionDeniedError
from runwatch.schema.operation import Permission
from runwatch.schema.run import UpdateRun
from runwatch.server.auth import run_scope
from runwatch.server.auth.principal import Principal
from runwatch.server.endpoint import Endpoint

if TYPE_CHECKING:
    from runwatch.server.service import Services

PROOF_HEADER: Final = "x-runwatch"
"""Only a page of the same origin can send a header of its own making: with a cookie, every change must carry it."""


def admit(principal: Principal | None, endpoint: Endpoint) -> None:
    """Let somebody call an endpoint.

    Raises:
        AuthenticationException: If nobody was identified.
        PermissionDeniedError: If they may not do this.
    """
    if endpoint.permission is Permission.PUBLIC:
        return
    if principal is None:
        raise AuthenticationException(
            "This server wants to know who asks.", hint="Send a token: 'Authorization: Bearer …'."
        )
    if principal.kind == "run" and endpoint.name == run_scope.CREATE:
        return  # child runs of its own: `confine` looks whose
    if endpoint.permission not in principal.permissions:
        raise PermissionDeniedError(
            f"{principal.name} may not do this.",
            hint=f"It needs the permission {endpoint.permission.value!r}; ask an owner of the workspace.",
        )


def admit_body(principal: Principal | None, body: Any) -> None:
    """Refuse what a request asks for beyond what its endpoint stands for.

    Raises:
        PermissionDeniedError: If it retells the life of a run, and the caller may not change what others made.
    """
    retells = isinstance(body, UpdateRun) and body.life is not UNSET
    if retells and principal is not None and Permission.WRITE not in principal.permissions:
        raise PermissionDeniedError(
            f"{principal.name} may not replace the history of a run.", hint="Import archives with a token of yours."
        )


def prove(principal: Principal | None, request: Request) -> None:
    """Refuse a change that another site may have had a signed-in browser send.

    Raises:
        PermissionDeniedError: If a cookie is the only proof, and the request could come from another site's page.
    """
    if principal is None or not principal.cookie or request.method in {"GET", "HEAD"}:
        return
    if request.headers.get(PROOF_HEADER) != "1":
        raise PermissionDeniedError(
            "A request that relies on a cookie must say that it comes from the studio.",
            hint=f"Send the header '{PROOF_HEADER}: 1', or a bearer token instead of the cookie.",
        )


async def confine(
    services: Services, principal: Principal | None, endpoint: Endpoint, request: Request, *named: Any
) -> None:
    """Keep the token of a job to its run and the runs below it.

    Args:
        services: What all parts share.
        principal: Who asks.
        endpoint: What is called.
        request: As it came; parts of its path may name runs.
        *named: Body and query parameters, which may name runs too.

    Raises:
        PermissionDeniedError: If it reaches for anything else.
    """
    if principal is not None and principal.kind == "run":
        await services.run(services.run_scope.check, principal, endpoint, (*named, request.path_params or None))


async def holds(services: Services, request: Request, endpoint: Endpoint) -> bool:
    """Whether who opened a stream may still read it: a stream asks again and again, for sessions and roles end."""
    try:
        principal = await services.authenticator.identify(request)
        admit(principal, endpoint)
        if principal is not None and principal.kind == "run":
            await services.run(services.run_scope.own, principal)
    except (AuthenticationException, PermissionDeniedError, NotFoundError, GoneError):
        return False
    return True
