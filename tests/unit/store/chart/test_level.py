"""Levels: however blocks were read, kept and extended, they are what the store says."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest

from runwatch.schema.metric import ListMetrics, ReadOverview
from runwatch.store.chart import level as levels
from runwatch.store.chart.cache import Cache
from runwatch.store.chart.fact import Missing, Subject, to_subject
from runwatch.store.chart.level import NAMES, Levels, Stretch, choose_level
from runwatch.store.protocol import Store
from runwatch.testing.sample import START_AT, Value, Writer, new_run, scalars


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks so small that a few thousand rows have many."""
    monkeypatch.setattr(levels, "_BLOCK", 4)


def subject_of(store: Store, run_id: str) -> Subject:
    found = to_subject(run_id, store.metrics.list(ListMetrics(run_id=run_id, names=("m",))).metrics[0], "value")
    assert not isinstance(found, Missing)
    return found


def check(store: Store, subject: Subject, level: int, first: int, end: int, found: Stretch) -> None:
    """Compare with one overview of everything."""
    request = ReadOverview(run_id=subject.run_id, name="m", bucket_rows=level)
    whole = store.metrics.read_overview(request)
    covered = slice(first // level, -(-end // level))
    for name in NAMES:
        kind = "<f8" if name in ("min", "max", "last", "mean") else "<i8"
        expected = np.frombuffer(getattr(whole, name), kind)[covered]
        assert np.allclose(getattr(found.buckets, name), expected, rtol=1e-12, atol=0, equal_nan=True), name
    assert found.end == min(covered.stop * level, subject.rows)
    assert found.ends()[-1] == found.end


def numbers(rows: int) -> list[Value]:
    return cast(list[Value], np.random.default_rng(rows).normal(size=rows).tolist())


def test_any_range_of_any_level_is_what_the_store_says(store: Store) -> None:
    run = new_run(store)
    rows = 9_000
    Writer(store, run.run_id).append(scalars("m", numbers(rows), list(range(rows))))
    subject, reader = subject_of(store, run.run_id), Levels(store, Cache())
    chance = np.random.default_rng(1)
    for level in (1, 4, 64, 256, 1_024):
        for _ in range(12):
            first, end = sorted(chance.integers(0, rows + 1, 2).tolist())
            if first < end <= first + 2_000 * level:
                check(store, subject, level, first, end, reader.read(subject, level, first, end))


@pytest.mark.parametrize("most_bytes", [256 << 20, 4_000])
def test_blocks_grow_with_the_metric(store: Store, most_bytes: int) -> None:
    run = new_run(store)
    writer = Writer(store, run.run_id)
    reader = Levels(store, Cache(most_bytes))
    values = numbers(12_000)
    for end in (1, 2, 30, 31, 900, 901, 5_000, 9_000, 12_000):
        part = values[writer.next : end]
        writer.append(scalars("m", part, first_at=START_AT + writer.next / 1_000))
        subject = subject_of(store, run.run_id)
        for level in (1, 16, 256):
            check(store, subject, level, 0, end, reader.read(subject, level, 0, end))


def test_levels_have_enough_buckets() -> None:
    for rows in (1, 1_999, 4_000, 4_001, 123_456, 10_000_000):
        level = choose_level(rows, 2_000)
        assert level == 1 or 2_000 <= rows / level < 4_000
    assert choose_level(0, 10) == 1
