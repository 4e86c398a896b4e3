"""Parameters get their number or text in columns of their own, with indexes, so that lists compare and sort by them."""

from __future__ import annotations

import json
import math
from typing import Any, Final

import sqlalchemy
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ROWS: Final = 10_000
"""Parameters read at a time."""

BEFORE: Final = "ALTER TABLE run_params RENAME TO old_run_params"
STATEMENTS: Final = (
    """
CREATE TABLE run_params (
    run_key INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    value TEXT,
    number FLOAT,
    text TEXT,
    CONSTRAINT pk_run_params PRIMARY KEY (run_key, "key"),
    CONSTRAINT fk_run_params_run_key FOREIGN KEY(run_key)
        REFERENCES runs (run_key) ON DELETE CASCADE
)
 WITHOUT ROWID
    """,
    """
CREATE INDEX ix_run_params_key_number ON run_params ("key", number)
    """,
    """
CREATE INDEX ix_run_params_key_text ON run_params ("key", substr(text, 1, 64))
    """,
)
_READ: Final = sqlalchemy.text(
    'SELECT run_key, "key", value FROM old_run_params WHERE (run_key, "key") > (:run_key, :key)'
    ' ORDER BY run_key, "key" LIMIT :rows'
)
_WRITE: Final = sqlalchemy.text(
    'INSERT INTO run_params (run_key, "key", value, number, text) VALUES (:run_key, :key, :value, :number, :text)'
)


def upgrade() -> None:
    """Copy the parameters into a new table, with what each value is."""
    op.execute(BEFORE)
    for statement in STATEMENTS:
        op.execute(statement)
    connection = op.get_bind()
    last: dict[str, Any] = {"run_key": -1, "key": ""}
    while rows := [dict(row._mapping) for row in connection.execute(_READ, last | {"rows": _ROWS})]:
        connection.execute(_WRITE, [row | _parts(row["value"]) for row in rows])
        last = {"run_key": rows[-1]["run_key"], "key": rows[-1]["key"]}
    op.execute("DROP TABLE old_run_params")


def _parts(value: str | None) -> dict[str, float | str | None]:
    """The number or the text that a value is: booleans are 1 and 0; NaN, lists, dictionaries and null are neither."""
    try:
        found = json.loads(value or "null")
        number = float(found) if isinstance(found, int | float) else math.nan
    except OverflowError:  # an integer beyond all floats
        number = math.inf if found > 0 else -math.inf
    except ValueError:  # a damaged row stays as it is
        return {"number": None, "text": None}
    text = found.encode("utf-8", "replace").decode("utf-8") if isinstance(found, str) else None
    return {"number": None if math.isnan(number) else number, "text": text}


def downgrade() -> None:
    """Not offered: go back to the copy that the upgrade made."""
    raise NotImplementedError
