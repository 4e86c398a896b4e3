"""One holder at a time, and each has a higher epoch."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from runwatch.sdk.watcher.claim import EPOCH, Claim, is_claimed


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    first = Claim.take(tmp_path)
    assert first is not None
    assert Claim.take(tmp_path) is None
    assert is_claimed(tmp_path)
    first.release()
    first.release()
    assert not is_claimed(tmp_path)
    second = Claim.take(tmp_path)
    assert second is not None
    second.release()


def test_each_holder_has_a_higher_epoch(tmp_path: Path) -> None:
    epochs = []
    for _ in range(3):
        claim = Claim.take(tmp_path)
        assert claim is not None
        epochs.append(claim.epoch)
        claim.release()
    assert epochs == [1, 2, 3]


def test_a_damaged_counter_starts_again(tmp_path: Path) -> None:
    (tmp_path / EPOCH).write_text("?")
    claim = Claim.take(tmp_path)
    assert claim is not None
    assert claim.epoch == 1
    claim.release()


def test_a_folder_that_is_gone_cannot_be_claimed(tmp_path: Path) -> None:
    assert Claim.take(tmp_path / "gone") is None
    assert not is_claimed(tmp_path / "gone")
    assert not is_claimed(tmp_path)


def test_a_lock_of_a_removed_folder_guards_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    folder.mkdir()
    held = Claim.take(folder)
    assert held is not None
    shutil.rmtree(folder)
    folder.mkdir()
    other = Claim.take(folder)
    assert other is not None
    other.release()
    held.release()


def test_a_forked_child_does_not_hold_the_lock_on(tmp_path: Path) -> None:
    claim = Claim.take(tmp_path)
    assert claim is not None
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writing)
        os.read(reading, 1)  # until the parent is done
        os._exit(0)
    claim.release()
    free = not is_claimed(tmp_path)
    os.close(writing)
    os.close(reading)
    os.waitpid(child, 0)
    assert free
