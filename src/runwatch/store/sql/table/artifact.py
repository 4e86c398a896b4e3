"""Artifacts of runs and the blobs that hold their content."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, Table, Text

from runwatch.store.sql.table.metadata import METADATA

blobs: Final = Table(
    "blobs",
    METADATA,
    Column("blob_id", Text, primary_key=True),  # the only thing that names a file; never made from a client's text
    Column("sha256", Text, unique=True),  # of sealed blobs
    Column("size_bytes", Integer, nullable=False),
    sqlite_with_rowid=False,
)

artifacts: Final = Table(
    "artifacts",
    METADATA,
    Column("run_key", ForeignKey("runs.run_key", ondelete="CASCADE"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("folder", Text, nullable=False),  # the path up to its last "/", empty at the top: what folder listings ask
    Column("size_bytes", Integer, nullable=False),
    Column("sealed", Boolean, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("blob_id", ForeignKey("blobs.blob_id"), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("changed_at", Float, nullable=False),
    Column("media_type", Text, nullable=False),
    sqlite_with_rowid=False,
)
Index("ix_artifacts_run_key_folder_path", artifacts.c.run_key, artifacts.c.folder, artifacts.c.path)
Index("ix_artifacts_blob_id", artifacts.c.blob_id)  # counts the references to a blob
