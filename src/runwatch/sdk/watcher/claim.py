"""The right to ship a journal folder: one holder at a time, each with a higher epoch than the one before."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

LOCK = "watcher.lock"
EPOCH = "epoch"


class Claim:
    """A journal folder that is ours to ship, until `release` or the end of this process.

    Attributes:
        epoch: Counts the holders of this folder from 1. The store refuses writes with a lower one than it has seen, so
            that a holder which slept through its own replacement cannot write.
    """

    def __init__(self, folder: Path, descriptor: int, epoch: int) -> None:
        self.folder = folder
        self.epoch = epoch
        self._descriptor = descriptor

    @classmethod
    def take(cls, folder: Path) -> Claim | None:
        """Claim a folder; None if another holder has it or the folder is gone."""
        try:
            descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # The folder may have been finished and removed between opening and locking: such a lock guards nothing.
            if os.fstat(descriptor).st_nlink == 0:
                raise FileNotFoundError(folder)
            return cls(folder, descriptor, _next_epoch(folder))
        except (BlockingIOError, FileNotFoundError):
            os.close(descriptor)
            return None
        except BaseException:
            os.close(descriptor)
            raise

    def release(self) -> None:
        """Give the folder back; harmless if repeated."""
        if self._descriptor >= 0:
            # Unlock by hand: a child that was forked meanwhile shares the lock and would hold it on.
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
            os.close(self._descriptor)
            self._descriptor = -1


def is_claimed(folder: Path) -> bool:
    """Whether some process ships this folder now."""
    try:
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _next_epoch(folder: Path) -> int:
    path = folder / EPOCH
    try:
        epoch = int(path.read_text(encoding="ascii")) + 1
    except (FileNotFoundError, ValueError):
        epoch = 1
    new = folder / f"{EPOCH}.new"
    new.write_text(str(epoch), encoding="ascii")
    new.replace(path)
    return epoch
