"""Journal folders: found, parked, removed."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from runwatch.journal.place import fallback_folder, make_fallback
from runwatch.sdk.watcher import backlog
from tests.unit.sdk.watcher.scene import log, make_journal


def test_folders_with_a_manifest_are_journals(tmp_path: Path) -> None:
    first, second = make_journal(tmp_path, "a"), make_journal(tmp_path, "b")
    (tmp_path / "journal" / "other").mkdir()
    (tmp_path / "journal" / "file").write_text("")
    root = backlog.journal_root(str(tmp_path))
    assert list(backlog.journal_folders(root)) == [first, second]
    assert list(backlog.journal_folders(tmp_path / "none")) == []


def test_a_parked_folder_says_why(tmp_path: Path) -> None:
    folder = make_journal(tmp_path)
    assert backlog.parked(folder) == ""
    backlog.park(folder, "The run was deleted.")
    assert backlog.parked(folder) == "The run was deleted."
    backlog.park(tmp_path / "gone", "no folder")
    assert not (tmp_path / "gone").exists()


def test_why_it_was_parked_is_never_half_there(tmp_path: Path) -> None:
    folder = make_journal(tmp_path)
    reason = "The run was deleted. " * 1_000

    def park() -> None:
        for _ in range(200):
            backlog.park(folder, reason)

    with ThreadPoolExecutor(1) as pool:
        parking = pool.submit(park)
        seen = set[str]()
        while not parking.done():
            seen.add(backlog.parked(folder))
        parking.result()
    assert seen | {""} == {"", reason.strip()}


def test_a_finished_folder_goes_with_all_it_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    folder = make_journal(tmp_path)
    log(folder, 10)
    (folder / "upload").mkdir()
    (folder / "upload" / "x.bin").write_bytes(b"x")
    (folder / "link").symlink_to(tmp_path)
    make_fallback(folder)
    assert fallback_folder(folder).is_dir()
    backlog.remove(folder)
    assert not folder.exists()
    assert not fallback_folder(folder).exists()
    assert tmp_path.is_dir(), "what a link leads to stays"
    backlog.remove(folder)


def test_records_in_quarantine_stay(tmp_path: Path) -> None:
    folder = make_journal(tmp_path)
    log(folder, 10)
    (folder / "quarantine").mkdir()
    (folder / "quarantine" / "a.msgpack").write_bytes(b"a")
    backlog.remove(folder)
    assert os.listdir(folder) == ["quarantine"]
    assert list(backlog.journal_folders(folder.parent)) == []


def test_a_removal_that_was_cut_short_can_be_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_journal(tmp_path)
    log(folder, 10)

    def cut(path: Path, missing_ok: bool = False) -> None:
        if path.suffix == ".rwj":
            raise OSError("power cut")
        os.unlink(path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", cut)
        with pytest.raises(OSError, match="power cut"):
            backlog.remove(folder)
    assert list(backlog.journal_folders(folder.parent)) == [folder]
    backlog.remove(folder)
    assert not folder.exists()
