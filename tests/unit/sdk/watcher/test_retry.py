"""Later and later, never together, never more than a minute."""

from __future__ import annotations

from runwatch.sdk.watcher.retry import CAP_S, FIRST_S, Backoff


def test_the_limit_doubles_up_to_the_cap() -> None:
    backoff = Backoff(clock=lambda: 0.0, draw=lambda: 1.0)
    waits = [backoff.fail() for _ in range(60)]
    assert waits[:4] == [FIRST_S, 2 * FIRST_S, 4 * FIRST_S, 8 * FIRST_S]
    assert waits[-1] == CAP_S
    assert max(waits) == CAP_S
    assert backoff.failures == 60


def test_the_wait_is_drawn_from_all_below_the_limit() -> None:
    assert Backoff(clock=lambda: 0.0, draw=lambda: 0.0).fail() == 0.0
    assert Backoff(clock=lambda: 0.0, draw=lambda: 0.5).fail() == FIRST_S / 2


def test_what_the_store_asks_for_is_kept_to() -> None:
    assert Backoff(clock=lambda: 0.0).fail(at_least_s=7.0) >= 7.0


def test_the_wait_runs_out_and_a_success_ends_it() -> None:
    now = 100.0
    backoff = Backoff(clock=lambda: now, draw=lambda: 1.0)
    assert backoff.wait_s() == 0.0
    backoff.fail()
    assert backoff.wait_s() == FIRST_S
    now += FIRST_S / 2
    assert backoff.wait_s() == FIRST_S / 2
    backoff.succeed()
    assert (backoff.wait_s(), backoff.failures) == (0.0, 0)
