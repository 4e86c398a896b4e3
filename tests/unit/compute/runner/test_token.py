"""Runner and watcher name a process by the same text."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runwatch.compute.runner import token
from runwatch.sdk.watcher import token as watcher


def test_the_watcher_says_the_same() -> None:
    assert token.boot_id() == watcher.boot_id()
    for pid in (None, os.getpid(), os.getppid(), 1, 2**22 + 1):
        assert token.process_token(pid) == watcher.process_token(pid)


def test_a_name_with_blanks_and_brackets_is_no_trap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "stat").write_text("7 (a) Z (b) S 1 " + " ".join(str(n) for n in range(5, 53)))
    monkeypatch.setattr(token, "PROC", str(tmp_path))
    monkeypatch.setattr(watcher, "PROC", tmp_path)
    assert token.process_token(7) == watcher.process_token(7) == "+22"
    assert token.fields(7)[token.STATE] == "S"
    assert token.fields(7)[token.PARENT] == "1"
