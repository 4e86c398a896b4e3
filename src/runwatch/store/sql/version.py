"""The version of the tables: which one a file has and which one this code needs."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from runwatch.schema.error import WorkspaceVersionError

HEAD: Final = "0004"
"""The newest revision in ``migration/versions``; a test compares them, so that opening need not import Alembic."""

VERSION_SQL: Final = "SELECT version_num FROM alembic_version"


def stored_version(connection: sqlite3.Connection) -> str | None:
    """The version of a file's tables, or None if it holds none of ours.

    Args:
        connection: A connection to the file.
    """
    table = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'alembic_version'"
    if connection.execute(table).fetchone() is None:
        return None
    row = connection.execute(VERSION_SQL).fetchone()
    return None if row is None else str(row[0])


def is_newer(version: str) -> bool:
    """Whether a version was made by a newer Runwatch than this one; versions are numbers with leading zeros."""
    return not version.isdigit() or int(version) > int(HEAD)


def made_by_newer(file: Path, version: str) -> WorkspaceVersionError:
    """The refusal to touch a file whose tables this code does not know."""
    return WorkspaceVersionError(
        f"The workspace {file.parent} has data of version {version}; this Runwatch knows versions up to {HEAD}.",
        hint=f"Upgrade Runwatch here, or go back to the copy {file.name}.bak-{HEAD} made when it was upgraded.",
        found=version,
        known=HEAD,
    )
