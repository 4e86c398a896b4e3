"""Chart requests that make no sense are refused before anything is read, with a sentence and a hint."""

from __future__ import annotations

import math
from typing import Any

import pytest

from runwatch.schema.chart import Axis, AxisKind, Chart, ChartBatch, Group, Part, Series, Smoothing, SmoothingKind
from runwatch.schema.error import InvalidValueError, LimitError, UserErrorException
from runwatch.store.chart.check import check_batch
from runwatch.store.chart.reader import ChartReader
from runwatch.store.memory.store import MemoryStore

ONE = (Series(run_id="r", metric="m"),)


def batch(**changes: Any) -> ChartBatch:
    return ChartBatch(charts=(Chart(**({"series": ONE} | changes)),))


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        (InvalidValueError, {"series": ()}),
        (LimitError, {"series": ONE * 1_001}),
        (InvalidValueError, {"buckets": 3}),
        (InvalidValueError, {"buckets": 20_001}),
        (InvalidValueError, {"parts": ()}),
        (InvalidValueError, {"parts": (Part.LAST, Part.LAST)}),
        (InvalidValueError, {"x": Axis(kind=AxisKind.METRIC)}),
        (InvalidValueError, {"x": Axis(start=math.nan)}),
        (InvalidValueError, {"x": Axis(end=math.inf)}),
        (InvalidValueError, {"x": Axis(start=2, end=1)}),
        (InvalidValueError, {"smoothing": Smoothing(kind=SmoothingKind.EMA, amount=1)}),
        (InvalidValueError, {"groups": (Group(series=()),)}),
        (InvalidValueError, {"groups": (Group(series=(0, 0)),)}),
        (InvalidValueError, {"groups": (Group(series=(1,)),)}),
        (InvalidValueError, {"groups": (Group(series=(-1,)),)}),
        (LimitError, {"groups": (Group(series=(0,)),) * 201}),
    ],
)
def test_what_makes_no_sense_is_refused(kind: type[UserErrorException], changes: dict[str, Any]) -> None:
    with pytest.raises(kind) as caught:
        ChartReader(MemoryStore()).answer(batch(**changes))
    assert caught.value.message
    assert caught.value.hint


def test_a_batch_has_some_charts() -> None:
    with pytest.raises(InvalidValueError):
        check_batch(ChartBatch(charts=()))
    with pytest.raises(LimitError):
        check_batch(ChartBatch(charts=batch().charts * 501))


def test_what_makes_sense_is_not() -> None:
    check_batch(batch())
    check_batch(batch(buckets=20_000, x=Axis(start=1, end=1), groups=(Group(series=(0,)),)))
