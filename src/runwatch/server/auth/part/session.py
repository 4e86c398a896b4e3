"""Endpoints of signing in and out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from msgspec import Struct
from starlette.responses import Response

from runwatch.schema.error import AuthenticationException, InvalidValueError
from runwatch.schema.metric import Done
from runwatch.schema.operation import Permission
from runwatch.schema.wire import API
from runwatch.server.auth import cookie, session, ticket
from runwatch.server.auth.access import Access
from runwatch.server.auth.gate import LOCAL
from runwatch.server.auth.principal import ALL, Principal
from runwatch.server.auth.secret import same
from runwatch.server.auth.user import User, key_of
from runwatch.server.call import Call
from runwatch.server.endpoint import Endpoint
from runwatch.server.service import Services

PATH = f"{API}/session"


class SignIn(Struct, frozen=True, kw_only=True):
    """Sign in: with the token of the machine's server or of a link, or with name and password.

    Attributes:
        token: What a link carries behind ``#token=``.
        name: The user's name.
        password: And password.
    """

    token: str = ""
    name: str = ""
    password: str = ""


class SignOut(Struct, frozen=True, kw_only=True):
    """Sign out.

    Attributes:
        everywhere: Of all browsers of this user, not of this one alone.
    """

    everywhere: bool = False


class TakeInvitation(Struct, frozen=True, kw_only=True):
    """Take an invitation up and sign in.

    Attributes:
        invitation: What its link carries behind ``#invitation=``.
        password: The password chosen.
    """

    invitation: str
    password: str


class ChangePassword(Struct, frozen=True, kw_only=True):
    """Choose another password; all other sessions end.

    Attributes:
        old: The one until now.
        new: At least twelve characters.
    """

    old: str
    new: str


class Identity(Struct, frozen=True, kw_only=True):
    """Who asks.

    Attributes:
        name: Of kind ``user`` the user's name, of ``token`` that of its owner. Of kind ``local`` nobody has a name: it
            is then what the audit log writes, in English, and a page says it in its reader's words.
        kind: ``local`` (the one user of a machine; of mode ``none`` whoever reaches the server), ``user``, ``token`` or
            ``run`` (a job).
        permissions: What they may do.
        mode: How the server asks who somebody is: ``local``, ``none`` or ``team``.
    """

    name: str
    kind: Literal["local", "user", "token", "run"]
    permissions: tuple[str, ...]
    mode: str


def endpoints(services: Services) -> Iterator[Endpoint]:
    """Sign-in, sign-out, who am I."""
    yield Endpoint(
        name="session.get", verb="GET", path=PATH, permission=Permission.READ, handle=_get,
        summary="Who asks, and what they may do.", response=Identity,
    )  # fmt: skip
    yield Endpoint(
        name="session.create", verb="POST", path=PATH, permission=Permission.PUBLIC, handle=_create,
        summary="Sign in: answers with a cookie.", request=SignIn, response=Identity, body_bytes=1 << 14,
    )  # fmt: skip
    yield Endpoint(
        name="session.delete", verb="DELETE", path=PATH, permission=Permission.READ, handle=_delete,
        summary="Sign out, of this browser or of all.", query=SignOut, response=Done,
    )  # fmt: skip
    yield Endpoint(
        name="session.invitation", verb="POST", path=f"{PATH}:invitation", permission=Permission.PUBLIC,
        handle=_take_invitation, summary="Choose a password with an invitation, and sign in.",
        request=TakeInvitation, response=Identity, body_bytes=1 << 14,
    )  # fmt: skip
    yield Endpoint(
        name="session.password", verb="POST", path=f"{PATH}:password", permission=Permission.READ,
        handle=_change_password, summary="Choose another password.", request=ChangePassword, response=Done,
        body_bytes=1 << 14,
    )  # fmt: skip


async def _get(call: Call) -> Response:
    assert call.principal is not None
    return call.answer(_identity(call, call.principal))


def _identity(call: Call, principal: Principal) -> Identity:
    permissions = tuple(sorted(principal.permissions))
    return Identity(
        name=principal.name, kind=principal.kind, permissions=permissions, mode=call.services.settings.auth
    )  # fmt: skip


async def _create(call: Call) -> Response:
    body: SignIn = call.body
    if call.services.settings.auth == "team":
        user = await call.services.run_slow(_check_password, call.services.access, body, address_of(call))
        return await welcome(call, user)
    if call.services.settings.auth == "none":
        raise InvalidValueError("This server asks nobody who they are.", hint="Open it as it is.")
    if not await call.services.run(_holds, call.services.access, body.token):
        raise AuthenticationException(
            "This link or token does not hold, or not any more.", hint="Use the link that the server printed."
        )
    return await welcome(call, None)


def _holds(access: Access, token: str) -> bool:
    if access.secret is not None and same(token, access.secret):
        return True
    with access.state.write() as connection:
        return ticket.take(connection, "browser", token) is not None


def _check_password(access: Access, body: SignIn, address: str) -> User:
    account = key_of(body.name)
    access.throttle.attempt(account, address)
    user = access.users.authenticate(body.name, body.password)
    access.throttle.succeed(account, address)
    return user


async def _take_invitation(call: Call) -> Response:
    body: TakeInvitation = call.body
    _require_team(call)
    user = await call.services.run_slow(call.services.access.users.accept, body.invitation, body.password)
    return await welcome(call, user)


async def _change_password(call: Call) -> Response:
    if call.principal is None or call.principal.kind != "user":
        raise InvalidValueError("Only a user who signed in has a password to change.")
    await call.services.run_slow(_change, call.services.access, call.principal, call.body, address_of(call))
    return call.answer(Done())


def _change(access: Access, principal: Principal, body: ChangePassword, address: str) -> None:
    assert principal.user_id is not None
    account = key_of(principal.name)
    access.throttle.attempt(account, address)
    access.users.change_password(principal.user_id, body.old, body.new, principal.session)
    access.throttle.succeed(account, address)


async def _delete(call: Call) -> Response:
    assert call.principal is not None
    await call.services.run(_end, call.services.access, call.principal, call.query.everywhere)
    answer = call.answer(Done())
    cookie.remove(answer, call.request, call.services.access.workspace_id)
    return answer


def _end(access: Access, principal: Principal, everywhere: bool) -> None:
    with access.state.write() as connection:
        if everywhere:
            session.end_all(connection, principal.user_id)
        elif principal.session:
            session.end(connection, principal.session)


async def welcome(call: Call, user: User | None) -> Response:
    """Sign somebody in: a new session, whatever cookie came along.

    Args:
        call: The call.
        user: Who; None is the one user of the machine.
    """
    access = call.services.access

    def begin() -> str:
        with access.state.write() as connection:
            return session.create(connection, user.user_id if user else None, address_of(call))

    secret = await call.services.run(begin)
    principal = call.request.state.signed_in = _signed_in(user)  # for the audit log
    answer = call.answer(_identity(call, principal))
    cookie.put(answer, call.request, access.workspace_id, secret)
    return answer


def _signed_in(user: User | None) -> Principal:
    if user is None:
        return Principal(name=LOCAL, kind="local", permissions=ALL)
    return Principal(name=user.name, kind="user", permissions=user.role.permissions, user_id=user.user_id)


def address_of(call: Call) -> str:
    """From where somebody calls, as the socket says."""
    client: Any = call.request.client
    return client.host if client else ""


def _require_team(call: Call) -> None:
    if call.services.settings.auth != "team":
        raise InvalidValueError("This server has no users.", hint="Start it with --auth team.")
