"""Endpoints of users: for owners alone."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from starlette.responses import Response

from runwatch.schema.metric import Done
from runwatch.schema.operation import Permission
from runwatch.schema.wire import API
from runwatch.server.auth.role import Role
from runwatch.server.auth.user import User, Users
from runwatch.server.call import Call
from runwatch.server.endpoint import Endpoint
from runwatch.server.service import Services


class ListUsers(Struct, frozen=True, kw_only=True):
    """All users by name."""


class UserList(Struct, frozen=True, kw_only=True):
    """All users by name."""

    users: tuple[User, ...]


class CreateUser(Struct, frozen=True, kw_only=True):
    """Invite somebody.

    Attributes:
        name: 1 to 64 letters, digits and ``._@+-``.
        role: What they may do.
    """

    name: str
    role: Role = Role.CONTRIBUTOR


class UserName(Struct, frozen=True, kw_only=True):
    """A user by name."""

    name: str


class UserRole(Struct, frozen=True, kw_only=True):
    """Another role for a user."""

    name: str
    role: Role


class Invitation(Struct, frozen=True, kw_only=True):
    """A user, and the way in: shown once, holds once.

    Attributes:
        user: The user.
        path: To be put behind the address of the server; gives whoever opens it the user's account.
    """

    user: User
    path: str


def endpoints(services: Services) -> Iterator[Endpoint]:
    """Users: list, create, invite again, role, delete."""
    yield Endpoint(
        name="users.list", verb="POST", path=f"{API}/users:list", permission=Permission.ADMIN, handle=_list,
        summary="All users.", request=ListUsers, response=UserList,
    )  # fmt: skip
    yield Endpoint(
        name="users.create", verb="POST", path=f"{API}/users:create", permission=Permission.ADMIN, handle=_create,
        summary="Invite somebody.", request=CreateUser, response=Invitation,
    )  # fmt: skip
    yield Endpoint(
        name="users.invite", verb="POST", path=f"{API}/users:invite", permission=Permission.ADMIN, handle=_invite,
        summary="Invite a user anew, who has forgotten the password.", request=UserName, response=Invitation,
    )  # fmt: skip
    yield Endpoint(
        name="users.update", verb="POST", path=f"{API}/users:update", permission=Permission.ADMIN, handle=_update,
        summary="Give a user another role.", request=UserRole, response=User,
    )  # fmt: skip
    yield Endpoint(
        name="users.delete", verb="POST", path=f"{API}/users:delete", permission=Permission.ADMIN, handle=_delete,
        summary="Remove a user with all sessions and tokens.", request=UserName, response=Done,
    )  # fmt: skip


def invitation_path(secret: str) -> str:
    """Where an invitation is taken up, below the address of the server."""
    return f"/sign-in#invitation={secret}"


async def _list(call: Call) -> Response:
    return call.answer(UserList(users=await call.services.run(_users(call).list)))


async def _create(call: Call) -> Response:
    user, secret = await call.services.run(_users(call).create, call.body.name, call.body.role)
    return call.answer(Invitation(user=user, path=invitation_path(secret)))


async def _invite(call: Call) -> Response:
    user = await call.services.run(_users(call).named, call.body.name)
    secret = await call.services.run(_users(call).invite, user.user_id)
    return call.answer(Invitation(user=user, path=invitation_path(secret)))


async def _update(call: Call) -> Response:
    user = await call.services.run(_users(call).named, call.body.name)
    return call.answer(await call.services.run(_users(call).set_role, user.user_id, call.body.role))


async def _delete(call: Call) -> Response:
    user = await call.services.run(_users(call).named, call.body.name)
    await call.services.run(_users(call).remove, user.user_id)
    return call.answer(Done())


def _users(call: Call) -> Users:
    return call.services.access.users
