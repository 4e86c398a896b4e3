"""The training process is killed at random moments: every point whose call had returned is in the store, once."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from runwatch import Workspace
from runwatch.schema.metric import ReadMetric
from runwatch.schema.run import ExitKind, GetRun, RunStatus
from runwatch.store.protocol import Store
from tests.faults.recording import Nursery, Trainer

KILLS = 200
AT_ONCE = 4


@pytest.fixture
def nursery(tmp_path: Path) -> Iterator[Nursery]:
    (tmp_path / "ledgers").mkdir()
    made = Nursery(tmp_path / "workspace", tmp_path / "ledgers")
    yield made
    made.close()


def faults_of(store: Store, trainer: Trainer) -> list[str]:
    """What is wrong with what the store has of a killed process; empty if all is there, once, in order."""
    rows = store.metrics.read(ReadMetric(run_id=trainer.run_id, name="x"))
    steps = np.frombuffer(rows.block.steps, dtype="<i8")
    values = np.frombuffer(rows.block.columns[0].data, dtype="<f8")
    found = []
    if len(steps) < trainer.acknowledged:
        found.append(f"lost {trainer.acknowledged - len(steps)} of {trainer.acknowledged}")
    if len(steps) > trainer.acknowledged + 1:  # one call may have committed without returning
        found.append(f"{len(steps) - trainer.acknowledged} too many")
    if not np.array_equal(steps, np.arange(len(steps))):
        found.append("not each once and in order")
    if not np.array_equal(values, steps + 0.5):
        found.append("wrong values")
    return found


def wait_for_end(store: Store, run_id: str, timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    while not store.runs.get(GetRun(run_id=run_id)).status.is_terminal:
        assert time.monotonic() < deadline, f"{run_id} was not ended by its watcher"
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.timeout(560)
def test_two_hundred_kills_lose_and_double_nothing(nursery: Nursery, tmp_path: Path) -> None:
    chance = random.Random(20_26)
    store = Workspace.open(tmp_path / "workspace").store
    points = 0
    for first in range(0, KILLS, AT_ONCE):
        trainers = [nursery.start(f"run-{number}") for number in range(first, first + AT_ONCE)]
        for trainer in trainers:
            trainer.wait_for_points(1)
        for trainer in trainers:
            time.sleep(chance.expovariate(1 / 0.02))
            trainer.kill()
        for trainer in trainers:
            wait_for_end(store, trainer.run_id, 60)
            assert faults_of(store, trainer) == [], trainer.run_id
            points += trainer.acknowledged
            run = store.runs.get(GetRun(run_id=trainer.run_id))
            assert run.status is RunStatus.FAILED
            assert run.exit is not None
            assert run.exit.kind in {ExitKind.SIGNAL, ExitKind.LOST}
    assert points > 100 * KILLS  # the processes were really at work when they were killed
    assert not list((tmp_path / "workspace" / "journal").iterdir())  # everything shipped, nothing left behind


def test_the_check_sees_a_lost_and_a_doubled_point(nursery: Nursery, tmp_path: Path) -> None:
    """The control: the same check reports points that are missing and points that came twice."""
    trainer = nursery.start("run-control")
    trainer.wait_for_points(100)
    trainer.kill()
    store = Workspace.open(tmp_path / "workspace").store
    wait_for_end(store, "run-control", 60)
    assert faults_of(store, trainer) == []

    class Claims(Trainer):
        """Says it logged more, or less, than it did."""

        def __init__(self, extra: int) -> None:
            self.run_id = trainer.run_id
            self._extra = extra

        @property
        def acknowledged(self) -> int:
            return trainer.acknowledged + self._extra

    assert any("lost" in fault for fault in faults_of(store, Claims(+5)))
    assert any("too many" in fault for fault in faults_of(store, Claims(-5)))
