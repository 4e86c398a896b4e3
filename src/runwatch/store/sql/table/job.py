"""Compute targets and their queued jobs."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, Table, Text

from runwatch.store.sql.table.metadata import METADATA

targets: Final = Table(
    "targets",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("backend", Text, nullable=False),
    Column("slots", Integer, nullable=False),
    Column("settings", Text, nullable=False),  # JSON
    Column("created_at", Float, nullable=False),
    sqlite_with_rowid=False,
)

jobs: Final = Table(
    "jobs",
    METADATA,
    Column("job_key", Integer, primary_key=True),  # grows: the order of the queue among equal priorities
    Column("job_id", Text, nullable=False, unique=True),
    Column("run_key", ForeignKey("runs.run_key", ondelete="CASCADE"), nullable=False, unique=True),
    Column("target", ForeignKey("targets.name"), nullable=False),
    Column("state", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("queued_at", Float, nullable=False),
    Column("spec", Text, nullable=False),  # JSON
    Column("agent", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("lease_until", Float, nullable=False),
    Column("cancel_requested", Boolean, nullable=False),
    Column("result", Text, nullable=False),
    sqlite_autoincrement=True,
)
Index("ix_jobs_queue", jobs.c.target, jobs.c.state, jobs.c.priority.desc(), jobs.c.job_key)
