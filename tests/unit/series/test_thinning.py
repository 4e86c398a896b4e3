from __future__ import annotations

import pytest

from runwatch.series.thinning import choose_source


@pytest.mark.parametrize(
    ("rows", "buckets", "source"),
    [
        (0, 1_000, "rows"),
        (511_999, 1_000, "rows"),
        (512_000, 1_000, "buckets"),
        (10_000_000, 1_000, "buckets"),
        (512, 1, "buckets"),
        (10_000_000, 20_000, "rows"),
    ],
)
def test_stored_buckets_serve_where_each_bucket_of_the_chart_stands_for_512_rows(
    rows: int, buckets: int, source: str
) -> None:
    assert choose_source(rows, buckets) == source
