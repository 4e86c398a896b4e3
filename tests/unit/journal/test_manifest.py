"""The manifest is written whole and read back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runwatch.journal.manifest import MANIFEST_FILE, Manifest, read_manifest, write_manifest
from runwatch.schema.error import CorruptDataError, NotFoundError
from runwatch.schema.run import CreateRun


def manifest(run_id: str = "run-1") -> Manifest:
    return Manifest(
        run_id=run_id,
        workspace="/w",
        create=CreateRun(experiment="e", run_id=run_id, token="t", created_at=1.5, tags={"a": None}),
        pid=3,
        process_started="boot:7",
        host="h",
        cwd="/c",
        outputs="/c/outputs",
        follow={"logs/console.txt": "/x"},
        created_at=1.5,
        main=False,
    )


def test_round_trip_and_replacement(tmp_path: Path) -> None:
    write_manifest(tmp_path, manifest())
    write_manifest(tmp_path, manifest("run-2"))
    assert read_manifest(tmp_path) == manifest("run-2")
    assert os.listdir(tmp_path) == [MANIFEST_FILE]


def test_missing_and_damaged(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=str(tmp_path)):
        read_manifest(tmp_path)
    for data in (b"", b"{", b"[]", b'{"run_id": 3}', b"\xff"):
        (tmp_path / MANIFEST_FILE).write_bytes(data)
        with pytest.raises(CorruptDataError):
            read_manifest(tmp_path)


def test_failure_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_manifest(tmp_path, manifest())

    def fail(self: Path, target: Path) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="full"):
        write_manifest(tmp_path, manifest("run-2"))
    assert read_manifest(tmp_path) == manifest()
    assert os.listdir(tmp_path) == [MANIFEST_FILE]
