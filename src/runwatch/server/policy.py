"""Whether a call may go ahead: who asks, what they may do, and whether our own page asked."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request

from runwatch.schema.error import AuthenticationException, PermissionDeniedError
from runwatch.schema.operation import Permission
from runwatch.server.auth.principal import Principal
from runwatch.server.endpoint import Endpoint

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
    if endpoint.permission not in principal.permissions:
        raise PermissionDeniedError(
            f"{principal.name} may not do this.",
            hint=f"It needs the permission {endpoint.permission.value!r}; ask an owner of the workspace.",
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


def confine(principal: Principal | None, endpoint: Endpoint, body: Any) -> None:
    """Keep the token of a run to that run.

    Raises:
        PermissionDeniedError: If it reaches for anything else.
    """
    if principal is None or principal.run_id is None or endpoint.permission is Permission.PUBLIC:
        return
    if getattr(body, "run_id", None) != principal.run_id:
        raise PermissionDeniedError(
            f"This token is for the run {principal.run_id} alone.", hint="Use a token of your own for other runs."
        )
