"""How the database file of a new workspace is made, and how a copied one gets an id of its own."""

from __future__ import annotations

import os
import sqlite3
import uuid
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from runwatch.store.sql.connection import connect, require_sqlite
from runwatch.store.sql.schema import create_tables, first_rows


def create_file(file: Path) -> None:
    """Make a database beside its place and move it there when it is complete, so that nobody ever sees half of one.

    Args:
        file: Where it belongs; the caller holds the workspace's lock.
    """
    require_sqlite()
    young = file.with_name(f"{file.name}.new")
    for leftover in (young, Path(f"{young}-journal"), Path(f"{young}-wal"), Path(f"{young}-shm")):
        leftover.unlink(missing_ok=True)
    young.touch()
    raw = connect(young)
    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
    try:
        raw.execute("PRAGMA auto_vacuum=INCREMENTAL")  # deleted rows can give their pages back to the disk
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            create_tables(connection)
            first_rows(connection)
            connection.commit()
        raw.execute("PRAGMA journal_mode=WAL")
    finally:
        engine.dispose()
        raw.close()
    young.replace(file)
    sync_folder(file.parent)
    adopt(file)


def adopt(file: Path) -> None:
    """Give a copied workspace an id of its own; the original is told by its file's inode.

    Args:
        file: The database file, which can be written to.
    """
    inode = str(file.stat().st_ino)
    put = "INSERT INTO workspace (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
    raw = connect(file)
    try:
        if _inode(raw) == inode:
            return
        raw.execute("BEGIN IMMEDIATE")
        known = _inode(raw)  # again: another process may have been first
        if known != inode:
            raw.execute(put, ("inode", inode))
        if known not in {None, inode}:
            raw.execute(put, ("workspace_id", str(uuid.uuid4())))
        raw.execute("COMMIT")
    finally:
        raw.close()


def _inode(raw: sqlite3.Connection) -> str | None:
    row = raw.execute("SELECT value FROM workspace WHERE key = 'inode'").fetchone()
    return None if row is None else str(row[0])


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder durable, where the system can.

    Args:
        folder: The folder.
    """
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
