"""Small batches are kept as they arrive, one row each, before their rows move into chunks."""

from __future__ import annotations

from typing import Final

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATEMENTS: Final = (
    """
CREATE TABLE arrivals (
    number INTEGER NOT NULL,
    run_key INTEGER NOT NULL,
    data BLOB NOT NULL,
    CONSTRAINT pk_arrivals PRIMARY KEY (number),
    CONSTRAINT fk_arrivals_run_key FOREIGN KEY(run_key)
        REFERENCES runs (run_key) ON DELETE CASCADE
)
    """,
    """
CREATE INDEX ix_arrivals_run ON arrivals (run_key)
    """,
)


def upgrade() -> None:
    """Make the table; what is in chunks stays there."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Not offered: go back to the copy that the upgrade made."""
    raise NotImplementedError
