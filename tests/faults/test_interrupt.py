"""Ctrl-C at any moment of a command: it ends as interrupted, and says nothing."""

from __future__ import annotations

import random
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runwatch.cli.app import main
from runwatch.cli.command import log
from runwatch.cli.command.log_output import print_news
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
    """Presses Ctrl-C some seconds after something has happened, and again where the first one was lost.

    Python drops an exception in the callback of a weak reference, and SQLAlchemy's pool has such callbacks: a person
    would press the keys again. Outside of `reach` nobody hears them.
    """

    def __init__(self, after_s: float, after: threading.Event | None = None) -> None:
        self._after_s, self._after, self._ended = after_s, after, threading.Event()
        self._thread = threading.Thread(target=self._press, args=(threading.get_ident(),))

    def __enter__(self) -> Keys:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        if self._after is not None:
            self._after.set()
        self._thread.join()
        signal.sigtimedwait({signal.SIGINT}, 0)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})

    def reach(self, arguments: list[str]) -> object:
        """Run a command that hears them; its exit code, or None where they came just before or just after it."""
        try:
            return _exit_code(arguments)
        except KeyboardInterrupt:
            return None
        finally:
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

    def _press(self, to: int) -> None:
        if self._after is not None:
            self._after.wait()
        wait_s = self._after_s
        while not self._ended.wait(wait_s):
            signal.pthread_kill(to, signal.SIGINT)
            wait_s = AGAIN_S


def _exit_code(arguments: list[str]) -> object:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return ended.value.code


def test_a_followed_log_ends_quietly_wherever_it_is(
    store: Store, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped: list[object] = []
    shown = threading.Event()

    def show_and_tell(*given: Any, **named: Any) -> Any:
        shown.set()
        return print_news(*given, **named)

    monkeypatch.setattr(sys, "unraisablehook", dropped.append)
    monkeypatch.setattr(log, "_POLL_S", 0.001)
    monkeypatch.setattr(log, "print_news", show_and_tell)
    chance = random.Random(7)
    beside = 0
    for turn in range(TIMES):
        shown.clear()
        # Half of them come while the workspace is opened, as a rule, and half while the log is followed.
        keys = Keys(chance.uniform(0.0, 0.05)) if turn % 2 else Keys(chance.uniform(0.0, 0.02), shown)
        with keys:
            code = keys.reach(["logs", "live-1", "-f"])
        out, err = capfd.readouterr()
        beside += code is None
        assert (code or 130, err) == (130, "")
        assert "so far\n".startswith(out)
    assert beside < 0.1 * TIMES
    assert len(dropped) < 0.2 * TIMES
