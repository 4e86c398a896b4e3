"""Buckets of three sizes beside each sealed chunk instead of one, so that charts of any range read few of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import sqlalchemy
from alembic import op
from sqlalchemy import Row

from runwatch.series import bucket, chunk, pyramid
from runwatch.series.error import ChunkFormatError

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ROWS: Final = 200
"""Chunks read at a time."""

_OLD_ROWS: Final = 256
"""Of a bucket that there was before."""

BEFORE: Final = "ALTER TABLE chunk_buckets RENAME TO old_chunk_buckets"
STATEMENTS: Final = (
    """
CREATE TABLE chunk_buckets (
    metric_key INTEGER NOT NULL,
    position INTEGER NOT NULL,
    level INTEGER NOT NULL,
    first_row BIGINT NOT NULL,
    data BLOB NOT NULL,
    CONSTRAINT pk_chunk_buckets PRIMARY KEY (metric_key, position, level, first_row),
    CONSTRAINT fk_chunk_buckets_metric_key FOREIGN KEY(metric_key)
        REFERENCES metrics (metric_key) ON DELETE CASCADE
)
 WITHOUT ROWID
    """,
)
AFTER: Final = "DROP TABLE old_chunk_buckets"
_READ: Final = sqlalchemy.text(
    "SELECT old.metric_key, old.position, old.first_row, old.data, chunks.data AS chunk, metrics.columns"
    " FROM old_chunk_buckets AS old JOIN metrics USING (metric_key) JOIN chunks USING (metric_key, first_row)"
    " WHERE (old.metric_key, old.position, old.first_row) > (:metric_key, :position, :first_row)"
    " ORDER BY old.metric_key, old.position, old.first_row LIMIT :rows"
)
_WRITE: Final = sqlalchemy.text(
    "INSERT INTO chunk_buckets (metric_key, position, level, first_row, data)"
    " VALUES (:metric_key, :position, :level, :first_row, :data)"
)


def upgrade() -> None:
    """Make all levels from the rows of the chunks."""
    op.execute(BEFORE)
    for statement in STATEMENTS:
        op.execute(statement)
    connection = op.get_bind()
    last: dict[str, Any] = {"metric_key": -1, "position": -1, "first_row": -1}
    while rows := connection.execute(_READ, last | {"rows": _ROWS}).all():
        connection.execute(_WRITE, [made for row in rows for made in _make(row)])
        last = {name: getattr(rows[-1], name) for name in last}
    op.execute(AFTER)


def _make(row: Row[Any]) -> Iterator[dict[str, Any]]:
    place = {"metric_key": row.metric_key, "position": row.position, "first_row": row.first_row}
    for level, data in _levels(row).items():
        yield {**place, "level": level, "data": data}


def _levels(row: Row[Any]) -> dict[int, bytes]:
    name = json.loads(row.columns)[row.position]
    try:
        rows = chunk.decode(row.chunk, {name})
        assert rows.times is not None
        return pyramid.build_levels(rows.columns[name], rows.steps, rows.times)
    except ChunkFormatError:  # damaged rows are told of when they are read; what is drawn of them stays
        return _from_old(row.data)


def _from_old(data: bytes) -> dict[int, bytes]:
    found = {_OLD_ROWS: data}
    try:
        coarse = pyramid.coarsen(bucket.read(data), pyramid.LEVELS[-1] // _OLD_ROWS)
    except ChunkFormatError:
        return found
    return found | {pyramid.LEVELS[-1]: bucket.write(coarse)}


def downgrade() -> None:
    """Not offered: go back to the copy that the upgrade made."""
    raise NotImplementedError
