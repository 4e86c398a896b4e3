"""Files for the watcher: there whole, with their card, or not at all."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from runwatch.sdk import spool, whole_file


def test_a_file_and_its_card(tmp_path: Path) -> None:
    (tmp_path / "image.png").write_bytes(b"image")
    assert spool.is_empty(tmp_path)
    for content in (b"one", io.BytesIO(b"two"), tmp_path / "image.png"):
        spool.hand_over(tmp_path, "outputs/x", content, overwrite=True)
    assert not spool.is_empty(tmp_path)
    cards = sorted((tmp_path / "upload").glob("*.json"))
    assert [json.loads(card.read_text()) for card in cards] == [{"path": "outputs/x", "overwrite": True}] * 3
    assert [card.with_suffix(".bin").read_bytes() for card in cards] == [b"one", b"two", b"image"]


def test_nothing_half_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(FileNotFoundError):
        spool.hand_over(tmp_path, "x", tmp_path / "absent")
    monkeypatch.setattr(whole_file, "write", full)
    with pytest.raises(OSError, match="No space"):
        spool.hand_over(tmp_path, "x", b"content")
    assert list((tmp_path / "upload").iterdir()) == []


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "deep" / "file"
    whole_file.write(target, b"old")

    def broken(self: Path, other: Path) -> None:
        raise OSError("no")

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(OSError, match="no"):
        whole_file.write(target, b"new")
    assert [path.name for path in target.parent.iterdir()] == ["file"]
    assert target.read_bytes() == b"old"
