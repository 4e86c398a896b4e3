"""All tables, and the rows a new workspace begins with."""

from __future__ import annotations

import os
import time
import uuid
from typing import Final

from sqlalchemy import Column as SqlColumn
from sqlalchemy import Connection, MetaData, Table, Text, insert

from runwatch.store.sql import version
from runwatch.store.sql.table import artifact, change, job, metric, run
from runwatch.store.sql.table.metadata import METADATA

TABLE_MODULES: Final = (artifact, change, job, metric, run)
"""Importing them registers their tables."""

_VERSION: Final = Table(
    "alembic_version", MetaData(), SqlColumn("version_num", Text, nullable=False)
)  # Alembic's own, therefore not among ours


def create_tables(connection: Connection) -> None:
    """Make all tables of an empty database; the migrations give the same ones, which a test compares.

    Args:
        connection: In a write transaction.
    """
    METADATA.create_all(connection, checkfirst=False)
    connection.exec_driver_sql(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL,"
        " CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    connection.execute(insert(_VERSION).values(version_num=version.HEAD))


def first_rows(connection: Connection) -> None:
    """Fill in what every workspace has: its id, its counter, and the target ``local``.

    Args:
        connection: In a write transaction.
    """
    now = time.time()
    facts = {"workspace_id": str(uuid.uuid4()), "created_at": repr(now), "format": "1"}
    connection.execute(insert(change.workspace), [{"key": key, "value": value} for key, value in facts.items()])
    connection.execute(insert(change.sequence).values(id=1, value=0))
    local = {"name": "local", "backend": "local", "slots": os.cpu_count() or 1, "settings": "{}", "created_at": now}
    connection.execute(insert(job.targets).values(**local))
