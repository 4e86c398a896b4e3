"""Orders that are kept: bounded by their number and by their runs."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import pytest

from runwatch.schema.error import GoneError
from runwatch.store.protocol import Ranking
from runwatch.store.survey.rank import Ranks, digest


def ranking(runs: int) -> Ranking:
    return Ranking(handles=range(runs), sequence=0)


def kept(ranks: Ranks, *rank_ids: str) -> list[bool]:
    """Which of them are kept; looks at none of them as a reader does."""
    return [rank_id in ranks._kept for rank_id in rank_ids]


def test_the_one_not_used_for_longest_goes_first() -> None:
    ranks = Ranks(most=2)
    first, second = ranks.put(ranking(1)), ranks.put(ranking(2))
    assert len(ranks.get(first).handles) == 1
    third = ranks.put(ranking(3))
    assert kept(ranks, first, second, third) == [True, False, True]
    with pytest.raises(GoneError):
        ranks.get(second)


def test_all_their_runs_are_bounded_too() -> None:
    ranks = Ranks(most_runs=10)
    ids = [ranks.put(ranking(runs)) for runs in (4, 4, 2, 5)]
    assert kept(ranks, *ids) == [False, False, True, True]  # 4 + 2 + 5 are more than 10
    ids += [ranks.put(ranking(runs)) for runs in (3, 0)]
    assert kept(ranks, *ids) == [False, False, True, True, True, True]


def test_one_that_is_larger_than_all_may_be_is_kept_while_it_is_the_newest() -> None:
    ranks = Ranks(most_runs=10)
    small, large = ranks.put(ranking(1)), ranks.put(ranking(11))
    assert kept(ranks, small, large) == [False, True]
    assert len(ranks.get(large).handles) == 11
    after = ranks.put(ranking(1))
    assert kept(ranks, large, after) == [False, True]
    assert kept(ranks, ranks.put(ranking(9)), after) == [True, True]


def test_ids_are_long_and_different() -> None:
    ranks = Ranks()
    ids = {ranks.put(ranking(0)) for _ in range(100)}
    assert len(ids) == 100
    assert min(map(len, ids)) >= 22  # 128 bits and more


def test_a_digest_tells_orders_apart() -> None:
    orders: list[Sequence[object]] = [[], ["a"], ["a", "b"], ["b", "a"], ["ab"], array("q", [1, 2]), array("q", [2, 1])]
    assert len(set(map(digest, orders))) == len(orders)
    assert digest(array("q", [1, 2])) == digest(array("q", [1, 2]))
    assert len(digest([])) == 32
