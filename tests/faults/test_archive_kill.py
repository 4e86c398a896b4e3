"""Processes that are killed while they export or import: doing it again gives what an undisturbed one gives.

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

from runwatch.archive.export import export_runs
from runwatch.archive.intake import import_runs
from runwatch.schema.error import CorruptDataError
from runwatch.schema.run import ListRuns
from runwatch.store.memory.store import MemoryStore
from runwatch.store.sql.store import SqlStore
from runwatch.testing.sample import Writer, new_run, put_file, scalars
from tests.unit.archive.scene import everything, fill, holdings

_EXPORT = """
import sys
from pathlib import Path
from runwatch.archive.export import export_runs
from runwatch.store.sql.store import SqlStore
store = SqlStore(Path(sys.argv[1]), create=False)
print("ready", flush=True)
export_runs(store, sys.argv[3:], Path(sys.argv[2]))
"""
_IMPORT = """
import sys
from pathlib import Path
from runwatch.archive.intake import import_runs
from runwatch.store.sql.store import SqlStore
store = SqlStore(Path(sys.argv[1]))
print("ready", flush=True)
import_runs(store, Path(sys.argv[2]))
"""
_ROUNDS = 6


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A workspace whose run takes a while to read, and its id."""
    folder = tmp_path_factory.mktemp("origin") / "workspace"
    store = SqlStore(folder)
    top = fill(store)
    for number in range(12):
        run = new_run(store, run_id=f"many-{number}", parent_run_id=top.run_id)
        writer = Writer(store, run.run_id)
        for metric in range(8):
            writer.append(scalars(f"m{metric}", [random.Random(metric).random()] * 3_000))
        put_file(store, run.run_id, "outputs/model.bin", random.Random(number).randbytes(1 << 20))
    store.close()
    return folder, top.run_id


def _run(script: str, *words: str) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", script, *words], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def _time(script: str, *words: str) -> float:
    """How long the work takes when nobody disturbs it."""
    with _run(script, *words) as process:
        began = time.monotonic()
        assert process.wait(120) == 0
    return time.monotonic() - began


def _kill(after_s: float, script: str, *words: str) -> bool:
    """Whether the process was killed before it was done."""
    with _run(script, *words) as process:
        time.sleep(after_s)
        process.kill()
        return process.wait(120) != 0


def _bytes(place: Path) -> dict[str, bytes]:
    paths = [path for path in place.rglob("*") if path.is_file()] if place.is_dir() else [place]
    return {str(path.relative_to(place)): path.read_bytes() for path in paths}


@pytest.mark.parametrize("name", ["a.zip", "a"])
def test_a_killed_export_leaves_nothing_under_the_name(origin: tuple[Path, str], tmp_path: Path, name: str) -> None:
    workspace, run_id = str(origin[0]), origin[1]
    whole = tmp_path / "whole" / name
    took_s = _time(_EXPORT, workspace, str(whole), run_id)
    killed = 0
    for part in range(_ROUNDS):
        place = tmp_path / str(part) / name
        _kill(took_s * part / _ROUNDS, _EXPORT, workspace, str(place), run_id)
        if not place.exists():
            killed += 1
            for draft in place.parent.glob(".*.part"):
                with pytest.raises(CorruptDataError):
                    import_runs(MemoryStore(), draft)
            with closing(SqlStore(origin[0], create=False)) as store:
                export_runs(store, [run_id], place)
        assert _bytes(place) == _bytes(whole)
    assert killed >= _ROUNDS // 2


def test_a_killed_import_goes_on_until_all_is_there(origin: tuple[Path, str], tmp_path: Path) -> None:
    with closing(SqlStore(origin[0], create=False)) as store:
        export_runs(store, [origin[1], "other"], tmp_path / "a.zip")
        whole = everything(store)
    took_s = _time(_IMPORT, str(tmp_path / "undisturbed"), str(tmp_path / "a.zip"))
    workspace, killed = tmp_path / "workspace", 0
    for number, part in enumerate((0.0, 0.3, 0.5, 0.5, 0.6, 0.6, 0.7, 0.7)):
        was_killed = _kill(took_s * part, _IMPORT, str(workspace), str(tmp_path / "a.zip"))
        killed += was_killed
        with closing(SqlStore(workspace)) as store:
            for run in store.runs.list(ListRuns(hidden=True, limit=1_000)).runs:
                assert "runwatch.importing" in run.tags or holdings(store, run) == whole[run.run_id]
        if not was_killed:  # all is there, the machine is quicker than it was: anew, and sooner
            workspace, took_s = tmp_path / f"workspace-{number}", took_s * 0.7
    assert killed >= 3
    with closing(SqlStore(workspace)) as store:
        import_runs(store, tmp_path / "a.zip")
        assert everything(store) == whole
        assert import_runs(store, tmp_path / "a.zip").run_ids == ()
