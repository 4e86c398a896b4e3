"""Upgrading a workspace database: a copy first, then all versions in one transaction."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from runwatch.schema.error import CorruptDataError
from runwatch.store.sql.birth import sync_folder
from runwatch.store.sql.connection import connect

HERE = Path(__file__).parent


def alembic_config() -> Config:
    """Alembic's settings: where the versions are."""
    config = Config()
    config.set_main_option("script_location", str(HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(file: Path, found: str) -> None:
    """Bring a database to the newest version; if that fails, nothing has changed.

    Args:
        file: The database; the caller holds the workspace's lock.
        found: The version it has.

    Raises:
        CorruptDataError: Rows that refer to missing ones: the file was damaged before.
    """
    raw = connect(file)
    try:
        back_up(raw, file.with_name(f"{file.name}.bak-{found}"))
        raw.execute("PRAGMA foreign_keys=OFF")  # or copying a table would delete the rows that refer to it
        apply_versions(raw)
        broken = raw.execute("PRAGMA foreign_key_check").fetchone()
        if broken is not None:
            raw.rollback()
            raise CorruptDataError(
                f"The workspace database {file} has rows of {broken[0]} that refer to nothing.",
                file=str(file),
                hint="Run 'runwatch doctor'; the file was not changed.",
            )
        raw.commit()
    finally:
        raw.close()


def apply_versions(raw: sqlite3.Connection) -> None:
    """Begin a transaction and apply the versions that the file lacks; the caller commits.

    Args:
        raw: A connection without a transaction.
    """
    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool, pool_reset_on_return=None)
    raw.execute("BEGIN IMMEDIATE")
    connection = engine.connect()
    config = alembic_config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except BaseException:
        raw.rollback()
        raise


def back_up(raw: sqlite3.Connection, copy: Path) -> None:
    """Make a sound copy of an open database, replacing one of the same name when it is complete.

    Args:
        raw: A connection to it.
        copy: Where the copy goes.
    """
    young = copy.with_name(f"{copy.name}.new")
    young.unlink(missing_ok=True)
    target = sqlite3.connect(young)
    try:
        raw.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # a copy of one file, without a log beside it
    finally:
        target.close()
    young.replace(copy)
    sync_folder(copy.parent)
