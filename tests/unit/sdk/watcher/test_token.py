"""A pid alone is never trusted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runwatch.sdk.watcher import token
from tests.unit.sdk.watcher.scene import await_that, process


def test_a_process_is_known_by_pid_and_token() -> None:
    own = token.process_token()
    assert own == token.process_token(os.getpid())
    assert own.startswith(token.boot_id())
    assert token.is_alive(os.getpid(), own)
    assert not token.is_alive(os.getpid(), own + "1")


def test_no_such_process() -> None:
    assert token.process_token(2**22 + 1) == ""
    assert not token.is_alive(2**22 + 1, "anything")
    assert not token.is_running(2**22 + 1)


def test_dead_and_not_collected_is_dead_but_keeps_its_token() -> None:
    with process("import sys; sys.stdin.read()") as made:
        before = token.process_token(made.pid)
        assert token.is_alive(made.pid, before)
        made.kill()
        await_that(lambda: not token.is_running(made.pid), "a zombie counts as dead")
        assert token.process_token(made.pid) == before
        assert not token.is_alive(made.pid, before)


def test_an_earlier_boot_is_recognised() -> None:
    assert not token.is_of_earlier_boot(token.process_token())
    assert token.is_of_earlier_boot("00000000-0000-0000-0000-000000000000+17")
    assert not token.is_of_earlier_boot("")


def test_a_name_with_blanks_and_brackets_is_no_trap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "stat").write_text("7 (a) Z (b) S 1 " + " ".join(str(n) for n in range(5, 53)))
    monkeypatch.setattr(token, "PROC", tmp_path)
    assert token.is_running(7)
    assert token.process_token(7).endswith("+22")


def test_systems_without_proc_ask_by_signal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token, "PROC", tmp_path / "none")
    assert token.boot_id() == ""
    assert token.is_running(os.getpid())
    assert token.is_alive(os.getpid(), "")
    assert not token.is_running(2**22 + 1)
