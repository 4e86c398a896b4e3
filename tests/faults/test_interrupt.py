"""Ctrl-C at any moment of a command: it ends as interrupted, and says nothing."""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from runwatch.cli.app import main
from runwatch.store.location import open_store
from runwatch.store.protocol import Store
from tests.unit.cli.conftest import Maker

TIMES = 200
AGAIN_S = 0.2


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("RUNWATCH_WORKSPACE", str(tmp_path))
    store = open_store(str(tmp_path))
    maker = Maker(store)
    maker.run("live-1")
    maker.file("live-1", "logs/user_log.txt", b"so far\n", sealed=False)
    yield store
    store.close()


class Keys:
    """Presses Ctrl-C after some seconds, and again where the first one was lost.

    Python drops an exception in the callback of a weak reference, and SQLAlchemy's pool has such callbacks: a person
    would press the keys again.
    """

    def __init__(self, after_s: float) -> None:
        self._after_s, self._ended = after_s, threading.Event()
        self._thread = threading.Thread(target=self._press)

    def __enter__(self) -> Keys:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._thread.join()

    def _press(self) -> None:
        wait_s = self._after_s
        while not self._ended.wait(wait_s):
            os.kill(os.getpid(), signal.SIGINT)
            wait_s = AGAIN_S


def test_a_followed_log_ends_quietly_wherever_it_is(
    store: Store, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", dropped.append)
    monkeypatch.setattr("runwatch.cli.command.log._POLL_S", 0.001)
    chance = random.Random(7)
    following = 0
    for _ in range(TIMES):
        with pytest.raises(SystemExit) as ended, Keys(chance.uniform(0.02, 0.06)):
            main(["logs", "live-1", "-f"])
        out, err = capfd.readouterr()
        assert (ended.value.code, err) == (130, "")
        following += out == "so far\n"
    assert following > 0.5 * TIMES  # the others were still opening the workspace
    assert len(dropped) < 0.2 * TIMES
