"""The gate: finds out who asks, by bearer token or by the cookie of a session."""

from __future__ import annotations

from typing import Final, Literal

import anyio.to_thread
from starlette.requests import HTTPConnection

from runwatch.schema.error import AuthenticationException
from runwatch.server.auth import cookie, session
from runwatch.server.auth.access import Access
from runwatch.server.auth.principal import ALL, Principal
from runwatch.server.auth.role import RUN_PERMISSIONS
from runwatch.server.auth.secret import RUN_PREFIX, USER_PREFIX, same

LOCAL: Final = "the user of this machine"


class Gate:
    """Finds out who asks a server of one user, or of a team.

    Args:
        access: Who may come in.
        mode: Whether there is one user, whose token and sessions hold, or a team, whose tokens and sessions do.
    """

    def __init__(self, access: Access, mode: Literal["local", "team"]) -> None:
        self.access = access
        self.mode = mode

    async def identify(self, connection: HTTPConnection) -> Principal | None:
        """Who it is, or None if the request carries no proof; a cookie that holds no more is no proof.

        Raises:
            AuthenticationException: If the token is wrong, expired or revoked.
        """
        given = connection.headers.getlist("authorization")
        if given:
            return await anyio.to_thread.run_sync(self._bearer, _token_of(given))
        secret = cookie.read(connection, self.access.workspace_id)
        return await anyio.to_thread.run_sync(self._session, secret) if secret else None

    def _bearer(self, token: str) -> Principal:
        found: Principal | None = None
        if token.startswith(RUN_PREFIX):
            found = self._job(token)
        elif self.mode == "team":
            found = self._program(token) if token.startswith(USER_PREFIX) else None
        elif self.access.secret is not None and same(token, self.access.secret):
            found = Principal(name=LOCAL, kind="local", permissions=ALL)
        if found is None:
            raise AuthenticationException(
                "This token does not hold: it is wrong, has expired, or was revoked.", hint="Use another one."
            )
        return found

    def _job(self, token: str) -> Principal | None:
        found = self.access.run_tokens.find(token)
        if found is None:
            return None
        return Principal(
            name=f"run {found.run_id}", kind="run", permissions=RUN_PERMISSIONS, token_id=found.token_id,
            run_id=found.run_id, attempt=found.attempt,
        )  # fmt: skip

    def _program(self, token: str) -> Principal | None:
        found = self.access.tokens.find(token)
        if found is None:
            return None
        known, user = found
        return Principal(
            name=user.name, kind="token", permissions=known.role.permissions, user_id=user.user_id,
            token_id=known.token_id,
        )  # fmt: skip

    def _session(self, secret: str) -> Principal | None:
        found = session.find(self.access.state, secret)
        if found is None or (found.user_id is None) is (self.mode == "team"):
            return None
        if found.role is None:
            return Principal(name=LOCAL, kind="local", permissions=ALL, cookie=True, session=found.session_hash)
        return Principal(
            name=found.name, kind="user", permissions=found.role.permissions, user_id=found.user_id, cookie=True,
            session=found.session_hash,
        )  # fmt: skip


def _token_of(given: list[str]) -> str:
    scheme, _, token = given[0].partition(" ")
    if len(given) > 1 or scheme.lower() != "bearer":
        raise AuthenticationException("This server takes bearer tokens only.", hint="Send 'Authorization: Bearer …'.")
    return token.strip()
