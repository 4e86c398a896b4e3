"""Files of a run: up, down, refused, and kept while the store is away."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from runwatch.schema.error import (
    ConflictError,
    InvalidValueError,
    SnapshotException,
    StoreUnavailableError,
    UserErrorException,
)
from runwatch.sdk import transfer
from runwatch.sdk.run import Run


def test_up_and_down(run: Run, tmp_path: Path) -> None:
    Path("model.pkl").write_bytes(b"weights")
    artifact = run.upload_file("outputs/model.pkl", "model.pkl")
    assert (artifact.path, artifact.size_bytes, artifact.sealed) == ("outputs/model.pkl", 7, True)
    assert run.get_file_names() == ["outputs/model.pkl"]
    (tmp_path / "there").mkdir()
    run.download_file("outputs/model.pkl", tmp_path / "there", _validate_checksum=True)
    run.download_file("outputs/model.pkl", "new/folder/mine.pkl")
    assert (tmp_path / "there" / "model.pkl").read_bytes() == Path("new/folder/mine.pkl").read_bytes() == b"weights"
    Path("model.pkl").unlink()
    run.download_file("outputs/model.pkl")
    assert Path("model.pkl").read_bytes() == b"weights"


def test_streams(run: Run) -> None:
    run.upload_file("a", io.BytesIO(b"whole"))
    half = io.BytesIO(b"head tail")
    half.seek(5)
    run.upload_file("b", half)
    run.download_files()
    assert (Path("a").read_bytes(), Path("b").read_bytes()) == (b"whole", b"tail")


def test_an_empty_file(run: Run) -> None:
    run.upload_file("empty", io.BytesIO(b""))
    run.download_file("empty")
    assert Path("empty").read_bytes() == b""


def test_files_of_several_parts(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from runwatch.schema import limit

    monkeypatch.setattr(limit, "PART_BYTES", 3)
    run.upload_file("a", io.BytesIO(b"0123456789"))
    run.download_file("a", _validate_checksum=True)
    assert Path("a").read_bytes() == b"0123456789"


def test_a_taken_name_is_a_conflict_unless_overwritten(run: Run) -> None:
    run.upload_file("a", io.BytesIO(b"one"))
    run.upload_file("a", io.BytesIO(b"one"))
    with pytest.raises(ConflictError):
        run.upload_file("a", io.BytesIO(b"two"))
    run.upload_file("a", io.BytesIO(b"two"), overwrite=True)
    assert transfer.read_bytes(run._store, run.id, "a") == b"two"


@pytest.mark.parametrize("name", ["../a", "a/../b", "/etc/passwd", "", "a\0b"])
def test_names_that_lead_out_of_the_run(run: Run, name: str) -> None:
    for attempt in (
        lambda: run.upload_file(name, io.BytesIO(b"x")),
        lambda: run.download_file(name),
        lambda: run.upload_files([name], ["x"]),
    ):
        with pytest.raises(InvalidValueError):
            attempt()
    assert run.get_file_names() == []


@pytest.mark.parametrize("name", [".runwatch/times/logs/a", "./.runwatch/x", ".runwatch", ".runwatch\\x"])
def test_what_runwatch_keeps_for_itself_is_no_name_for_users(run: Run, name: str) -> None:
    with pytest.raises(InvalidValueError, match="Runwatch keeps"):
        run.upload_file(name, io.BytesIO(b"x"))
    with pytest.raises(InvalidValueError):
        run.upload_folder(name, ".")
    run.upload_file("outputs/.runwatch/x", io.BytesIO(b"x"))
    assert run.get_file_names() == ["outputs/.runwatch/x"]


def test_several_files(run: Run) -> None:
    for name in "ab":
        Path(name).write_text(name)
    made = run.upload_files(["x/a", "x/b"], ["a", "b"], return_artifacts=True)
    assert made is not None
    assert list(made) == ["x/a", "x/b"]
    assert run.upload_files(["y"], ["a"]) is None
    with pytest.raises(TypeError):
        run.upload_files(["x"], ["a", "b"])
    with pytest.raises(InvalidValueError, match="absent"):
        run.upload_file("z", "absent")


def test_a_folder_without_what_its_links_lead_to(run: Run, tmp_path: Path) -> None:
    Path("folder/deep").mkdir(parents=True)
    Path("folder/a").write_text("a")
    Path("folder/deep/b").write_text("b")
    (tmp_path / "secret").write_text("s")
    Path("folder/link").symlink_to(tmp_path / "secret")
    run.upload_folder("code/", "folder")
    assert run.get_file_names() == ["code/a", "code/deep/b"]
    with pytest.raises(InvalidValueError):
        run.upload_folder("code", "absent")


def test_download_files(run: Run, tmp_path: Path) -> None:
    for name in ("outputs/a", "outputs/deep/b", "other"):
        run.upload_file(name, io.BytesIO(name.encode()))
    run.download_files(prefix="outputs", output_directory=tmp_path / "with")
    assert (tmp_path / "with" / "outputs" / "deep" / "b").read_text() == "outputs/deep/b"
    run.download_files(prefix="outputs", output_directory=tmp_path / "without", append_prefix=False)
    assert sorted(path.name for path in (tmp_path / "without").rglob("*") if path.is_file()) == ["a", "b"]
    run.download_files(prefix="other", output_paths=[tmp_path / "mine"])
    assert (tmp_path / "mine").read_text() == "other"
    with pytest.raises(UserErrorException, match="start with nothing"):
        run.download_files(prefix="nothing")
    with pytest.raises(UserErrorException, match="2 output paths"):
        run.download_files(prefix="other", output_paths=["a", "b"])


def test_a_missing_file_is_answered_with_those_that_are_there(run: Run) -> None:
    run.upload_file("b", io.BytesIO(b""))
    run.upload_file("a", io.BytesIO(b""))
    with pytest.raises(UserErrorException, match=r"has no file c.*It has: a, b"):
        run.download_file("c")
    assert not Path("c").exists()


def test_logs(run: Run, tmp_path: Path) -> None:
    run.upload_file("logs/user_log.txt", io.BytesIO(b"printed\n"))
    run.upload_file("outputs/x", io.BytesIO(b"x"))
    details = run.get_details()
    assert list(details["logFiles"]) == ["logs/user_log.txt"]
    assert details["logFiles"]["logs/user_log.txt"].endswith(f"/runs/{run.id}/outputs?file=logs/user_log.txt")
    assert run.get_details_with_logs()["logFiles"] == {"logs/user_log.txt": "printed\n"}
    assert run.get_all_logs(tmp_path / "logs") == [str(tmp_path / "logs" / "logs/user_log.txt")]
    assert Path(run.get_all_logs()[0]).read_text() == "printed\n"
    assert Path("assets", run.id).is_dir()
    (tmp_path / "file").write_text("")
    with pytest.raises(UserErrorException, match="is a file"):
        run.get_all_logs(tmp_path / "file")


def test_an_upload_waits_while_the_store_is_away(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*arguments: Any, **names: Any) -> None:
        raise StoreUnavailableError("busy")

    with monkeypatch.context() as patch:
        patch.setattr(transfer, "upload", away)
        artifact = run.upload_file("outputs/model", io.BytesIO(b"weights"))
    assert (artifact.sealed, artifact.size_bytes) == (False, 7)
    assert run.get_file_names() == ["outputs/model"]
    assert transfer.read_bytes(run._store, run.id, "outputs/model") == b"weights"


def test_a_snapshot_is_taken_once(run: Run) -> None:
    Path("train.py").write_text("code")
    assert run.get_snapshot_id() is None
    taken = run.take_snapshot(".")
    assert run.get_snapshot_id() == taken == run.get_properties()["ContentSnapshotId"]
    with pytest.raises(SnapshotException, match=f"already has one: {taken}"):
        run.take_snapshot(".")


def test_a_snapshot_is_given_back_as_a_zip(run: Run, tmp_path: Path) -> None:
    Path("d").mkdir()
    Path("d/train.py").write_text("code")
    Path("left_out").write_text("")
    Path(".amlignore").write_text("left_out")
    taken = run.take_snapshot(".")
    made = Path(run.restore_snapshot(path=tmp_path / "new"))
    assert made == tmp_path / "new" / f"{taken}.zip"
    assert [path.name for path in made.parent.iterdir()] == [made.name]
    with zipfile.ZipFile(made) as found:
        assert found.namelist() == [".amlignore", "d/train.py"]
        assert found.read("d/train.py") == b"code"
    elsewhere = Path(run.experiment.start_logging(outputs=None).restore_snapshot(taken))
    assert elsewhere.read_bytes() == made.read_bytes()
    assert elsewhere.name == made.name


def test_no_snapshot_to_give_back(run: Run) -> None:
    with pytest.raises(SnapshotException, match="has no snapshot"):
        run.restore_snapshot()
    with pytest.raises(SnapshotException, match="No run"):
        run.restore_snapshot("00000000-0000-0000-0000-000000000000")
    assert run.clean() == []


def test_the_console_of_a_job_is_read_under_the_originals_name_too(run: Run) -> None:
    run.upload_file("azureml-logs/70_driver_log.txt", io.BytesIO(b"console"))
    run.download_file("user_logs/std_log.txt", _validate_checksum=True)
    assert Path("std_log.txt").read_bytes() == b"console"
