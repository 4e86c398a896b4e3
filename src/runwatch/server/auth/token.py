"""API tokens of users: for programs. Shown once, kept as a hash, with a role of their own and an end."""

from __future__ import annotations

import time
import uuid
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import insert, select, update

from runwatch.schema.error import InvalidValueError, LimitError, NotFoundError
from runwatch.server.auth.role import Role
from runwatch.server.auth.secret import USER_PREFIX, digest, new_secret
from runwatch.server.auth.session import TOUCH_S
from runwatch.server.auth.user import User
from runwatch.server.state.database import State
from runwatch.server.state.table import tokens, users

DEFAULT_S: Final = 90 * 86_400.0
LONGEST_S: Final = 366 * 86_400.0
"""How long a token holds if nothing is said, and at most."""

MOST: Final = 100
"""Tokens of one user that hold."""

NAME_CHARS: Final = 100


class Token(Struct, frozen=True, kw_only=True):
    """An API token, without its secret.

    Attributes:
        token_id: Names it, e.g. in the audit log.
        name: What it is for.
        user: Whose, by name.
        role: What it may do; never more than its user may at the time.
        created_at: Seconds UTC; likewise the others.
        expires_at: When it stops to hold.
        used_at: About when it was last used, to the minute; None for never.
        revoked_at: When it was revoked, or None.
    """

    token_id: str
    name: str
    user: str
    role: Role
    created_at: float
    expires_at: float
    used_at: float | None = None
    revoked_at: float | None = None


class Tokens:
    """The API tokens in the server's database.

    Args:
        state: The database.
    """

    def __init__(self, state: State) -> None:
        self.state = state

    def create(self, user: User, name: str, role: Role, lasts_s: float = DEFAULT_S) -> tuple[Token, str]:
        """A new token, and its secret, which cannot be had again.

        Args:
            user: Whose.
            name: What it is for.
            role: What it may do; cut to what its user may.
            lasts_s: Seconds until it expires.

        Raises:
            InvalidValueError: It would last too long, or the name is too long.
            LimitError: The user has too many.
        """
        if not 0 < lasts_s <= LONGEST_S:
            raise InvalidValueError(
                f"A token lasts at most {LONGEST_S / 86_400:.0f} days.", hint="Choose a nearer end."
            )
        if not 0 < len(name) <= NAME_CHARS:
            raise InvalidValueError(f"A token's name has 1 to {NAME_CHARS} characters.", hint="Say what it is for.")
        now, secret, token_id = time.time(), new_secret(USER_PREFIX), uuid.uuid4().hex
        row = {"token_id": token_id, "token_hash": digest(secret), "user_id": user.user_id, "name": name}
        with self.state.write() as connection:
            held = select(tokens.c.token_id).where(
                tokens.c.user_id == user.user_id, tokens.c.revoked_at.is_(None), tokens.c.expires_at > now
            )
            if len(connection.execute(held).all()) >= MOST:
                raise LimitError(f"{user.name} has {MOST} tokens.", hint="Revoke those that are not used.")
            role = role.at_most(user.role)
            connection.execute(insert(tokens).values(role=role.value, created_at=now, expires_at=now + lasts_s, **row))
        return self.get(token_id), secret

    def find(self, secret: str) -> tuple[Token, User] | None:
        """The token of this secret and its user, if it holds; notes that it was used."""
        now = time.time()
        query = self._query().where(
            tokens.c.token_hash == digest(secret), tokens.c.revoked_at.is_(None), tokens.c.expires_at > now
        )
        with self.state.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        if (row.used_at or 0.0) < now - TOUCH_S:
            with self.state.write() as connection:
                connection.execute(update(tokens).where(tokens.c.token_id == row.token_id).values(used_at=now))
        user = User(
            user_id=row.user_id, name=row.user, role=Role(row.user_role), active=True, created_at=row.user_created_at
        )
        return _token(row), user

    def list(self, user_id: str | None = None) -> tuple[Token, ...]:
        """Tokens, newest first: of a user, or all."""
        query = self._query().order_by(tokens.c.created_at.desc(), tokens.c.token_id)
        if user_id is not None:
            query = query.where(tokens.c.user_id == user_id)
        with self.state.read() as connection:
            return tuple(_token(row) for row in connection.execute(query))

    def get(self, token_id: str, user_id: str | None = None) -> Token:
        """One token; `NotFoundError` if there is none, or it is not this user's."""
        query = self._query().where(tokens.c.token_id == token_id)
        if user_id is not None:
            query = query.where(tokens.c.user_id == user_id)
        with self.state.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError("There is no such token.", hint="List the tokens to see which are there.")
        return _token(row)

    def revoke(self, token_id: str, user_id: str | None = None) -> Token:
        """End a token; one that has ended stays as it is.

        Args:
            token_id: Which.
            user_id: Only if it is this user's; None for anybody's.
        """
        self.get(token_id, user_id)
        ended = update(tokens).where(tokens.c.token_id == token_id, tokens.c.revoked_at.is_(None))
        with self.state.write() as connection:
            connection.execute(ended.values(revoked_at=time.time()))
        return self.get(token_id)

    @staticmethod
    def _query() -> Any:
        owner = users.c.name.label("user"), users.c.role.label("user_role"), users.c.created_at.label("user_created_at")
        return select(tokens, *owner).join(users, users.c.user_id == tokens.c.user_id)


def _token(row: Any) -> Token:
    return Token(
        token_id=row.token_id, name=row.name, user=row.user, role=Role(row.role).at_most(Role(row.user_role)),
        created_at=row.created_at, expires_at=row.expires_at, used_at=row.used_at, revoked_at=row.revoked_at,
    )  # fmt: skip
