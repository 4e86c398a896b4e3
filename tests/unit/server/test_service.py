"""Work in threads: what somebody sits waiting for goes first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import anyio
import pytest

from runwatch.server import service
from runwatch.server.auth.principal import Open
from runwatch.server.service import Services
from runwatch.server.settings import Settings
from runwatch.store.memory.store import MemoryStore

WAIT_S = 20.0


def perform(work: Callable[[Services], Any]) -> None:
    """Run a coroutine function with services of its own."""
    store = MemoryStore()
    settings = Settings(auth="none", write_threads=2)

    async def within() -> None:
        with anyio.fail_after(WAIT_S):
            await work(Services(store, settings, Open()))

    anyio.run(within)
    store.close()


def test_writes_that_arrive_during_an_urgent_read_begin_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "YIELD_S", WAIT_S)
    done: list[str] = []
    reading, go_on = threading.Event(), threading.Event()

    def read() -> None:
        reading.set()
        go_on.wait(WAIT_S)
        done.append("read")

    async def work(services: Services) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(services.run_first, read)
            await services.run(reading.wait, WAIT_S)
            for number in range(3):  # more than there are lanes
                group.start_soon(services.write, partial(done.append, f"write {number}"))
            await services.run(done.append, "another read")
            go_on.set()

    perform(work)
    assert done[:2] == ["another read", "read"]
    assert sorted(done[2:]) == ["write 0", "write 1", "write 2"]


def test_a_write_waits_for_a_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "YIELD_S", 0.01)
    written = threading.Event()

    async def work(services: Services) -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(services.run_first, written.wait, WAIT_S)
            await anyio.sleep(0)
            await services.write(written.set)

    perform(work)
    assert written.is_set()


def test_an_urgent_read_that_fails_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "YIELD_S", 2 * WAIT_S)

    def fail() -> None:
        raise LookupError

    async def work(services: Services) -> None:
        with pytest.raises(LookupError):
            await services.run_first(fail)
        await services.write(int)

    perform(work)
