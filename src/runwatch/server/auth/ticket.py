"""Tickets: secrets that work once and not for long, for links that open a browser or invite a user."""

from __future__ import annotations

import time
from typing import Final, Literal

from msgspec import Struct
from sqlalchemy import Connection, delete, insert

from runwatch.server.auth.secret import digest, new_secret
from runwatch.server.state.database import State
from runwatch.server.state.table import tickets

BROWSER_S: Final = 60.0
"""The browser that was just started comes at once."""

INVITATION_S: Final = 3 * 86_400.0
"""A person reads a message within days."""

Purpose = Literal["browser", "invitation"]


class Ticket(Struct, frozen=True, kw_only=True):
    """A ticket that was taken.

    Attributes:
        user_id: For whom it was made, or None for the one user of a machine.
        expires_at: Seconds UTC.
    """

    user_id: str | None
    expires_at: float


def create(connection: Connection, purpose: Purpose, lasts_s: float, user_id: str | None = None) -> str:
    """A new ticket; one of the same purpose and user is void from now on.

    Args:
        connection: A write block.
        purpose: What it lets somebody do.
        lasts_s: Seconds until it expires.
        user_id: For whom.

    Returns:
        The secret, of which only a hash is kept.
    """
    now, secret = time.time(), new_secret()
    connection.execute(delete(tickets).where(tickets.c.expires_at <= now))
    if user_id is not None:
        connection.execute(delete(tickets).where(tickets.c.user_id == user_id, tickets.c.purpose == purpose))
    connection.execute(
        insert(tickets).values(ticket_hash=digest(secret), purpose=purpose, user_id=user_id, expires_at=now + lasts_s)
    )
    return secret


def take(connection: Connection, purpose: Purpose, secret: str) -> Ticket | None:
    """Use a ticket up.

    Args:
        connection: A write block: of two that come at once with the same ticket, one gets it.
        purpose: What it must be for.
        secret: The ticket.

    Returns:
        None if there is no such ticket, or not any more.
    """
    row = connection.execute(
        delete(tickets)
        .where(tickets.c.ticket_hash == digest(secret), tickets.c.purpose == purpose)
        .returning(tickets.c.user_id, tickets.c.expires_at)
    ).one_or_none()
    if row is None or row.expires_at <= time.time():
        return None
    return Ticket(user_id=row.user_id, expires_at=row.expires_at)


def browser_ticket(state: State) -> str:
    """A ticket that signs the one user of a machine in, for a browser that is about to be started."""
    with state.write() as connection:
        return create(connection, "browser", BROWSER_S)
