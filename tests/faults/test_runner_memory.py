"""A job that takes more memory than its control group has: the end says so."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from runwatch.sdk.watcher.cgroup import memory_folders
from tests.unit.compute.runner.scene import PROGRAM, exit_of, make_job

GREEDY = "held = []\nwhile True: held.append(bytearray(b'x' * (1 << 20)))"

JOINS = """
import os, sys
with open(sys.argv[1], "w") as file:
    file.write("0")
os.execv(sys.executable, [sys.executable, "-I", "-S", *sys.argv[2:]])
"""


@contextmanager
def limited(megabytes: int) -> Iterator[Path]:
    """A control group with so much memory; skipped where none can be made."""
    for parent in memory_folders(os.getpid()):
        made = parent / f"runwatch-test-{os.getpid()}"
        with suppress(OSError):
            made.mkdir()
            try:
                limits = [made / name for name in ("memory.max", "memory.limit_in_bytes") if (made / name).exists()]
                for limit in limits:
                    limit.write_text(str(megabytes << 20))
                if limits:
                    yield made
                    return
            finally:
                made.rmdir()
    pytest.skip("no control group with a memory limit can be made here")


def test_out_of_memory_is_told_from_a_kill(tmp_path: Path) -> None:
    with limited(64) as group:
        for script, cause in ((GREEDY, "out_of_memory"), ("import os; os.kill(os.getpid(), 9)", "signal")):
            job = make_job(tmp_path / cause, script)
            command = [sys.executable, "-c", JOINS, str(group / "cgroup.procs"), str(PROGRAM), str(job)]
            subprocess.run(command, input=b"g", check=True, timeout=60, start_new_session=True)
            done = exit_of(job)
            assert (done.cause, done.signal) == (cause, 9)
            assert ("lack of memory" in done.message) == (cause == "out_of_memory")
