from __future__ import annotations

import numpy as np
import pytest

from runwatch.schema.metric import Overview
from runwatch.series import bucket, packed, pyramid
from runwatch.series.chunk import NO_STEP
from runwatch.series.column import Values
from runwatch.series.error import ChunkFormatError, ValuesError


def ramp(rows: int) -> tuple[Values, None, np.ndarray]:
    return Values("int", np.arange(rows)), None, np.arange(rows) * 10


def test_it_has_the_arrays_of_the_domain() -> None:
    assert set(pyramid.Buckets.__struct_fields__) == set(Overview.__struct_fields__) - {"total", "points"}


@pytest.mark.parametrize("rows", [1, 128, 129])
def test_arrays_have_the_types_of_the_domain(rows: int) -> None:
    stored = pyramid.build(*ramp(rows), 256)
    for found in (pyramid.from_rows(*ramp(rows), 10), pyramid.from_buckets(stored, 10)):
        for name in found.__struct_fields__:
            expected = np.float64 if name in ("min", "max", "last", "mean") else np.int64
            assert getattr(found, name).dtype == expected
            assert len(getattr(found, name)) == len(found)


def test_no_rows_make_no_buckets() -> None:
    nothing = pyramid.build(*ramp(0), 256)
    assert bucket.write(nothing) == b""
    assert len(pyramid.from_rows(*ramp(0), 5)) == len(pyramid.from_buckets(nothing, 5)) == 0
    assert len(bucket.read(b"")) == 0
    assert pyramid.from_buckets(nothing, 5).min.dtype == np.float64


def test_a_row_is_a_bucket_of_its_own_where_there_is_room() -> None:
    found = pyramid.from_rows(*ramp(3), 5, first_row=100)
    assert found.first_row.tolist() == [100, 101, 102]
    assert found.min.tolist() == found.max.tolist() == found.last.tolist() == found.mean.tolist() == [0, 1, 2]
    assert found.first_step.tolist() == [NO_STEP] * 3
    assert found.first_time.tolist() == found.last_time.tolist() == [0, 10, 20]


def test_source_buckets_are_joined_where_cuts_are_nearest() -> None:
    stored = bucket.join([pyramid.build(*ramp(rows), 256) for rows in (1_000, 1, 1)])
    found = pyramid.from_buckets(stored, 2)
    assert found.first_row.tolist() == [0, 512]
    assert found.count.tolist() == [512, 490]
    assert found.max.tolist() == [511, 999]
    assert found.last.tolist() == [511, 0]


@pytest.mark.parametrize("rows", [4, 200, 600])
def test_means_of_huge_numbers_stay_finite(rows: int) -> None:
    huge = Values("float", np.full(rows, 1.7e308))
    times = np.arange(rows)
    assert pyramid.from_rows(huge, None, times, 1).mean.tolist() == [1.7e308]
    stored = pyramid.build(huge, None, times, 256)
    assert pyramid.from_buckets(bucket.join([stored] * 2), 1).mean.tolist() == [1.7e308]
    assert pyramid.coarsen(stored, 4).figures[3].tolist() == [1.7e308]


@pytest.mark.parametrize("rows", [5, 300])
def test_texts_count_for_nothing(rows: int) -> None:
    texts, times = Values("str", ["a"] * rows), np.arange(rows)
    for found in (
        pyramid.from_rows(texts, None, times, 1),
        pyramid.from_buckets(pyramid.build(texts, None, times, 256), 1),
    ):
        assert found.count.tolist() == found.nonfinite.tolist() == [0]
        assert np.isnan(found.min).all()
        assert found.last_time.tolist() == [rows - 1]


@pytest.mark.parametrize("data", [b"x", bytes(72), bytes(71)])
def test_what_is_no_bucket_is_refused(data: bytes) -> None:
    with pytest.raises(ChunkFormatError):
        bucket.read(data)
    with pytest.raises(ChunkFormatError):
        packed.unpack([data])


def test_the_damaged_bucket_is_named() -> None:
    stored = bytearray(bucket.write(pyramid.build(*ramp(1_000), 256)))
    stored[150] ^= 4
    with pytest.raises(ChunkFormatError) as caught:
        bucket.read(bytes(stored))
    assert caught.value.offset == 144


def test_lengths_must_agree() -> None:
    with pytest.raises(ValuesError):
        pyramid.build(Values("int", np.arange(3)), None, np.arange(2), 64)
    with pytest.raises(ValuesError):
        pyramid.from_rows(Values("int", np.arange(3)), np.arange(4), np.arange(3), 1)
