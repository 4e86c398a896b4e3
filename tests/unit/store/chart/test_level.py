"""Levels: however stretches were read, kept, joined and extended, they are what the store says."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest

from runwatch.schema.metric import ListMetrics, Overview, ReadOverview
from runwatch.store.chart import level as levels
from runwatch.store.chart.cache import Cache
from runwatch.store.chart.fact import Missing, Subject, to_subject
from runwatch.store.chart.level import NAMES, Levels, Stretch, choose_level
from runwatch.store.protocol import Store
from runwatch.testing.sample import START_AT, Value, Writer, new_run, scalars


@pytest.fixture(autouse=True)
def small_stretches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounded so little that a few thousand rows have many."""
    monkeypatch.setattr(levels, "_ROUND", 4)


class Watched:
    """A store that tells which rows it was asked for."""

    def __init__(self, store: Store) -> None:
        self._shelf = store.metrics
        self.metrics = self
        self.asked: list[tuple[int, int]] = []

    def read_overview(self, request: ReadOverview) -> Overview:
        """Likewise, and note it."""
        assert request.count is not None
        self.asked.append((request.first, request.first + request.count))
        return self._shelf.read_overview(request)


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
def test_stretches_grow_with_the_metric(store: Store, most_bytes: int) -> None:
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


def test_a_range_beside_one_that_was_read_reads_only_what_is_new(store: Store) -> None:
    run = new_run(store)
    Writer(store, run.run_id).append(scalars("m", numbers(9_000)))
    watched = Watched(store)
    subject, reader = subject_of(store, run.run_id), Levels(cast(Store, watched), Cache())

    def asked(first: int, end: int) -> list[tuple[int, int]]:
        watched.asked.clear()
        check(store, subject, 4, first, end, reader.read(subject, 4, first, end))
        return list(watched.asked)

    assert asked(100, 200) == [(96, 208)]  # begins and ends at multiples of sixteen rows
    assert asked(110, 208) == []
    assert asked(96, 100) == []
    assert asked(150, 230) == [(208, 240)]
    assert asked(1_000, 1_010) == [(992, 1_024)]
    assert asked(230, 1_000) == [(240, 992)]  # what lies between two is read, and they are one
    assert asked(96, 1_024) == []
    assert asked(0, 9_000) == [(0, 96), (1_024, 9_000)]


def test_no_stretch_is_longer_than_a_store_gives_at_a_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(levels, "_LONG", 32)
    run = new_run(store)
    Writer(store, run.run_id).append(scalars("m", numbers(2_000)))
    watched = Watched(store)
    subject, reader = subject_of(store, run.run_id), Levels(cast(Store, watched), Cache())
    for first, end in ((0, 100), (100, 200), (0, 90), (0, 300), (50, 1_900)):
        check(store, subject, 4, first, end, reader.read(subject, 4, first, end))
    assert max(end - first for first, end in watched.asked) == 128
    assert watched.asked[:3] == [(0, 112), (96, 208), (0, 96)]


def test_the_whole_of_a_long_series_leaves_what_its_ranges_are_read_from(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(levels, "LARGEST", 64)
    run = new_run(store)
    Writer(store, run.run_id).append(scalars("m", numbers(9_000)))
    watched = Watched(store)
    subject, reader = subject_of(store, run.run_id), Levels(cast(Store, watched), Cache())
    check(store, subject, 256, 0, 9_000, reader.whole(subject, 256))
    check(store, subject, 64, 100, 5_000, reader.read(subject, reader.fit(256, 4_900), 100, 5_000))
    assert watched.asked == [(0, 9_000)]
    assert (reader.fit(64, 10), reader.fit(16, 10), reader.fit(128, 10**9)) == (64, 16, 128)
