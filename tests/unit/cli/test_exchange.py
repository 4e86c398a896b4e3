"""``runwatch export``, ``import``, ``download --zip`` and CSV that no spreadsheet executes."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from runwatch.schema.run import GetRun
from runwatch.store.location import open_store
from tests.unit.cli.conftest import Cli, Maker
from tests.unit.sdk.watcher.scene import log, make_journal


def test_export_and_import(cli: Cli, digits: Maker, tmp_path: Path) -> None:
    answer = cli("export", "beta-1", "alpha-1", "-o", "out.zip")
    assert answer.code == 0
    assert answer.out.startswith("out.zip  3 runs, 2 metrics with 5 rows, 3 files, ")
    done = cli("-w", str(tmp_path / "new"), "import", "out.zip", "--json").json["imported"]
    assert set(done["run_ids"]) == {"alpha-1", "beta-1", "beta-1-child"}
    other = open_store(str(tmp_path / "new"), create=False)
    mine = digits.store.runs.get(GetRun(run_id="alpha-1"))
    theirs = other.runs.get(GetRun(run_id="alpha-1"))
    other.close()
    assert (theirs.history, theirs.params, theirs.tags) == (mine.history, mine.params, mine.tags)
    again = cli("-w", str(tmp_path / "new"), "import", "out.zip")
    assert (again.code, again.out) == (0, "")
    assert "3 runs had been imported before" in again.err


def test_export_takes_a_name_of_its_own(cli: Cli, digits: Maker, tmp_path: Path) -> None:
    assert cli("export", "gamma", "--json").json["archive"] == "gamma.zip"
    assert cli("export", "gamma", "alpha-1", "--json").json["archive"] == "runs.zip"
    found = cli("export", "-e", "digits", "--no-children", "--no-files", "--json").json
    assert found["archive"] == "digits.zip"
    assert set(found["exported"]["run_ids"]) == {"alpha-1", "alpha-2", "beta-1"}
    assert found["exported"]["artifacts"] == 0
    assert set(cli("export", "-e", "digits", "-o", "all", "--json").json["exported"]["run_ids"]) == {
        "alpha-1", "alpha-2", "beta-1", "beta-1-child",
    }  # fmt: skip
    assert (tmp_path / "all/manifest.json").is_file()


def test_export_leaves_what_is_there(cli: Cli, digits: Maker, tmp_path: Path) -> None:
    (tmp_path / "gamma.zip").write_bytes(b"mine")
    answer = cli("export", "gamma")
    assert answer.code == 1
    assert "--output" in answer.err
    assert (tmp_path / "gamma.zip").read_bytes() == b"mine"
    assert cli("export").code == 1
    assert cli("export", "nothere").code == 1
    assert cli("export", "-e", "nothere").code == 1


def test_export_tells_of_points_that_wait_in_a_journal(cli: Cli, maker: Maker, place: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    maker.run("left")
    journal = make_journal(place, "left", pid=process.pid, process_started="gone")
    log(journal, 5)
    assert cli("export", "left", "-o", "a", "--json").json["waiting"] == ["left"]
    answer = cli("export", "left", "-o", "b")
    assert answer.code == 0
    assert "runwatch sync" in answer.err
    shutil.rmtree(journal)
    assert cli("export", "left", "-o", "c").err == ""
    assert cli("export", "left", "-o", "d", "--json").json["waiting"] == []


def test_import_says_what_is_wrong(cli: Cli, digits: Maker, tmp_path: Path) -> None:
    assert "There is no archive" in cli("import", "none.zip").err
    (tmp_path / "junk.zip").write_bytes(b"junk")
    assert "was cut" in cli("import", "junk.zip").err
    assert cli("export", "alpha-1", "-o", "a").code == 0
    assert "--as-new" not in cli("import", "a").err
    cli("tag", "alpha-1", "x=y")
    answer = cli("import", "a")
    assert answer.code == 1
    assert "alpha-1" in answer.err
    assert "--as-new" in answer.err
    copied = cli("import", "a", "--as-new")
    assert copied.code == 0
    assert copied.lines[0].endswith("was alpha-1")


def test_download_as_a_zip(cli: Cli, digits: Maker, tmp_path: Path) -> None:
    assert cli("download", "alpha-1", "outputs", "--zip", "sub/out.zip").lines == [str(Path("sub/out.zip"))]
    with zipfile.ZipFile(tmp_path / "sub/out.zip") as archive:
        assert archive.namelist() == ["outputs/deep/report.json", "outputs/model.pkl"]
        assert archive.read("outputs/model.pkl") == b"model"
    assert cli("download", "alpha-1", "--zip", "sub/out.zip").code == 1
    found = cli("download", "alpha-1", "--zip", "sub/out.zip", "--force", "--json").json
    assert len(found["files"]) == 3
    assert [path.name for path in (tmp_path / "sub").iterdir()] == ["out.zip"]
    assert cli("download", "alpha-1", "--zip", "x.zip", "--to", "y").code == 1
    assert cli("download", "gamma", "--zip", "x.zip").code == 1
    assert not (tmp_path / "x.zip").exists()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_csv_holds_no_formulas(cli: Cli, maker: Maker, start: str) -> None:
    maker.run("r")
    columns: dict[str, list[float | str]] = {
        f"{start}title": [f"{start}cmd|' /C calc'!A0", "plain"],
        "number": [-1.0, 2.0],
    }
    maker.table("r", "t", **columns)
    rows = list(csv.reader(io.StringIO(cli("metrics", "r", "t", "--csv").out, newline="")))
    assert len(rows) == 3
    assert rows[0][3].startswith("'")
    assert rows[1][3].startswith("'")
    assert (rows[1][4], rows[2][3]) == ("-1.0", "plain")
    found = cli("metrics", "r", "t", "--json").json["rows"][0]["values"]
    assert found[f"{start}title"].startswith(start)
