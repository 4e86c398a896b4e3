from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from runwatch.series.chunk import SEALED_ROWS
from runwatch.store.sql.metric_tail import PHASES, TIER_CHUNKS, plan, tier

SIZES = st.one_of(st.integers(1, 20), st.integers(1, 600), st.integers(1, 3 * SEALED_ROWS))


def test_new_rows_become_a_chunk_of_their_own() -> None:
    assert plan([], 5) == (0, [5], [5])
    assert plan([300, 5], 5) == (0, [5], [300, 5, 5])


def test_smaller_chunks_are_taken_along() -> None:
    assert plan([5_000, 300, 20, 1, 2], 400) == (3, [423], [5_000, 300, 423])


def test_a_full_tier_becomes_one_chunk() -> None:
    assert plan([1] * TIER_CHUNKS, 1) == (TIER_CHUNKS, [17], [17])
    assert plan([1] * TIER_CHUNKS, 1, phase=1) == (0, [1], [1] * 17)
    assert plan([20] * TIER_CHUNKS + [1] * TIER_CHUNKS, 1) == (32, [337], [337])


def test_full_chunks_are_cut_and_the_rest_is_new_rows_only() -> None:
    assert plan([8_000, 100], 92) == (2, [SEALED_ROWS], [])
    assert plan([8_000, 100], 100) == (2, [SEALED_ROWS, 8], [8])
    assert plan([], 3 * SEALED_ROWS + 1) == (0, [SEALED_ROWS] * 3 + [1], [1])


@given(batches=st.lists(SIZES, max_size=200), phase=st.integers(0, PHASES))
def test_each_row_is_rewritten_four_times_at_most(batches: list[int], phase: int) -> None:
    tail: list[int] = []
    rewrites: list[int] = []  # of the rows of each chunk of the tail: those of its most rewritten row
    for rows in batches:
        made = plan(tail, rows, phase=phase)
        kept = len(tail) - made.rewritten
        assert sum(made.sizes) == sum(tail[kept:]) + rows
        worst = max((count + 1 for count in rewrites[kept:]), default=0)
        assert worst <= 4
        rest = len(made.tail) - kept if made.sizes[0] < SEALED_ROWS else len(made.tail)
        sealed = made.sizes[0] == SEALED_ROWS
        rewrites = [0] * rest if sealed else [*rewrites[:kept], worst]
        tail = made.tail
        assert sum(tail) < SEALED_ROWS
        assert len(tail) == len(rewrites) <= 3 * TIER_CHUNKS + PHASES + 1
        assert [tier(size) for size in tail] == sorted((tier(size) for size in tail), reverse=True)
