"""Smoothed series in buckets: even ones come from kept levels, uneven ones from the line itself."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest

from runwatch.schema.chart import Smoothing, SmoothingKind
from runwatch.schema.metric import ListMetrics
from runwatch.series import pyramid
from runwatch.series.column import Values
from runwatch.series.smoothing import ema
from runwatch.store.chart.cache import Cache
from runwatch.store.chart.fact import Missing, to_subject
from runwatch.store.chart.level import NAMES, Stretch
from runwatch.store.chart.smooth import Smoother
from runwatch.store.protocol import Store
from runwatch.testing.sample import Value, Writer, new_run, scalars

ROWS = 5_000


@pytest.mark.parametrize("starts", [[256, 512, 768], [600, 856, 1_112], [256, 512, 800], [0, 1_024, 2_048], [4_096]])
@pytest.mark.parametrize("end", [1_280, 3_072, 1_300, ROWS])
def test_figures_are_those_of_the_rows_of_each_bucket(store: Store, starts: list[int], end: int) -> None:
    starts = [start for start in starts if start < end] or [0]
    run = new_run(store)
    values = np.random.default_rng(2).normal(size=ROWS)
    Writer(store, run.run_id).append(scalars("m", cast(list[Value], values.tolist())))
    metric = store.metrics.list(ListMetrics(run_id=run.run_id, names=("m",))).metrics[0]
    subject = to_subject(run.run_id, metric, "value")
    assert not isinstance(subject, Missing)
    rows = pyramid.from_rows(Values("float", values), None, np.arange(ROWS), len(starts))
    words = np.array([getattr(rows, name).view("<i8") for name in NAMES])
    words[NAMES.index("first_row")] = starts
    smoother = Smoother(store, Cache(), Cache())
    smooth = ema(values, 0.9)
    for level in (256, 1_024):
        found = smoother.figures(subject, Smoothing(kind=SmoothingKind.EMA, amount=0.9), level, Stretch(words, end))
        parts = np.split(smooth[:end], starts)[1:]
        assert found.count.tolist() == [len(part) for part in parts]
        assert found.min.tolist() == [part.min() for part in parts]
        assert found.last.tolist() == [part[-1] for part in parts]
        assert found.mean == pytest.approx([part.mean() for part in parts])
