"""Tokens of jobs: each for one attempt of one run, so that a compute node never holds a user's token."""

from __future__ import annotations

import time
import uuid
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import delete, insert, select, update

from runwatch.schema.error import GoneError, InvalidValueError, NotFoundError
from runwatch.server.auth.secret import RUN_PREFIX, digest, new_secret
from runwatch.server.auth.session import TOUCH_S
from runwatch.server.state.database import State
from runwatch.server.state.table import run_tokens

DEFAULT_S: Final = 86_400.0
LONGEST_S: Final = 31 * 86_400.0
"""How long one holds if nothing is said, and at most without renewal."""

KEPT_S: Final = 90 * 86_400.0
"""Expired ones are still listed for so long."""


class RunToken(Struct, frozen=True, kw_only=True):
    """The token of a job, without its secret.

    Attributes:
        token_id: Names it, e.g. in the audit log.
        run_id: The run it is for, with its children.
        attempt: The attempt it is for: when the run is started again, it does not hold any more.
        created_by: Who had it made, by name.
        created_at: Seconds UTC; likewise the others.
        expires_at: When it stops to hold.
        used_at: About when it was last used, to the minute; None for never.
        revoked_at: When it was revoked, or None.
    """

    token_id: str
    run_id: str
    attempt: int
    created_by: str
    created_at: float
    expires_at: float
    used_at: float | None = None
    revoked_at: float | None = None


class RunTokens:
    """The tokens of jobs in the server's database.

    Args:
        state: The database.
    """

    def __init__(self, state: State) -> None:
        self.state = state

    def create(self, run_id: str, attempt: int, created_by: str, lasts_s: float = DEFAULT_S) -> tuple[RunToken, str]:
        """A new token, and its secret, which cannot be had again.

        Args:
            run_id: The run, which the caller has seen to be there.
            attempt: Its present attempt.
            created_by: Who asks, by name.
            lasts_s: Seconds until it expires.

        Raises:
            InvalidValueError: It would last too long.
        """
        _check_s(lasts_s)
        now, secret, token_id = time.time(), new_secret(RUN_PREFIX), uuid.uuid4().hex
        row = {"token_id": token_id, "token_hash": digest(secret), "run_id": run_id, "attempt": attempt}
        with self.state.write() as connection:
            connection.execute(delete(run_tokens).where(run_tokens.c.expires_at < now - KEPT_S))
            connection.execute(
                insert(run_tokens).values(created_by=created_by, created_at=now, expires_at=now + lasts_s, **row)
            )
        return self.get(token_id), secret

    def find(self, secret: str) -> RunToken | None:
        """The token of this secret, if it holds; notes that it was used."""
        now = time.time()
        holds = run_tokens.c.revoked_at.is_(None) & (run_tokens.c.expires_at > now)
        with self.state.read() as connection:
            row = connection.execute(
                select(run_tokens).where(run_tokens.c.token_hash == digest(secret), holds)
            ).one_or_none()
        if row is None:
            return None
        if (row.used_at or 0.0) < now - TOUCH_S:
            with self.state.write() as connection:
                changed = update(run_tokens).where(run_tokens.c.token_id == row.token_id)
                connection.execute(changed.values(used_at=now))
        return _run_token(row)

    def renew(self, token_id: str, lasts_s: float) -> RunToken:
        """Let a token that still holds expire later.

        Raises:
            NotFoundError: There is none.
            GoneError: It has expired or was revoked: make a new one.
        """
        _check_s(lasts_s)
        now = time.time()
        with self.state.write() as connection:
            done = connection.execute(
                update(run_tokens)
                .where(
                    run_tokens.c.token_id == token_id,
                    run_tokens.c.revoked_at.is_(None),
                    run_tokens.c.expires_at > now,
                )
                .values(expires_at=now + lasts_s)
            )
        found = self.get(token_id)
        if done.rowcount != 1:
            raise GoneError("This token does not hold any more.", hint="Make a new one for the run.")
        return found

    def revoke(self, token_id: str) -> RunToken:
        """End a token at once; one that has ended stays as it is."""
        ended = update(run_tokens).where(run_tokens.c.token_id == token_id, run_tokens.c.revoked_at.is_(None))
        with self.state.write() as connection:
            connection.execute(ended.values(revoked_at=time.time()))
        return self.get(token_id)

    def get(self, token_id: str) -> RunToken:
        """One token; `NotFoundError` if there is none."""
        with self.state.read() as connection:
            row = connection.execute(select(run_tokens).where(run_tokens.c.token_id == token_id)).one_or_none()
        if row is None:
            raise NotFoundError("There is no such token.", hint="List the run's tokens to see which are there.")
        return _run_token(row)

    def list(self, run_id: str) -> tuple[RunToken, ...]:
        """Tokens of a run, newest first."""
        query = select(run_tokens).where(run_tokens.c.run_id == run_id).order_by(run_tokens.c.created_at.desc())
        with self.state.read() as connection:
            return tuple(_run_token(row) for row in connection.execute(query))


def _check_s(lasts_s: float) -> None:
    if not 0 < lasts_s <= LONGEST_S:
        raise InvalidValueError(
            f"The token of a job lasts at most {LONGEST_S / 86_400:.0f} days.", hint="Renew it while the job runs."
        )


def _run_token(row: Any) -> RunToken:
    return RunToken(
        token_id=row.token_id, run_id=row.run_id, attempt=row.attempt, created_by=row.created_by,
        created_at=row.created_at, expires_at=row.expires_at, used_at=row.used_at, revoked_at=row.revoked_at,
    )  # fmt: skip
