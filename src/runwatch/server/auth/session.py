"""Sessions of browsers: kept by the server, so that they can be ended; the cookie is a random text and says nothing."""

from __future__ import annotations

import time
from typing import Final

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select, update

from runwatch.server.auth.role import Role
from runwatch.server.auth.secret import digest, new_secret
from runwatch.server.state.database import State
from runwatch.server.state.table import sessions, users

IDLE_S: Final = 12 * 3_600.0
"""A session that was not used for so long is over."""

LONGEST_S: Final = 30 * 86_400.0
"""And every session after this."""

TOUCH_S: Final = 60.0
"""Use is noted this often: a page that polls must not write to the disk with every request."""


class Session(Struct, frozen=True, kw_only=True):
    """A session.

    Attributes:
        session_hash: Names it.
        user_id: Whose it is; None is the one user of a machine.
        name: That user's name, else empty.
        role: That user's present role, else None.
    """

    session_hash: str
    user_id: str | None
    name: str = ""
    role: Role | None = None


def create(connection: Connection, user_id: str | None, address: str) -> str:
    """A new session.

    Args:
        connection: A write block.
        user_id: Whose; None is the one user of a machine.
        address: From where, to be shown.

    Returns:
        What the cookie is to hold; only a hash of it is kept.
    """
    now, secret = time.time(), new_secret()
    connection.execute(delete(sessions).where(_over(now)))
    connection.execute(
        insert(sessions).values(
            session_hash=digest(secret), user_id=user_id, created_at=now, seen_at=now, address=address
        )
    )
    return secret


def find(state: State, secret: str) -> Session | None:
    """The session of a cookie, or None if there is none or it is over; notes that it was used."""
    now, key = time.time(), digest(secret)
    with state.read() as connection:
        row = connection.execute(
            select(sessions, users.c.name, users.c.role)
            .outerjoin(users, users.c.user_id == sessions.c.user_id)
            .where(sessions.c.session_hash == key, ~_over(now))
        ).one_or_none()
    if row is None:
        return None
    if row.seen_at < now - TOUCH_S:
        with state.write() as connection:
            connection.execute(update(sessions).where(sessions.c.session_hash == key).values(seen_at=now))
    role = Role(row.role) if row.role is not None else None
    return Session(session_hash=key, user_id=row.user_id, name=row.name or "", role=role)


def end(connection: Connection, session_hash: str) -> None:
    """End a session."""
    connection.execute(delete(sessions).where(sessions.c.session_hash == session_hash))


def end_all(connection: Connection, user_id: str | None, but: str = "") -> None:
    """End all sessions of a user.

    Args:
        connection: A write block.
        user_id: Whose; None is the one user of a machine.
        but: The hash of one that goes on.
    """
    connection.execute(delete(sessions).where(sessions.c.user_id.is_(user_id), sessions.c.session_hash != but))


def _over(now: float) -> ColumnElement[bool]:
    return or_(sessions.c.seen_at <= now - IDLE_S, sessions.c.created_at <= now - LONGEST_S)
