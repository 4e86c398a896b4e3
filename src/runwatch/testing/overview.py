"""What every backend promises of overviews: a chart made of them never lies."""
# ruff: noqa: D102 - the names of the tests are sentences

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from itertools import pairwise

import pytest

from runwatch.schema.error import InvalidValueError, NotFoundError
from runwatch.schema.metric import Overview, ReadOverview
from runwatch.schema.run import Run
from runwatch.store.protocol import Store
from runwatch.testing.contract import Contract
from runwatch.testing.sample import (
    NO_STEP,
    START_AT,
    Value,
    Writer,
    from_floats,
    from_integers,
    refused,
    scalars,
    table,
)

_SIZES = [1, 7, 255, 256, 257, 1_000, 8_192, 8_193, 20_000]


def _ask(store: Store, run: Run, name: str = "m", **changes: object) -> Overview:
    return store.metrics.read_overview(ReadOverview(run_id=run.run_id, name=name, **changes))  # type: ignore[arg-type]


def _walk(rows: int) -> list[Value]:
    """Numbers as training logs them: noise, a few spikes, here and there no number at all."""
    chance = random.Random(rows)  # noqa: S311 - the same numbers in every run of the tests
    logged: list[Value] = [chance.gauss(0, 1) for _ in range(rows)]
    for place in range(0, rows, 97):
        logged[place] = chance.choice([1e6, -1e6, math.nan, math.inf, -math.inf, -0.0])
    return logged


def _finite(values: Sequence[Value]) -> list[float]:
    return [float(value) for value in values if isinstance(value, float | int) and math.isfinite(value)]


def _check(found: Overview, logged: Sequence[Value], steps: Sequence[int] | None, first: int, buckets: int) -> None:
    """Compare every bucket with the rows it stands for."""
    starts = from_integers(found.first_row)
    assert found.points == len(logged)
    assert len(starts) <= buckets
    assert starts[:1] == ([first] if logged else [])
    assert all(here < there for here, there in pairwise(starts))
    for name in ("count", "nonfinite", "min", "max", "last", "mean", "first_step", "last_time"):
        assert len(getattr(found, name)) == 8 * len(starts)
    ends = [*starts[1:], first + len(logged)] if starts else []
    counts, nonfinite = from_integers(found.count), from_integers(found.nonfinite)
    figures = list(zip(*(from_floats(getattr(found, name)) for name in ("min", "max", "last", "mean")), strict=True))
    for place, (start, end) in enumerate(zip(starts, ends, strict=True)):
        rows = logged[start - first : end - first]
        finite = _finite(rows)
        numbers = [value for value in rows if isinstance(value, float | int)]
        assert (counts[place], nonfinite[place]) == (len(finite), len(numbers) - len(finite))
        if not finite:
            assert all(math.isnan(figure) for figure in figures[place])
            continue
        assert figures[place][:3] == (min(finite), max(finite), finite[-1])
        assert figures[place][3] == pytest.approx(math.fsum(finite) / len(finite), rel=1e-9, abs=1e-9)
    given = steps or [NO_STEP] * len(logged)
    assert from_integers(found.first_step) == [given[start - first] for start in starts]
    assert from_integers(found.last_step) == [given[end - first - 1] for end in ends]
    start_at = int(START_AT * 1e6)
    assert from_integers(found.first_time) == [start_at + 1_000 * start for start in starts]
    assert from_integers(found.last_time) == [start_at + 1_000 * (end - 1) for end in ends]


class OverviewContract(Contract):
    """Buckets of min, max, last and mean over the rows."""

    @pytest.mark.parametrize("rows", _SIZES)
    def test_buckets_say_what_the_rows_say(self, store: Store, run: Run, rows: int) -> None:
        logged, steps = _walk(rows), [3 * row for row in range(rows)]
        Writer(store, run.run_id).append(scalars("m", logged, steps))
        for buckets in (1, 2, 7, 100, 1_000, 20_000):
            found = _ask(store, run, buckets=buckets)
            assert found.total == rows
            _check(found, logged, steps, 0, buckets)

    @pytest.mark.parametrize("rows", [1_000, 20_000])
    def test_so_do_buckets_of_a_range(self, store: Store, run: Run, rows: int) -> None:
        logged = _walk(rows)
        Writer(store, run.run_id).append(scalars("m", logged))
        for first, count in ((0, 1), (1, rows), (255, 258), (rows // 2, None), (rows - 1, 5), (rows, 1), (3, 0)):
            end = rows if count is None else min(rows, first + count)
            for buckets in (1, 10, 500):
                found = _ask(store, run, first=first, count=count, buckets=buckets)
                assert found.total == rows
                _check(found, logged[first:end], None, first, buckets)

    def test_a_negative_first_row_counts_from_the_end(self, store: Store, run: Run) -> None:
        Writer(store, run.run_id).append(scalars("m", [1.0, 2.0, 3.0]))
        assert from_integers(_ask(store, run, first=-2).first_row) == [1, 2]

    def test_rows_that_came_in_small_batches_count_alike(self, store: Store, run: Run) -> None:
        logged = _walk(700)
        writer = Writer(store, run.run_id)
        for first in range(0, 700, 10):
            writer.append(scalars("m", logged[first : first + 10], first_at=START_AT + first / 1_000))
        for buckets in (1, 2, 50):
            _check(_ask(store, run, buckets=buckets), logged, None, 0, buckets)

    def test_few_rows_are_a_bucket_each(self, store: Store, run: Run) -> None:
        Writer(store, run.run_id).append(scalars("m", [3, 1, 2]))
        found = _ask(store, run, buckets=10)
        assert from_integers(found.first_row) == [0, 1, 2]
        assert from_floats(found.last) == [3.0, 1.0, 2.0]

    def test_buckets_are_about_equal(self, store: Store, run: Run) -> None:
        rows, buckets = 20_000, 20
        Writer(store, run.run_id).append(scalars("m", [0.0] * rows))
        starts = [*from_integers(_ask(store, run, buckets=buckets).first_row), rows]
        sizes = [there - here for here, there in pairwise(starts)]
        assert max(sizes) <= 2 * rows / buckets

    def test_asking_twice_gives_the_same(self, store: Store, run: Run) -> None:
        Writer(store, run.run_id).append(scalars("m", _walk(1_000)))
        assert _ask(store, run, buckets=33) == _ask(store, run, buckets=33)

    def test_no_spike_is_lost_at_any_width(self, store: Store, run: Run) -> None:
        rows = 20_000
        logged: list[Value] = [0.0] * rows
        logged[12_345], logged[12_346] = 1e9, -1e9
        Writer(store, run.run_id).append(scalars("m", logged))
        for buckets in (1, 3, 64, 1_111):
            found = _ask(store, run, buckets=buckets)
            assert max(from_floats(found.max)) == 1e9
            assert min(from_floats(found.min)) == -1e9

    def test_the_last_point_is_shown(self, store: Store, run: Run) -> None:
        Writer(store, run.run_id).append(scalars("m", [0.0] * 9_999 + [42.0]))
        for buckets in (1, 10, 5_000):
            assert from_floats(_ask(store, run, buckets=buckets).last)[-1] == 42.0

    def test_columns_are_apart(self, store: Store, run: Run) -> None:
        Writer(store, run.run_id).append(
            table("t", {"a": [1, None, 3], "b": ["x", "y", "z"], "c": [True, False, True]})
        )
        assert from_floats(_ask(store, run, "t", column="a", buckets=1).max) == [3.0]
        assert from_integers(_ask(store, run, "t", column="a", buckets=1).count) == [2]
        assert from_integers(_ask(store, run, "t", column="b", buckets=1).count) == [0]
        assert from_floats(_ask(store, run, "t", column="c", buckets=1).min) == [0.0]

    def test_a_column_that_came_late_counts_from_there(self, store: Store, run: Run) -> None:
        writer = Writer(store, run.run_id)
        writer.append(table("t", {"a": [0.0] * 9_000}))
        writer.append(table("t", {"b": [7.0] * 9_000}, first_at=START_AT + 9))
        found = _ask(store, run, "t", column="b", buckets=2)
        assert found.points == 18_000
        assert sum(from_integers(found.count)) == 9_000
        _check(found, [None] * 9_000 + [7.0] * 9_000, None, 0, 2)

    def test_an_unknown_column_has_empty_buckets(self, store: Store, run: Run) -> None:
        logged: list[Value] = [1.0] * 9_000
        Writer(store, run.run_id).append(scalars("m", logged))
        for buckets in (1, 100):
            _check(_ask(store, run, column="none", buckets=buckets), [None] * 9_000, None, 0, buckets)

    def test_an_unknown_metric_has_no_overview(self, store: Store, run: Run) -> None:
        with refused(NotFoundError):
            _ask(store, run, "none")

    @pytest.mark.parametrize("buckets", [0, -1, 20_001])
    def test_other_numbers_of_buckets_are_refused(self, store: Store, run: Run, buckets: int) -> None:
        Writer(store, run.run_id).append(scalars("m", [1.0]))
        with refused(InvalidValueError):
            _ask(store, run, buckets=buckets)

    @pytest.mark.parametrize("rows", [1, 63, 1_000, 8_193, 20_000])
    @pytest.mark.parametrize("size", [1, 4, 256, 1_024, 8_192, 65_536])
    def test_buckets_of_a_size_begin_at_its_multiples(self, store: Store, run: Run, rows: int, size: int) -> None:
        logged = _walk(rows)
        Writer(store, run.run_id).append(scalars("m", logged))
        for first in {0, min(rows - 1, 300), rows // 2}:
            found = _ask(store, run, bucket_rows=size, first=first, buckets=1)
            starts = [first, *range((first // size + 1) * size, rows, size)]
            assert from_integers(found.first_row) == starts
            _check(found, logged[first:], None, first, rows)

    @pytest.mark.parametrize("size", [16, 256, 4_096])
    def test_buckets_of_a_size_stay_when_rows_are_added(self, store: Store, run: Run, size: int) -> None:
        logged = _walk(20_000)
        writer = Writer(store, run.run_id)
        before: list[int] = []
        for first in range(0, 20_000, 2_500):
            writer.append(scalars("m", logged[first : first + 2_500], first_at=START_AT + first / 1_000))
            found = _ask(store, run, bucket_rows=size)
            starts = from_integers(found.first_row)
            assert starts[: len(before)] == before
            before = starts
            _check(found, logged[: first + 2_500], None, 0, 20_000)

    @pytest.mark.parametrize("size", [-1, -256, 3, 100])
    def test_other_sizes_of_buckets_are_refused(self, store: Store, run: Run, size: int) -> None:
        Writer(store, run.run_id).append(scalars("m", [1.0]))
        with refused(InvalidValueError):
            _ask(store, run, bucket_rows=size)

    def test_too_many_buckets_of_a_size_are_refused(self, store: Store, run: Run) -> None:
        Writer(store, run.run_id).append(scalars("m", [1.0] * 20_001))
        assert len(from_integers(_ask(store, run, bucket_rows=1, count=20_000).first_row)) == 20_000
        with refused(InvalidValueError):
            _ask(store, run, bucket_rows=1)
