"""Experiments, runs, their labels and the tombstones of deleted runs."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    func,
    literal_column,
)

from runwatch.store.label import SORT_CHARS
from runwatch.store.sql.table.metadata import METADATA

experiments: Final = Table(
    "experiments",
    METADATA,
    Column("experiment_key", Integer, primary_key=True),
    Column("experiment_id", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("archived_at", Float),
    Column("description", Text, nullable=False),
    Column("last_number", Integer, nullable=False),  # of the newest run; numbers of deleted runs never come back
    Column("run_count", Integer, nullable=False),
    sqlite_autoincrement=True,
)
Index(
    "uq_experiments_active_name",
    experiments.c.name,
    unique=True,
    sqlite_where=experiments.c.archived_at.is_(None),
    postgresql_where=experiments.c.archived_at.is_(None),
)
Index("ix_experiments_created_at", experiments.c.created_at, experiments.c.experiment_key)

experiment_tags: Final = Table(
    "experiment_tags",
    METADATA,
    Column("experiment_key", ForeignKey("experiments.experiment_key", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text),
    sqlite_with_rowid=False,
)

runs: Final = Table(
    "runs",
    METADATA,
    Column("run_key", Integer, primary_key=True),  # what metrics, files and jobs refer to; never used twice
    Column("run_id", Text, nullable=False, unique=True),
    Column("token", Text, nullable=False),
    Column("experiment_key", ForeignKey("experiments.experiment_key"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("type", Text),
    Column("name", Text),
    Column("display_name", Text),
    Column("description", Text, nullable=False),
    Column("parent_run_id", Text),
    Column("root_run_id", Text, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("started_at", Float),
    Column("ended_at", Float),
    Column("contact_at", Float),
    Column("attempt", Integer, nullable=False),
    Column("target", Text),
    Column("submitted_by", Text),
    Column("host", Text),
    Column("hidden", Boolean, nullable=False),
    Column("definition", Text, nullable=False),  # JSON
    Column("record", Text, nullable=False),  # JSON of `run_row.RunRecord`: what no list filters or sorts by
    sqlite_autoincrement=True,
)
Index("uq_runs_experiment_number", runs.c.experiment_key, runs.c.number, unique=True)
Index("ix_runs_experiment_created_at", runs.c.experiment_key, runs.c.created_at, runs.c.run_key)
Index("ix_runs_created_at", runs.c.created_at, runs.c.run_key)
Index("ix_runs_parent_run_id", runs.c.parent_run_id, sqlite_where=runs.c.parent_run_id.is_not(None))
Index("ix_runs_root_run_id", runs.c.root_run_id)
Index("ix_runs_status_created_at", runs.c.status, runs.c.created_at, runs.c.run_key)


def label_start(text: ColumnElement[str]) -> ColumnElement[str]:
    """The first characters of a text, which labels are indexed and sorted by.

    Args:
        text: A column, or a value to compare with; of the latter no more counts either.
    """
    return func.substr(text, literal_column("1"), literal_column(str(SORT_CHARS)))


def _labels(name: str, text: str, *more: Column[Any]) -> Table:
    """A table of labels, indexed by the start of what is a text in their values."""
    table = Table(
        name,
        METADATA,
        Column("run_key", ForeignKey("runs.run_key", ondelete="CASCADE"), primary_key=True),
        Column("key", Text, primary_key=True),
        Column("value", Text),
        *more,
        sqlite_with_rowid=False,
    )
    Index(f"ix_{name}_key_{text}", table.c.key, label_start(table.c[text]))
    return table


run_tags: Final = _labels("run_tags", "value")
run_properties: Final = _labels("run_properties", "value")
# Values are JSON; beside them stands what lists compare and sort by, where it is a number or a text.
run_params: Final = _labels("run_params", "text", Column("number", Float), Column("text", Text))
Index("ix_run_params_key_number", run_params.c.key, run_params.c.number)

deleted_runs: Final = Table(
    "deleted_runs",
    METADATA,
    Column("run_id", Text, primary_key=True),
    Column("deleted_at", Float, nullable=False),
    sqlite_with_rowid=False,
)
