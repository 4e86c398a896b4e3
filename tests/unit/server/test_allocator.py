"""Memory that the threads of a server have freed goes back to the system."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from runwatch.server import allocator

CHURN = """
import sys, threading
import numpy as np
import psutil
from runwatch.server import allocator

if sys.argv[1] == "settled":
    assert allocator.settle()
kept, lock, together = [], threading.Lock(), threading.Barrier(8)

def work():
    together.wait()
    arrays = [np.ones(30_000) for _ in range(100)]  # 24 MB in blocks of 240 kB
    together.wait()  # else a busy machine runs one thread after the other, and they need one pool between them
    with lock:
        kept.append(bytes(1_000))  # what outlives them lies behind them
    del arrays

for _ in range(3):
    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
print(psutil.Process().memory_info().rss)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library manages its memory by itself")
def test_the_allocator_takes_the_options() -> None:
    program = "from runwatch.server import allocator; raise SystemExit(0 if allocator.settle() else 1)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library manages its memory by itself")
def test_threads_give_back_what_they_have_freed() -> None:
    left = {
        name: int(subprocess.run([sys.executable, "-c", CHURN, name], check=True, capture_output=True).stdout)
        for name in ("settled", "as it is")
    }
    assert left["settled"] < left["as it is"] * 0.8, left  # seen: 122 and 211 MB


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    class Library:
        pass

    monkeypatch.setattr("ctypes.CDLL", lambda name: Library())
    assert allocator.settle() is False
