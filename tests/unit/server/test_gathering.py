"""Calls that arrive while earlier ones are done go to one thread together, and each gets its own answer."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import anyio
import pytest

from runwatch.schema.error import InvalidValueError
from runwatch.server.auth.principal import Open
from runwatch.server.gathering import MOST, Gathering
from runwatch.server.service import Services
from runwatch.server.settings import Settings
from runwatch.store.memory.store import MemoryStore

WAIT_S = 20.0


class Doubling:
    """Doubles numbers, refuses odd ones above a hundred, and waits to be let go for the first time."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.go_on = threading.Event()

    def __call__(self, numbers: Sequence[int]) -> list[int | BaseException]:
        self.sizes.append(len(numbers))
        assert self.go_on.wait(WAIT_S)
        if 13 in numbers:
            raise RuntimeError("thirteen")
        return [InvalidValueError("odd") if number > 100 and number % 2 else number * 2 for number in numbers]


def gathered(numbers: Sequence[int]) -> tuple[dict[int, object], list[int]]:
    """What each call got, all but the first having come while that one was being done."""
    store, doubling, found = MemoryStore(), Doubling(), dict[int, object]()

    async def ask(gathering: Gathering[int, int], number: int) -> None:
        try:
            found[number] = await gathering.perform(number)
        except Exception as error:
            found[number] = error

    async def work() -> None:
        gathering = Gathering[int, int](Services(store, Settings(auth="none"), Open()), doubling)
        with anyio.fail_after(WAIT_S):
            async with anyio.create_task_group() as group:
                group.start_soon(ask, gathering, numbers[0])
                while not doubling.sizes:
                    await anyio.sleep(0.001)
                for number in numbers[1:]:
                    group.start_soon(ask, gathering, number)
                await anyio.sleep(0.01)
                doubling.go_on.set()

    anyio.run(work)
    store.close()
    return found, doubling.sizes


def test_what_arrives_meanwhile_goes_together() -> None:
    found, sizes = gathered(list(range(200, 200 + 2 * MOST, 2)))
    assert found == {number: number * 2 for number in range(200, 200 + 2 * MOST, 2)}
    assert sizes == [1, MOST - 1]


def test_no_more_than_a_bound_go_together() -> None:
    _, sizes = gathered(list(range(200, 200 + 2 * (MOST + 3), 2)))
    assert sizes == [1, MOST, 2]


def test_one_that_is_refused_leaves_the_others_alone() -> None:
    found, _ = gathered([200, 301, 302])
    assert (found[200], type(found[301]), found[302]) == (400, InvalidValueError, 604)


@pytest.mark.parametrize("first", [200, 13])
def test_a_failure_reaches_all_and_the_lane_goes_on(first: int) -> None:
    found, _ = gathered([first, *([13] if first == 200 else [200]), 202])
    assert [type(found[number]) for number in (13,)] == [RuntimeError]
    assert found[202] == 404 if first == 13 else isinstance(found[202], RuntimeError)
