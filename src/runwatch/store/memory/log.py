"""A metric in memory: its rows as they came, joined into whole columns whenever somebody asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import msgspec
import numpy as np

from runwatch.schema.metric import Block, Column, ColumnType, Metric, MetricKind, Summary
from runwatch.schema.settled import settled
from runwatch.series import chunk, pyramid
from runwatch.series.chunk import NO_STEP, Chunk
from runwatch.series.column import IntArray, Values, missing
from runwatch.series.pyramid import Buckets
from runwatch.series.summary import summarize

SECOND: Final = 1e6
"""Times of rows are microseconds."""

_NONE: Final = Chunk(rows=0, columns={}, times=np.zeros(0, "<i8"))


@dataclass(frozen=True)
class MetricLog:
    """All rows of one metric; appending makes a new one."""

    name: str
    kind: MetricKind
    description: str = ""
    parts: tuple[Chunk, ...] = ()

    def append(self, part: Chunk, description: str) -> MetricLog:
        """The metric with some more rows."""
        return MetricLog(self.name, self.kind, description or self.description, (*self.parts, part))

    @cached_property
    def all(self) -> Chunk:
        """Every row."""
        return chunk.merge(self.parts or (_NONE,))

    @property
    def times(self) -> IntArray:
        """When each row was logged, microseconds UTC."""
        assert self.all.times is not None, "rows in memory have their times"
        return self.all.times

    def describe(self) -> Metric:
        """What is known of it without its rows."""
        steps, rows = self.all.steps, self.all.rows
        last_step = NO_STEP if steps is None else int(steps[-1])
        return Metric(
            name=self.name,
            kind=self.kind,
            rows=rows,
            columns=tuple(self.summary(name) for name in self.all.columns),
            description=self.description,
            has_steps=steps is not None,
            first_at=int(self.times[0]) / SECOND if rows else 0.0,
            last_at=int(self.times[-1]) / SECOND if rows else 0.0,
            last_step=None if last_step == NO_STEP else last_step,
        )

    def summary(self, column: str) -> Summary:
        """What is known of one column."""
        figures = summarize(self.all.columns[column], self.all.steps)
        return msgspec.convert({"column": column} | msgspec.structs.asdict(figures), settled(Summary))

    def block(self, first: int, end: int, columns: Sequence[str]) -> Block:
        """The rows from ``first`` up to and without ``end``, of some columns."""
        rows = self.all.select(first, end)
        assert rows.times is not None, "rows in memory have their times"
        steps = rows.steps
        return Block(
            metric=self.name,
            kind=self.kind,
            rows=rows.rows,
            columns=tuple(_wire(name, rows.columns[name]) for name in columns),
            times=rows.times.tobytes(),
            steps=b"" if steps is None or (steps == NO_STEP).all() else steps.tobytes(),
            description=self.description,
        )

    def overview(self, column: str, first: int, end: int, buckets: int, bucket_rows: int = 0) -> Buckets:
        """Some rows of a column in buckets, of a number that is given or of a size that is."""
        rows = self.all.select(first, end)
        assert rows.times is not None, "rows in memory have their times"
        values = rows.columns.get(column) or missing("float", rows.rows)
        if bucket_rows:
            return pyramid.align_rows(values, rows.steps, rows.times, bucket_rows, first)
        return pyramid.from_rows(values, rows.steps, rows.times, buckets, first)


@dataclass(frozen=True)
class Writer:
    """How far the store has got with one writer of a run."""

    epoch: int
    next: int


def _wire(name: str, column: Values) -> Column:
    kind, data, valid = column.to_wire()
    return Column(name=name, type=ColumnType(kind), data=data, valid=valid)
