"""The memory of charts: bounded, oldest first, by run."""

from __future__ import annotations

from runwatch.store.chart.cache import Cache


def test_what_was_not_used_for_longest_goes_first() -> None:
    cache = Cache(30)
    for name in "abc":
        cache.put(("r", name), name, 10)
    assert cache.get(("r", "a")) == "a"
    cache.put(("r", "d"), "d", 10)
    assert [cache.get(("r", name)) for name in "abcd"] == ["a", None, "c", "d"]
    assert cache.size_bytes == 30


def test_what_can_be_spared_goes_before_all_others() -> None:
    cache = Cache(40)
    cache.put(("r", "a"), "a", 10)
    for name in "xyz":
        cache.put(("r", name), name, 10, spare=True)
    assert cache.get(("r", "x")) == "x"
    cache.put(("r", "b"), "b", 10)
    assert [cache.get(("r", name)) for name in "abxyz"] == ["a", "b", "x", None, "z"]
    cache.put(("r", "z"), "kept now", 10)
    cache.put(("r", "c"), "c", 10)
    assert [cache.get(("r", name)) for name in "abcxz"] == ["a", "b", "c", None, "kept now"]
    cache.put(("r", "w"), "w", 10, spare=True)  # there is no room for what can be spared
    assert [cache.get(("r", name)) for name in "abcwz"] == ["a", "b", "c", None, "kept now"]
    cache.forget("r")
    assert cache.size_bytes == 0


def test_a_value_that_is_replaced_counts_once_and_one_too_large_is_not_kept() -> None:
    cache = Cache(30)
    cache.put(("r", "a"), 1, 20)
    cache.put(("r", "a"), 2, 25)
    assert (cache.get(("r", "a")), cache.size_bytes) == (2, 25)
    cache.put(("r", "a"), 3, 31)
    assert (cache.get(("r", "a")), cache.size_bytes) == (None, 0)


def test_a_run_is_forgotten_as_a_whole() -> None:
    cache = Cache(100)
    for run in ("r", "s"):
        for number in range(3):
            cache.put((run, number), number, 10)
    cache.forget("r")
    cache.forget("nobody")
    assert cache.size_bytes == 30
    assert cache.get(("r", 1)) is None
    assert cache.get(("s", 1)) == 1
