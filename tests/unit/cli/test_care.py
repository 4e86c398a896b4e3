"""``runwatch doctor``, ``sync`` and ``gc``."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from runwatch.schema import limit
from runwatch.schema.artifact import CreateArtifact
from runwatch.schema.run import Delete, GetRun, RunStatus
from runwatch.sdk.watcher import backlog
from runwatch.sdk.watcher.claim import Claim
from runwatch.store.blob.folder import FolderBlobs
from tests.unit.cli.conftest import Answer, Cli, Maker
from tests.unit.sdk.watcher.scene import log, make_journal


@pytest.fixture
def dead() -> int:
    """The id of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def _levels(answer: Answer) -> dict[str, str]:
    return {finding["subject"]: finding["level"] for finding in answer.json["findings"]}


def test_doctor_of_a_healthy_workspace(cli: Cli, digits: Maker, place: Path) -> None:
    answer = cli("doctor", "--json")
    assert answer.json["healthy"]
    assert answer.json["location"] == str(place)
    assert answer.json["reason"] == "set by RUNWATCH_WORKSPACE"
    assert _levels(answer)["store"] == _levels(answer)["data"] == _levels(answer)["journals"] == "ok"
    text = cli("doctor").out
    assert f"✓ workspace: {place} (set by RUNWATCH_WORKSPACE)" in text
    assert "5 runs" in text
    assert "nothing waits to be shipped" in text


def test_doctor_where_nothing_is_yet(cli: Cli, place: Path) -> None:
    answer = cli("doctor")
    assert answer.code == 0
    assert "! store: nothing has been recorded here yet" in answer.out
    assert not place.exists()


def test_doctor_finds_damage(cli: Cli, digits: Maker, place: Path) -> None:
    digits.store.close()
    with open(place / "runwatch.db", "r+b") as file:
        file.write(b"no database at all" * 100)
    for leftover in place.glob("runwatch.db-*"):
        leftover.unlink()
    answer = cli("doctor")
    assert answer.code == 1
    assert "✗ store: " in answer.out


def test_doctor_names_what_waits(cli: Cli, digits: Maker, place: Path, dead: int) -> None:
    make_journal(place, "left", pid=dead, process_started="gone")
    broken = make_journal(place, "broken")
    (broken / "run.json").write_bytes(b"{")
    live = Claim.take(make_journal(place, "live"))
    assert live is not None
    answer = cli("doctor")
    live.release()
    assert answer.code == 1
    assert "1 run being recorded now" in answer.out
    assert "1 run that nobody ships now (left)" in answer.out
    assert "1 folder whose manifest is damaged (broken)" in answer.out


def test_limits_are_printed(cli: Cli) -> None:
    assert cli("doctor", "--limits", "--json").json == limit.table()
    assert "PAGE_ROWS" in cli("doctor", "--limits").out


def test_sync_brings_in_what_a_dead_process_logged(cli: Cli, maker: Maker, place: Path, dead: int) -> None:
    for run_id in ("left-1", "left-2"):
        log(make_journal(place, run_id, pid=dead, process_started="gone"), 5)
    only = cli("sync", "left-2", "--json").json["results"]
    assert [(result["run_id"], result["state"]) for result in only] == [("left-2", "finished")]
    assert only[0]["records"] >= 5
    answer = cli("sync")
    assert answer.code == 0
    assert answer.lines[0].startswith("left-1  ✓ finished")
    assert cli("metrics", "left-1", "loss", "--json").json["metric"]["rows"] == 5
    assert maker.store.runs.get(GetRun(run_id="left-1")).status is RunStatus.FAILED
    again = cli("sync")
    assert (again.code, again.out) == (0, "")
    assert "Nothing waits" in again.err
    assert cli("sync", "nothere").code == 1


def test_one_bad_journal_does_not_stop_the_others(cli: Cli, maker: Maker, place: Path, dead: int) -> None:
    broken = make_journal(place, "a-broken")
    (broken / "run.json").write_bytes(b"{")
    log(make_journal(place, "good", pid=dead, process_started="gone"), 3)
    answer = cli("sync")
    assert answer.code == 1
    assert "a-broken  ✗ failed" in answer.out
    assert "good  ✓ finished" in answer.out


def test_parked_journals_are_left_alone_until_gc_is_told(cli: Cli, maker: Maker, place: Path, dead: int) -> None:
    folder = make_journal(place, "deleted", pid=dead, process_started="gone")
    log(folder, 3)
    maker.run("deleted")
    maker.store.runs.delete(Delete(run_ids=("deleted",)))
    backlog.park(folder, "The run was deleted.")
    answer = cli("sync", "--json")
    assert (answer.json["results"], answer.json["parked"]) == ([], ["deleted"])
    assert cli("gc", "--json").json["journals"] == []
    assert cli("gc", "--parked", "--dry-run", "--json").json["journals"] == ["deleted"]
    assert folder.is_dir()
    freed = cli("gc", "--parked", "--json").json
    assert (freed["journals"], freed["journal_bytes"] > 0) == (["deleted"], True)
    assert not folder.exists()


def test_gc_frees_what_nothing_refers_to(cli: Cli, maker: Maker, place: Path) -> None:
    maker.run("r")
    maker.file("r", "outputs/big.bin", b"x" * 100_000)
    kept = [path for path in (place / "blobs").rglob("*") if path.is_file()]
    with FolderBlobs(place / "blobs").edit("0" * 32) as blob:
        blob.append(0, b"y" * 50_000)
    (orphan,) = (path for path in (place / "blobs").rglob("*") if path.is_file() and path not in kept)
    os.utime(orphan, (0, 0))
    spent = place / "journal" / "spent"
    spent.mkdir(parents=True)
    (spent / "watcher.log").write_bytes(b"log")
    young = place / "journal" / "young"
    young.mkdir()
    refused = place / "journal" / "refused"
    (refused / backlog.QUARANTINE).mkdir(parents=True)
    for folder in (spent, refused):
        os.utime(folder, (0, 0))
    planned = cli("gc", "--dry-run", "--json").json
    assert (planned["journals"], planned["files"], planned["dry_run"]) == (["spent"], 1, True)
    assert orphan.exists()
    assert spent.exists()
    freed = cli("gc", "--json").json
    assert (freed["journals"], freed["files"]) == (["spent"], 1)
    assert freed["file_bytes"] >= 50_000
    assert freed["freed_bytes"] >= 50_003
    assert not orphan.exists()
    assert not spent.exists()
    assert all(path.exists() for path in (*kept, young, refused))
    assert "0 B freed" in cli("gc").out


def test_gc_leaves_an_open_file_alone(cli: Cli, maker: Maker) -> None:
    maker.run("r")
    maker.store.artifacts.create(CreateArtifact(run_id="r", path="logs/open.txt"))
    assert cli("gc", "--json").json["files"] == 0


def test_gc_removes_environments_that_no_job_has_used_for_long(
    cli: Cli, maker: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker.run("r")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    place = tmp_path / "cache" / "runwatch" / "environments"
    for name, days in (("old", 60), ("new", 5)):
        folder = place / name
        folder.mkdir(parents=True)
        for file in (folder / "ready.json", place / f"{name}.lock"):
            file.write_text("{}")
            used_at = time.time() - days * 86_400
            os.utime(file, (used_at, used_at))
    assert cli("gc", "--json").json["environments"] == 0
    assert cli("gc", "--environments", "40", "--json").json["environments"] == 1
    assert [entry.name for entry in place.iterdir() if entry.is_dir()] == ["new"]
    assert cli("gc", "--environments", "3").code == 2  # a running job could lose its Python
