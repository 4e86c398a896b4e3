"""``runwatch files``, ``download`` and ``delete``."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from runwatch.cli.command.download import target_of
from runwatch.schema.error import InvalidValueError
from runwatch.schema.run import ListRuns, RunStatus
from tests.unit.cli.conftest import Cli, Maker


def test_files_by_folder(cli: Cli, digits: Maker) -> None:
    top = cli("files", "alpha-1", "--json").json
    assert (top["folders"], top["files"]) == (["logs", "outputs"], [])
    below = cli("files", "alpha-1", "outputs/", "--json").json
    assert below["folders"] == ["deep"]
    assert [file["path"] for file in below["files"]] == ["outputs/model.pkl"]
    lines = cli("files", "alpha-1", "outputs").lines
    assert lines[1].split() == ["deep/"]
    assert lines[2].split()[:2] == ["5", "B"]
    assert lines[2].split()[-1] == "model.pkl"
    everything = cli("files", "alpha-1", "-r").lines
    assert [line.split()[-1] for line in everything[1:]] == [
        "logs/user_log.txt",
        "outputs/deep/report.json",
        "outputs/model.pkl",
    ]


def test_files_in_pages_and_none(cli: Cli, digits: Maker) -> None:
    first = cli("files", "alpha-1", "-r", "-n", "2", "--json").json
    second = cli("files", "alpha-1", "-r", "-n", "2", "--json", "--cursor", first["next_cursor"]).json
    assert len(first["files"]) + len(second["files"]) == 3
    assert second["next_cursor"] is None
    assert "no files" in cli("files", "gamma").err
    assert "No files in nothere" in cli("files", "alpha-1", "nothere").err


def test_download_everything_or_parts(cli: Cli, digits: Maker, tmp_path: Path) -> None:
    answer = cli("download", "alpha-1", "--to", str(tmp_path / "all"))
    assert answer.code == 0
    assert (tmp_path / "all/outputs/model.pkl").read_bytes() == b"model"
    assert len(answer.lines) == 3
    found = cli("download", "alpha-1", "outputs/deep", "--to", "part", "--json").json
    assert found["downloaded"] == [str(Path("part/outputs/deep/report.json"))]
    assert [path.name for path in Path("part").rglob("*") if path.is_file()] == ["report.json"]
    assert cli("download", "alpha-1", "outputs/model.pkl", "outputs", "--json").json["folder"] == "alpha-1"
    assert Path("alpha-1/outputs/model.pkl").read_bytes() == b"model"


def test_download_never_overwrites_unasked(cli: Cli, digits: Maker, tmp_path: Path) -> None:
    mine = tmp_path / "all/outputs/model.pkl"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"mine!")
    answer = cli("download", "alpha-1", "--to", "all")
    assert answer.code == 1
    assert "--force" in answer.err
    assert [path for path in (tmp_path / "all").rglob("*") if path.is_file()] == [mine]
    assert mine.read_bytes() == b"mine!"
    assert cli("download", "alpha-1", "--to", "all", "--force").code == 0
    assert mine.read_bytes() == b"model"
    again = cli("download", "alpha-1", "--to", "all", "--json").json
    assert (again["downloaded"], len(again["present"])) == ([], 3)


def test_download_does_not_follow_links_out(cli: Cli, digits: Maker, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "all").mkdir()
    (tmp_path / "all/outputs").symlink_to(outside)
    assert cli("download", "alpha-1", "--to", "all", "--force").code == 1
    assert not list(outside.iterdir())
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    (tmp_path / "all/outputs").unlink()
    (tmp_path / "all/outputs").mkdir()
    (tmp_path / "all/outputs/model.pkl").symlink_to(secret)
    assert cli("download", "alpha-1", "--to", "all").code == 1
    assert cli("download", "alpha-1", "--to", "all", "--force").code == 0
    assert secret.read_bytes() == b"secret"
    assert (tmp_path / "all/outputs/model.pkl").read_bytes() == b"model"


@pytest.mark.parametrize("path", ["../evil", "/etc/passwd", "a/../../b", "a//b", "..\\evil", "a\x00b", ""])
def test_a_store_that_lies_about_paths_gets_nowhere(path: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError):
        target_of(tmp_path, path)


def test_download_of_what_is_not_there(cli: Cli, digits: Maker, tmp_path: Path) -> None:
    assert cli("download", "alpha-1", "outputs/none").code == 1
    assert cli("download", "gamma").code == 1
    assert not (tmp_path / "gamma").exists()


def test_damaged_content_is_not_taken_for_the_file(
    cli: Cli, digits: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import msgspec

    shelf = type(digits.store.artifacts)
    read = shelf.read

    def damaged(self: object, request: object) -> object:
        part = read(self, request)  # type: ignore[arg-type]
        return msgspec.structs.replace(part, data=part.data.replace(b"model", b"mODel"))

    monkeypatch.setattr(shelf, "read", damaged)
    answer = cli("download", "alpha-1", "outputs/model.pkl", "--to", "all")
    assert answer.code == 1
    assert "not what was stored" in answer.err
    assert not [path for path in (tmp_path / "all").rglob("*") if path.is_file()]


def _left(maker: Maker) -> set[str]:
    return {run.run_id for run in maker.store.runs.list(ListRuns()).runs}


def test_delete_says_what_went(cli: Cli, digits: Maker) -> None:
    deleted = cli("delete", "alpha-1", "beta-1", "--yes", "--json").json
    assert set(deleted["run_ids"]) == {"alpha-1", "beta-1", "beta-1-child"}
    assert deleted["freed_bytes"] >= len(b"model" + b"{}" + b"one\ntwo\nthree\n")
    assert _left(digits) == {"alpha-2", "gamma"}
    assert "Deleted 1 run" in cli("delete", "gamma", "-y").out


def test_delete_asks_first(cli: Cli, digits: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    class Person(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Person("n\n"))
    answer = cli("delete", "alpha-1", "beta-1")
    assert answer.code == 1
    assert "alpha-1 (digits, Completed), 2 metrics, 3 files of 21 B" in answer.err
    assert "1 child run with theirs, and it has not ended yet" in answer.err
    assert "Delete 2 runs for good?" in answer.err
    assert len(_left(digits)) == 5
    monkeypatch.setattr("sys.stdin", Person("yes\n"))
    assert cli("delete", "alpha-1").code == 0
    assert "alpha-1" not in _left(digits)


def test_delete_without_anybody_to_ask_deletes_nothing(
    cli: Cli, digits: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    answer = cli("delete", "alpha-1")
    assert answer.code == 1
    assert "--yes" in answer.err
    assert len(_left(digits)) == 5
    assert cli("delete", "alpha", "--yes").code == 1  # the beginning of two ids
    assert digits.store.runs.list(ListRuns(statuses=(RunStatus.COMPLETED,))).runs


def test_a_snapshot_comes_back_as_a_folder_or_a_zip(cli: Cli, digits: Maker, tmp_path: Path) -> None:
    from runwatch.sdk.snapshot.capture import capture, put

    (tmp_path / "src/empty").mkdir(parents=True)
    (tmp_path / "src/run.sh").write_text("code")
    (tmp_path / "src/run.sh").chmod(0o755)
    captured = capture(tmp_path / "src", cache=tmp_path / "cache")
    put(digits.store, "alpha-1", captured)
    found = cli("download", "alpha-1", "--snapshot", "--to", "back", "--json").json
    assert (found["snapshot_id"], found["downloaded"]) == (captured.snapshot_id, ["back/run.sh"])
    assert Path("back/run.sh").stat().st_mode & 0o100
    assert Path("back/empty").is_dir()
    assert "not empty" in cli("download", "alpha-1", "--snapshot", "--to", "back").err
    assert cli("download", "alpha-1", "--snapshot").lines == ["alpha-1"]
    assert cli("download", "alpha-1", "--snapshot", "--zip", "s.zip", "--json").json["files"] == ["run.sh"]
    with zipfile.ZipFile("s.zip") as archive:
        assert archive.namelist() == ["run.sh", "empty/"]
    assert "no snapshot" in cli("download", "alpha-2", "--snapshot").err
    assert "whole" in cli("download", "alpha-1", "outputs", "--snapshot").err
