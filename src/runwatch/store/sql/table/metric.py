"""Tables of metrics: what is known of each, the summaries of its columns, its rows, and writers' cursors.

Everything goes with its run or its metric, so that deleting a run deletes its rows: ``docs/formats/metric-tables.md``.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, LargeBinary, Table, Text

from runwatch.store.sql.table.metadata import METADATA

metrics: Final = Table(
    "metrics",
    METADATA,
    Column("metric_key", Integer, primary_key=True),
    Column("run_key", ForeignKey("runs.run_key", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("columns", Text, nullable=False),  # JSON [name, ...] in the order first logged
    Column("tail", Text, nullable=False),  # JSON [rows, ...] of the chunks that are not sealed, oldest first
    Column("has_steps", Boolean, nullable=False),
    Column("first_at", Float, nullable=False),
    Column("last_at", Float, nullable=False),
    Column("last_step", BigInteger),
    sqlite_autoincrement=True,
)
Index("uq_metrics_run_name", metrics.c.run_key, metrics.c.name, unique=True)

summaries: Final = Table(
    "summaries",
    METADATA,
    Column("run_key", ForeignKey("runs.run_key", ondelete="CASCADE"), primary_key=True),
    Column("metric", Text, primary_key=True),
    Column("column", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("nonfinite", BigInteger, nullable=False),
    Column("numeric", BigInteger, nullable=False),
    Column("first_number", Float),  # what lists sort and filter by: null for a text, a NaN and where there is no value
    Column("last_number", Float),
    Column("first_value", Text),  # JSON that may also say NaN, Infinity and -Infinity
    Column("last_value", Text),
    Column("min", Float),
    Column("max", Float),
    Column("sum", Float, nullable=False),
    Column("sum_squares", Float, nullable=False),
    Column("min_step", BigInteger),
    Column("max_step", BigInteger),
    sqlite_with_rowid=False,
)
for _stat in ("min", "max", "last_number"):
    Index(f"ix_summaries_{_stat}", summaries.c.metric, summaries.c.column, summaries.c[_stat], summaries.c.run_key)

cursors: Final = Table(
    "cursors",
    METADATA,
    Column("run_key", ForeignKey("runs.run_key", ondelete="CASCADE"), primary_key=True),
    Column("writer", Text, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("next", BigInteger, nullable=False),  # the sequence number expected; moved together with the rows
    sqlite_with_rowid=False,
)

chunks: Final = Table(
    "chunks",
    METADATA,
    Column("metric_key", ForeignKey("metrics.metric_key", ondelete="CASCADE"), primary_key=True),
    Column("first_row", BigInteger, primary_key=True),
    Column("data", LargeBinary, nullable=False),  # docs/formats/chunk.md
)

chunk_buckets: Final = Table(  # apart from the chunks, so that an overview reads no page of theirs
    "chunk_buckets",
    METADATA,
    Column("metric_key", ForeignKey("metrics.metric_key", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),  # of the column in metrics.columns
    Column("level", Integer, primary_key=True),  # rows of a bucket: each level is read without a page of the others
    Column("first_row", BigInteger, primary_key=True),
    Column("data", LargeBinary, nullable=False),  # docs/formats/chunk.md; only of sealed chunks
    sqlite_with_rowid=False,
)

arrivals: Final = Table(  # a row for all small pieces of a batch; they move into chunks together
    "arrivals",
    METADATA,
    Column("number", Integer, primary_key=True),  # of the notice given with them: later ones are larger
    Column("run_key", ForeignKey("runs.run_key", ondelete="CASCADE"), nullable=False),
    Column("data", LargeBinary, nullable=False),  # docs/formats/chunk.md
)
Index("ix_arrivals_run", arrivals.c.run_key)
