"""A server that is killed in the middle of writing its audit log: what was written is there, and the chain is whole."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from runwatch.server.auth.audit import Audit
from runwatch.server.state.database import State

WRITER = """
import sys
from pathlib import Path
from runwatch.server.auth.audit import Audit
from runwatch.server.state.database import State
log = Audit(State(Path(sys.argv[1])))
number = 0
while True:
    log.append("runs.delete", "done", actor=sys.argv[2], about=str(number))
    print(number, flush=True)
    number += 1
"""


def _write_until_killed(folder: Path, name: str, after: float) -> int:
    """How many lines the writer was told are there before it was killed."""
    with subprocess.Popen([sys.executable, "-c", WRITER, str(folder), name], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"0\n"
        threading.Timer(after, process.kill).start()
        return 1 + len(process.stdout.read().split())


@pytest.mark.parametrize("after", [0.05, 0.111, 0.2])
def test_no_line_that_was_acknowledged_is_lost(tmp_path: Path, after: float) -> None:
    acknowledged = _write_until_killed(tmp_path, "one", after)
    state = State(tmp_path)
    verdict = Audit(state).verify()
    assert verdict.broken_at is None
    assert acknowledged <= verdict.entries <= acknowledged + 1
    state.close()


def test_two_processes_write_one_chain(tmp_path: Path) -> None:
    """The server and a command of its owner, both starting on a folder that has no database yet."""
    counts: dict[str, int] = {}

    def work(name: str) -> None:
        counts[name] = _write_until_killed(tmp_path, name, 0.5)

    threads = [threading.Thread(target=work, args=(name,)) for name in ("one", "two", "three")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    state = State(tmp_path)
    log = Audit(state)
    verdict = log.verify()
    assert verdict.broken_at is None
    found = dict.fromkeys(counts, 0)
    before = None
    while entries := log.list(before, 1_000):
        for entry in entries:
            found[entry.actor] += 1
        before = entries[-1].number
    assert all(counts[name] <= found[name] <= counts[name] + 1 for name in counts)
    state.close()
