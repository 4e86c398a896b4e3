"""The version of the server's tables, and the steps from each older one.

The number stands in SQLite's own ``user_version``. Alembic, which upgrades the workspace database, is not used here:
this file holds a few small tables and is opened by short commands too, so that a list of statements does all it needs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from runwatch.schema.error import WorkspaceVersionError
from runwatch.server.state import private
from runwatch.server.state.table import METADATA

HEAD: Final = 1

STEPS: Final[Mapping[int, Sequence[str]]] = {}
"""Statements that lead from a version to the next one."""


def prepare(
    connection: Connection, file: Path, *, head: int = HEAD, steps: Mapping[int, Sequence[str]] = STEPS
) -> None:
    """Make or upgrade the tables, all of it or nothing.

    Args:
        connection: Without a transaction.
        file: The database, for messages and for the copy that an upgrade makes beforehand.
        head: The version wanted.
        steps: How to get there.

    Raises:
        WorkspaceVersionError: A newer Runwatch made them.
    """
    found = _version(connection)
    if 0 < found < head:
        _back_up(connection, file.with_name(f"{file.name}.bak-{found}"))
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        found = _version(connection)
        if found > head:
            raise WorkspaceVersionError(
                f"The server's database {file} has version {found}; this Runwatch knows versions up to {head}.",
                hint="Upgrade Runwatch here.",
                found=found,
                known=head,
            )
        if found == 0:
            METADATA.create_all(connection)
        for version in range(found, head) if found else ():
            for statement in steps[version]:
                connection.exec_driver_sql(statement)
        connection.exec_driver_sql(f"PRAGMA user_version={head:d}")
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def _version(connection: Connection) -> int:
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def _back_up(connection: Connection, copy: Path) -> None:
    if not private.create(copy, b""):
        private.check(copy)
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    target = sqlite3.connect(copy)
    try:
        raw.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
    finally:
        target.close()
