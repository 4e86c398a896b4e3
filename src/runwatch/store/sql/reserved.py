"""The experiments in which registered things lie, by their keys: a handful that lists leave out."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, Connection, select

from runwatch.schema.registry import EXPERIMENTS
from runwatch.store.sql.table.run import experiments

IS_RESERVED: Final[ColumnElement[bool]] = experiments.c.name.in_(list(EXPERIMENTS))
"""That a row of ``experiments`` is one of them."""

_KEYS: Final = select(experiments.c.experiment_key).where(IS_RESERVED, experiments.c.archived_at.is_(None))


def reserved_keys(connection: Connection) -> list[int]:
    """The keys of those that are there; none of them is ever archived, so that the index of active names finds them."""
    return list(connection.execute(_KEYS).scalars())
