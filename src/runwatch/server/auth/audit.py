"""The audit log: one line for each change and each refusal, chained by hashes so that no line can be altered unseen."""

from __future__ import annotations

import hashlib
import json
import time
from typing import Any, Final

from msgspec import Struct
from sqlalchemy import insert, select

from runwatch.server.state.database import State
from runwatch.server.state.table import audit

TEXT_CHARS: Final = 300
"""Longer texts of requests are cut: nobody fills the disk with names."""

_PAGE: Final = 1_000


class Entry(Struct, frozen=True, kw_only=True):
    """One line.

    Attributes:
        number: Counts from 1 without gaps.
        at: Seconds UTC.
        actor: Who, by name; empty for a stranger.
        token_id: With which token, or empty.
        operation: What was asked for, e.g. ``runs.delete``.
        object: What it was about, as the request named it.
        outcome: ``done``, or the code of the error.
        address: From where.
        request_id: The answer's ``X-Request-Id``.
        hash: SHA-256 over this line and the hash of the one before.
    """

    number: int
    at: float
    actor: str
    token_id: str
    operation: str
    object: str
    outcome: str
    address: str
    request_id: str
    hash: str


class Verdict(Struct, frozen=True, kw_only=True):
    """What checking the chain has shown.

    Attributes:
        entries: Lines that are there.
        broken_at: The number of the first line that is not what was written, or None.
        head: The hash of the last line: kept elsewhere, it shows later that none was cut off the end.
    """

    entries: int
    broken_at: int | None
    head: str


class Audit:
    """The audit log in the server's database.

    Args:
        state: The database.
    """

    def __init__(self, state: State) -> None:
        self.state = state

    def append(
        self, operation: str, outcome: str, *, actor: str = "", token_id: str = "", about: str = "",
        address: str = "", request_id: str = "",
    ) -> None:  # fmt: skip
        """Write one line; it is on the disk when this returns. See `Entry`; ``about`` is its object."""
        texts = {
            "actor": actor, "token_id": token_id, "operation": operation, "object": about, "outcome": outcome,
            "address": address, "request_id": request_id,
        }  # fmt: skip
        cut = {name: _cut(text) for name, text in texts.items()}
        with self.state.write() as connection:
            last = connection.execute(
                select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)
            ).one_or_none()
            number, before = (last.number + 1, last.hash) if last is not None else (1, "")
            values: dict[str, Any] = {"number": number, "at": time.time(), **cut}
            connection.execute(insert(audit).values(hash=_chained(before, values), **values))

    def list(self, before: int | None = None, limit: int = 100) -> tuple[Entry, ...]:
        """Lines, newest first.

        Args:
            before: Only those with a lower number.
            limit: At most so many.
        """
        query = select(audit).order_by(audit.c.number.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.number < before)
        with self.state.read() as connection:
            return tuple(Entry(**row._mapping) for row in connection.execute(query))

    def verify(self) -> Verdict:
        """Check every line against the chain, and that the last ones were not cut off."""
        before, count, broken = "", 0, None
        while True:
            query = select(audit).where(audit.c.number > count).order_by(audit.c.number).limit(_PAGE)
            with self.state.read() as connection:
                rows = [dict(row._mapping) for row in connection.execute(query)]
                written = connection.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = 'audit'").scalar()
            for row in rows:
                count += 1
                known = row.pop("hash")
                if broken is None and (row["number"] != count or known != _chained(before, row)):
                    broken = count
                before, count = known, max(count, row["number"])
            if not rows:
                if broken is None and (written or 0) != count:
                    broken = count + 1
                return Verdict(entries=count, broken_at=broken, head=before)


def _chained(before: str, values: dict[str, Any]) -> str:
    fields = [
        values[name]
        for name in ("number", "at", "actor", "token_id", "operation", "object", "outcome", "address", "request_id")
    ]
    return hashlib.sha256(f"{before}\n{json.dumps(fields)}".encode()).hexdigest()


def _cut(text: str) -> str:
    text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= TEXT_CHARS else f"{text[: TEXT_CHARS - 1]}…"
