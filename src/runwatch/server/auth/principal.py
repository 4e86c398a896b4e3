"""Who asks, and what they may do."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Final, Literal, Protocol

from msgspec import Struct
from starlette.requests import HTTPConnection

from runwatch.schema.operation import Permission

ALL: Final = frozenset(Permission)


class Principal(Struct, frozen=True, kw_only=True):
    """Somebody who was identified.

    Attributes:
        name: As shown in the audit log.
        kind: ``local`` (the one user of a machine), ``user`` (signed in), ``token`` (an API token) or ``run`` (a job).
        permissions: What they may do.
        user_id: The user, or None for the one of a machine and for jobs.
        token_id: The API or run token, or an empty text.
        run_id: A run token may touch this run and its children only; None for everybody else.
        attempt: The attempt of that run the token was made for.
        cookie: Identified by a cookie, so that a change needs proof that our own page sent it.
        session: The session's hash, for those who signed in.
    """

    name: str
    kind: Literal["local", "user", "token", "run"]
    permissions: frozenset[Permission]
    user_id: str | None = None
    token_id: str = ""
    run_id: str | None = None
    attempt: int = 0
    cookie: bool = False
    session: str = ""

    @property
    def subject(self) -> str:
        """Who owns what they make; stays the same when a user is renamed."""
        return f"user:{self.user_id}" if self.user_id else self.kind


EVERYBODY: Final = Principal(name="anyone", kind="local", permissions=ALL)
"""Who asks a server that was told to ask for nothing (``--no-auth``, on loopback only)."""


class Authenticator(Protocol):
    """Finds out who sent a request."""

    def identify(self, connection: HTTPConnection) -> Awaitable[Principal | None]:
        """Who it is, or None if the request carries no proof.

        Raises:
            AuthenticationException: If it carries one that is wrong, expired or revoked.
        """
        ...


class Open:
    """Lets everybody in: for ``--no-auth`` on loopback, and for tests."""

    async def identify(self, connection: HTTPConnection) -> Principal | None:
        """Always the same."""
        return EVERYBODY
