"""An import of old runs that is killed again and again, and goes on until all is there.

Takes some seconds: each round starts a process from nothing and lets it work for a while.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from runwatch.importers.azureml.history import import_folders
from runwatch.schema.run import ListRuns
from runwatch.store.sql.store import SqlStore
from tests.unit.archive.scene import everything, holdings
from tests.unit.importers.azureml.scene import details, metrics, put

_IMPORT = """
import sys
from pathlib import Path
from runwatch.importers.azureml.history import import_folders
from runwatch.store.sql.store import SqlStore
store = SqlStore(Path(sys.argv[1]))
print("ready", flush=True)
import_folders(store, [Path(sys.argv[2])])
"""
_RUNS = 12


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree of runs with metrics and files, some of them large, that takes a while to read."""
    tree = tmp_path_factory.mktemp("kept")
    for number in range(_RUNS):
        drawn = random.Random(number)
        run_id = f"run-{number:02}"
        parent = {"parentRunId": "run-00"} if number else {}
        long = {f"m{index}": [drawn.random() for _ in range(20_000)] for index in range(4)}
        put(
            tree / run_id,
            {
                "details.json": details(run_id, tags={"n": str(number)}, **parent),
                "metrics.json": metrics(run_id) | long,
                "plot.png": b"\x89PNG\r\n\x1a\n",
                "outputs/model.bin": drawn.randbytes(3 << 20),
                **{f"logs/{index}.txt": f"{number} {index}" for index in range(20)},
            },
        )
    return tree


def _start(workspace: Path, kept: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", _IMPORT, str(workspace), str(kept)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_a_killed_import_goes_on_until_all_is_there(kept: Path, tmp_path: Path) -> None:
    with _start(tmp_path / "undisturbed", kept) as process:
        began = time.monotonic()
        assert process.wait(120) == 0
    took_s = time.monotonic() - began
    with closing(SqlStore(tmp_path / "undisturbed")) as store:
        whole = everything(store)
    assert len(whole) == _RUNS
    workspace, killed, seen = tmp_path / "workspace", 0, set[str]()
    for part in (0.0, 0.15, 0.25, 0.3, 0.35, 0.4, 0.5, 0.5):
        with _start(workspace, kept) as process:
            time.sleep(took_s * part)
            process.kill()
            killed += process.wait(120) != 0
        with closing(SqlStore(workspace)) as store:
            for run in store.runs.list(ListRuns(hidden=True, limit=1_000)).runs:
                is_whole = "runwatch.importing" not in run.tags
                seen.add("whole" if is_whole else "part")
                assert (holdings(store, run) == whole[run.run_id]) if is_whole else run.status == "Preparing"
    assert killed >= 3
    assert "whole" in seen
    with closing(SqlStore(workspace)) as store:
        done = import_folders(store, [kept])
        assert done.is_whole
        assert everything(store) == whole
        assert {run.state for run in import_folders(store, [kept]).runs} == {"present"}
