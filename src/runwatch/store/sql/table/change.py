"""The workspace's facts about itself, its sequence counter and the latest notice of each subject and kind."""

from __future__ import annotations

from typing import Final

from sqlalchemy import CheckConstraint, Column, Float, Index, Integer, Table, Text

from runwatch.store.sql.table.metadata import METADATA

workspace: Final = Table(
    "workspace",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

sequence: Final = Table(
    "sequence",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("value", Integer, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

changes: Final = Table(
    "changes",
    METADATA,
    Column("subject", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("experiment_id", Text, nullable=False),
    Column("at", Float, nullable=False),
    sqlite_with_rowid=False,
)
Index("uq_changes_sequence", changes.c.sequence, unique=True)
