"""Endpoints of API tokens: everybody's own; owners see and revoke all."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from starlette.responses import Response

from runwatch.schema.error import PermissionDeniedError
from runwatch.schema.operation import Permission
from runwatch.schema.wire import API
from runwatch.server.auth.role import Role
from runwatch.server.auth.token import DEFAULT_S, Token
from runwatch.server.call import Call
from runwatch.server.endpoint import Endpoint
from runwatch.server.service import Services


class ListTokens(Struct, frozen=True, kw_only=True):
    """API tokens, newest first.

    Attributes:
        everybody: Those of all users; for owners.
    """

    everybody: bool = False


class TokenList(Struct, frozen=True, kw_only=True):
    """API tokens, without their secrets."""

    tokens: tuple[Token, ...]


class CreateToken(Struct, frozen=True, kw_only=True):
    """Make an API token of one's own.

    Attributes:
        name: What it is for.
        role: What it may do; cut to what its user may.
        lasts_s: Seconds until it expires, at most a year.
    """

    name: str
    role: Role = Role.CONTRIBUTOR
    lasts_s: float = DEFAULT_S


class CreatedToken(Struct, frozen=True, kw_only=True):
    """A new token.

    Attributes:
        token: What is known of it.
        secret: To be sent as ``Authorization: Bearer …``; shown once.
    """

    token: Token
    secret: str


class RevokeToken(Struct, frozen=True, kw_only=True):
    """End an API token: one's own, or as an owner anybody's."""

    token_id: str


def endpoints(services: Services) -> Iterator[Endpoint]:
    """Tokens: list, create, revoke."""
    yield Endpoint(
        name="tokens.list", verb="POST", path=f"{API}/tokens:list", permission=Permission.READ, handle=_list,
        summary="API tokens, without their secrets.", request=ListTokens, response=TokenList,
    )  # fmt: skip
    yield Endpoint(
        name="tokens.create", verb="POST", path=f"{API}/tokens:create", permission=Permission.READ, handle=_create,
        summary="Make an API token.", request=CreateToken, response=CreatedToken,
    )  # fmt: skip
    yield Endpoint(
        name="tokens.revoke", verb="POST", path=f"{API}/tokens:revoke", permission=Permission.READ, handle=_revoke,
        summary="End an API token.", request=RevokeToken, response=Token,
    )  # fmt: skip


async def _list(call: Call) -> Response:
    tokens = call.services.access.tokens
    if call.body.everybody:
        _require_owner(call)
        return call.answer(TokenList(tokens=await call.services.run(tokens.list)))
    return call.answer(TokenList(tokens=await call.services.run(tokens.list, _user_id(call))))


async def _create(call: Call) -> Response:
    access, body = call.services.access, call.body
    user_id = _user_id(call)
    if call.principal is None or call.principal.kind != "user":
        raise PermissionDeniedError("A token cannot make tokens.", hint="Sign in with a browser.")
    user = await call.services.run(access.users.get, user_id)
    token, secret = await call.services.run(access.tokens.create, user, body.name, body.role, body.lasts_s)
    return call.answer(CreatedToken(token=token, secret=secret))


async def _revoke(call: Call) -> Response:
    assert call.principal is not None
    owner = Permission.ADMIN in call.principal.permissions
    whose = None if owner else _user_id(call)
    return call.answer(await call.services.run(call.services.access.tokens.revoke, call.body.token_id, whose))


def _user_id(call: Call) -> str:
    if call.principal is None or call.principal.user_id is None:
        raise PermissionDeniedError(
            "API tokens belong to users, and this server has none.", hint="Use the token that the server printed."
        )
    return call.principal.user_id


def _require_owner(call: Call) -> None:
    if call.principal is None or Permission.ADMIN not in call.principal.permissions:
        raise PermissionDeniedError("Only owners see the tokens of others.")
