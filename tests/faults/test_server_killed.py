"""The server is killed at random moments while it takes points in: nothing that was logged is lost or doubled."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runwatch.schema.metric import AppendBatch
from runwatch.store.remote.store import RemoteStore
from runwatch.store.sql.store import SqlStore
from tests.faults.serving import ServerNursery
from tests.faults.shipping import Shipment

KILLS = 100
RUNS = 3


@pytest.fixture
def nursery(tmp_path: Path) -> Iterator[ServerNursery]:
    made = ServerNursery(tmp_path / "workspace")
    yield made
    made.close()


@pytest.mark.slow
def test_a_hundred_kills_lose_and_double_nothing(nursery: ServerNursery, tmp_path: Path) -> None:
    chance = random.Random(7)
    nursery.start()
    remote = RemoteStore(nursery.url)
    shipments = [Shipment(tmp_path / "journal", f"run-{number}", remote) for number in range(RUNS)]
    for shipment in shipments:
        shipment.start()
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.02, 0.15))
        nursery.end()
        nursery.start()
    for shipment in shipments:
        shipment.finish()
    remote.close()
    assert nursery.end(signal.SIGTERM) == 0
    store = SqlStore(tmp_path / "workspace", create=False)
    for shipment in shipments:
        assert shipment.faults(store) == []
        assert shipment.logged > 1_000
    assert sum(shipment.failures for shipment in shipments) > KILLS / 4  # the kills were felt
    assert store.check() == []
    store.close()


def ship_while_it_dies(nursery: ServerNursery, folder: Path, *, forgets: bool) -> tuple[Shipment, list[str]]:
    """A run shipped to servers each of which dies between a commit and its answer; what is wrong in the end."""
    nursery.start(forgets=forgets, dies=5)
    remote = RemoteStore(nursery.url)
    shipment = Shipment(folder / "journal", "run-1", remote)
    shipment.start()
    for number in range(15):
        assert nursery.wait() == 9
        nursery.start(forgets=forgets, dies=3 + number % 3)
    nursery.end()
    nursery.start(forgets=forgets)
    shipment.finish()
    found = shipment.faults(remote)
    remote.close()
    return shipment, found


def test_an_answer_that_was_lost_after_the_commit_doubles_nothing(nursery: ServerNursery, tmp_path: Path) -> None:
    shipment, found = ship_while_it_dies(nursery, tmp_path, forgets=False)
    assert found == []
    assert shipment.failures >= 10


def test_the_check_finds_a_server_that_keeps_no_cursor(nursery: ServerNursery, tmp_path: Path) -> None:
    """The control: the same deaths, and a deliberately wrong server."""
    _, found = ship_while_it_dies(nursery, tmp_path, forgets=True)
    assert "not each once and in order" in found


def test_ten_times_the_same_batch_counts_once(nursery: ServerNursery) -> None:
    from runwatch.testing.sample import new_run

    nursery.start()
    remote = RemoteStore(nursery.url)
    run = new_run(remote)
    batch = AppendBatch(run_id=run.run_id, writer="a" * 32, epoch=1, first=0, count=3, params={"lr": 0.1})
    receipts = [remote.metrics.append(batch) for _ in range(10)]
    assert [receipt.repeated for receipt in receipts] == [False, *[True] * 9]
    assert {receipt.cursor for receipt in receipts} == {3}
    remote.close()


def test_a_server_that_is_told_to_end_does_so_and_leaves_a_sound_workspace(
    nursery: ServerNursery, tmp_path: Path
) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        nursery.start()
        assert nursery.end(number) == 0
    store = SqlStore(tmp_path / "workspace", create=False)
    assert store.check() == []
    store.close()
