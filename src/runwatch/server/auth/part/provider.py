"""Endpoints of signing in with a provider; there are none where the settings name no provider."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from starlette.responses import Response

from runwatch.schema.operation import Permission
from runwatch.server.auth import cookie
from runwatch.server.auth.oidc import PENDING_S, Flow
from runwatch.server.auth.part.session import PATH, Identity, welcome
from runwatch.server.call import Call
from runwatch.server.endpoint import Endpoint
from runwatch.server.service import Services


class Begun(Struct, frozen=True, kw_only=True):
    """A sign-in that goes on at the provider.

    Attributes:
        url: Where to send the browser.
    """

    url: str


class FinishSignIn(Struct, frozen=True, kw_only=True):
    """What the provider sent back with the browser.

    Attributes:
        code: To be exchanged for the identity.
        state: Tells which sign-in it belongs to.
    """

    code: str
    state: str


def endpoints(services: Services) -> Iterator[Endpoint]:
    """Begin at the server, finish with what the provider sent along."""
    provider = services.settings.provider
    if provider is None or services.settings.auth != "team":
        return
    steps = _Steps(Flow(provider, services.access.users))
    yield Endpoint(
        name="session.begin", verb="POST", path=f"{PATH}:begin", permission=Permission.PUBLIC, handle=steps.begin,
        summary="Begin to sign in with the provider.", response=Begun, body_bytes=1 << 10,
    )  # fmt: skip
    yield Endpoint(
        name="session.provider", verb="POST", path=f"{PATH}:provider", permission=Permission.PUBLIC,
        handle=steps.finish, summary="Sign in with what the provider sent back.", request=FinishSignIn,
        response=Identity, body_bytes=1 << 14,
    )  # fmt: skip


class _Steps:
    """The two steps of a flow."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow

    async def begin(self, call: Call) -> Response:
        """Keep a secret in this browser, so that nobody can be made to finish the sign-in of somebody else."""
        url, secret = await self.flow.begin()
        answer = call.answer(Begun(url=url))
        answer.set_cookie(
            self._cookie(call), secret, max_age=int(PENDING_S), path="/", secure=cookie.is_secure(call.request),
            httponly=True, samesite="strict",
        )  # fmt: skip
        return answer

    async def finish(self, call: Call) -> Response:
        """Exchange the code, and sign in who it is."""
        body: FinishSignIn = call.body
        secret = call.request.cookies.get(self._cookie(call), "")
        claims = await self.flow.finish(secret, body.code, body.state)
        user = await call.services.run(self.flow.admit, claims)
        answer = await welcome(call, user)
        answer.delete_cookie(self._cookie(call), path="/")
        return answer

    @staticmethod
    def _cookie(call: Call) -> str:
        return f"{cookie.name_for(call.request, call.services.access.workspace_id)}-sign-in"
