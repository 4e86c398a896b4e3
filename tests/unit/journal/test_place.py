"""Which file systems are mapped, and where a journal goes when its folder is full."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest

from runwatch.journal import place

MOUNTS = r"""
22 1 0:20 / / rw shared:1 - ext4 /dev/vda rw
23 22 0:21 / /proc rw - proc proc rw
24 22 0:22 / /data rw,nosuid shared:2 master:1 - nfs4 server:/data rw
25 24 0:23 / /data/me/scratch rw - xfs /dev/vdb rw
26 22 0:24 / /data\040sets rw - fuse.sshfs host: rw
27 22 0:25 / /over rw - ext4 /dev/vdc rw
28 22 0:26 / /over rw - zfs tank rw
broken line
""".strip().splitlines()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "ext4"),
        ("/opt/run", "ext4"),
        ("/data", "nfs4"),
        ("/data/me", "nfs4"),
        ("/datastead", "ext4"),
        ("/data/me/scratch", "xfs"),
        ("/data/me/scratch/run", "xfs"),
        ("/data sets/run", "fuse.sshfs"),
        ("/over/run", "zfs"),
    ],
)
def test_deepest_and_latest_mount_counts(path: str, kind: str) -> None:
    assert place.type_of(path, MOUNTS) == kind


@pytest.mark.parametrize(
    ("kind", "mapped"),
    [
        *((kind, True) for kind in ("ext4", "xfs", "btrfs", "tmpfs", "overlay")),
        *(
            (kind, False)
            for kind in ("nfs", "nfs4", "lustre", "gpfs", "cifs", "9p", "fuse.sshfs", "zfs", "virtiofs", "")
        ),
    ],
)
def test_only_local_file_systems_are_mapped(kind: str, mapped: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(place.MODE_VARIABLE, raising=False)
    monkeypatch.setattr(place, "file_system", lambda folder: kind)
    assert place.is_mapped(Path("/x"), "auto") is mapped


def test_mode_overrides_and_the_argument_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(place, "file_system", lambda folder: "nfs")
    monkeypatch.setenv(place.MODE_VARIABLE, "map")
    assert place.is_mapped(tmp_path, "auto")
    assert not place.is_mapped(tmp_path, "write")
    monkeypatch.setenv(place.MODE_VARIABLE, "write")
    assert place.is_mapped(tmp_path, "map")
    monkeypatch.setenv(place.MODE_VARIABLE, "nonsense")
    assert not place.is_mapped(tmp_path, "auto")


def test_other_byte_orders_are_not_mapped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "byteorder", "big")
    assert not place.is_mapped(tmp_path, "map")


def test_machines_without_a_list_of_mounts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(place, "_MOUNTS", tmp_path / "none")
    assert place.file_system(tmp_path) == ""


@pytest.mark.skipif(not Path("/proc/self/mountinfo").exists(), reason="there is no /proc here")
def test_this_machine() -> None:
    assert place.file_system(Path("/proc/self")) == "proc"


@pytest.fixture
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "temp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    return tmp_path / "temp"


def test_fallback_is_private_and_linked(temp: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    assert place.journal_folders(folder) == [folder]
    made = place.make_fallback(folder)
    assert place.make_fallback(folder) == made
    assert made.parent.parent == temp
    assert made.parent.stat().st_mode & 0o777 == 0o700
    assert place.journal_folders(folder) == [folder, made]
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # another process with another TMPDIR
    assert place.journal_folders(folder) == [folder, made]
    assert place.fallback_folder(folder) != made


def test_fallback_differs_for_runs_of_the_same_name(temp: Path, tmp_path: Path) -> None:
    assert place.fallback_folder(tmp_path / "a" / "run") != place.fallback_folder(tmp_path / "b" / "run")


def test_fallback_without_a_link(temp: Path, tmp_path: Path) -> None:
    made = place.make_fallback(tmp_path / "deleted")
    assert place.journal_folders(tmp_path / "deleted") == [tmp_path / "deleted", made]


def test_files_that_look_like_links(temp: Path, tmp_path: Path) -> None:
    (tmp_path / "fallback.x").write_text("/etc")
    (tmp_path / "fallback.y").symlink_to("relative")
    assert place.journal_folders(tmp_path) == [tmp_path]


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="there are no owners here")
@pytest.mark.parametrize("kind", ["link", "file", "foreign"])
def test_prepared_parent_is_refused(temp: Path, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    parent = place.fallback_folder(tmp_path).parent
    if kind == "link":
        (tmp_path / "elsewhere").mkdir()
        parent.symlink_to(tmp_path / "elsewhere")
    elif kind == "file":
        parent.write_text("")
    else:
        parent.mkdir()
        lstat = os.stat_result((0o40700, 0, 0, 1, os.getuid() + 1, 0, 0, 0, 0, 0))
        monkeypatch.setattr(os, "lstat", lambda path: lstat)
    with pytest.raises(OSError, match=r"."):
        place.make_fallback(tmp_path)
