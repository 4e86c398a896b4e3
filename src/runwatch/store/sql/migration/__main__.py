"""``python -m runwatch.store.sql.migration "what changes"``: drafts the next version from the tables in the code.

``--initial`` instead writes version 0001 anew from the tables, which is right only as long as nobody has a workspace.
"""

from __future__ import annotations

import sqlite3
import sys
from typing import Final

from alembic import command
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from runwatch.store.sql import schema
from runwatch.store.sql.migration.upgrade import HERE, alembic_config, apply_versions
from runwatch.store.sql.version import HEAD

_OURS: Final = (
    "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND name <> 'alembic_version'"
)
_INITIAL: Final = '''"""The tables of the first release, as SQLite keeps them."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS: Final = (
{statements}
)


def upgrade() -> None:
    """Make all tables."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Not offered: delete the workspace instead."""
    raise NotImplementedError
'''


def draft(message: str) -> None:
    """Write the difference between the newest version and the tables as a new version, to be read and corrected.

    Alembic cannot compare indexes over expressions and warns of them.

    Args:
        message: One line that says what changes.
    """
    with _memory() as connection:
        apply_versions(_raw(connection))
        config = alembic_config()
        config.set_main_option("file_template", "v%%(rev)s_%%(slug)s")
        config.attributes["connection"] = connection
        command.revision(config, message, autogenerate=True, rev_id=f"{int(HEAD) + 1:04d}")


def write_initial() -> None:
    """Write version 0001 from the tables."""
    with _memory() as connection:
        schema.create_tables(connection)
        texts = [_laid_out(row[0]) for row in connection.exec_driver_sql(_OURS)]
    statements = "\n".join(f'    """\n{text}\n    """,' for text in texts)
    target = HERE / "versions" / "v0001_initial.py"
    target.write_text(_INITIAL.format(statements=statements), encoding="utf-8")
    print(f"written: {target}")  # noqa: T201 - it is a command


def _laid_out(statement: str) -> str:
    lines = statement.replace("\t", "    ").replace(") REFERENCES", ")\n        REFERENCES").splitlines()
    return "\n".join(line.rstrip() for line in lines).strip()


def _memory() -> Connection:
    raw = sqlite3.connect(":memory:", isolation_level=None)
    return create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool).connect()


def _raw(connection: Connection) -> sqlite3.Connection:
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw


if __name__ == "__main__":
    if sys.argv[1:] == ["--initial"]:
        write_initial()
    else:
        draft(" ".join(sys.argv[1:]) or "change")
