"""A snapshot given back: nothing outside the folder, no link followed, nothing replaced, every digest checked."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from runwatch.schema.error import CorruptDataError, NotFoundError, SnapshotException
from runwatch.store.memory.store import MemoryStore
from runwatch.store.snapshot.giving import give_back
from runwatch.store.snapshot.manifest import Manifest, SnapshotFile, SnapshotLink, encode
from runwatch.store.snapshot.place import HeldFolder
from runwatch.testing.sample import new_run, put_file, refused


@pytest.fixture
def store() -> Iterator[MemoryStore]:
    store = MemoryStore()
    new_run(store, run_id="r")
    yield store
    store.close()


def submit(store: MemoryStore, manifest: Manifest | bytes, **files: bytes) -> None:
    put_file(store, "r", "snapshot.json", manifest if isinstance(manifest, bytes) else encode(manifest))
    for path, content in files.items():
        put_file(store, "r", f"snapshot/{path}", content)


def file(path: str, content: bytes, *, executable: bool = False) -> SnapshotFile:
    digest = hashlib.sha256(content).hexdigest()
    return SnapshotFile(path=path, size_bytes=len(content), sha256=digest, executable=executable)


def test_exactly_what_was_submitted(store: MemoryStore, tmp_path: Path) -> None:
    manifest = Manifest(
        files=(file("a", b"one"), file("b", b"two", executable=True)),
        links=(SnapshotLink(path="d/l", target="../a"),),
        folders=("e/f",),
    )
    submit(store, manifest, a=b"one", b=b"two", not_listed=b"x")
    parts: list[int] = []
    assert give_back(store, "r", tmp_path / "new/out", parts.append) == manifest
    out = tmp_path / "new/out"
    assert sorted(os.listdir(out)) == ["a", "b", "d", "e"]
    assert (out / "d/l").read_bytes() == b"one"
    assert os.readlink(out / "d/l") == "../a"
    assert (os.access(out / "a", os.X_OK), os.access(out / "b", os.X_OK)) == (False, True)
    assert (out / "e/f").is_dir()
    assert sum(parts) == 6


@pytest.mark.parametrize("path", ["../out", "/tmp/runwatch-escaped", "d/../../out"])
def test_a_malicious_manifest_writes_nothing(store: MemoryStore, tmp_path: Path, path: str) -> None:
    listed = encode(Manifest(files=(file("ok", b""), file("zz", b"")))).replace(b'"zz"', f'"{path}"'.encode())
    submit(store, listed, ok=b"")
    with refused(CorruptDataError):
        give_back(store, "r", tmp_path / "in/side")
    assert os.listdir(tmp_path) == []


def test_a_link_that_is_there_is_not_followed(store: MemoryStore, tmp_path: Path) -> None:
    submit(store, Manifest(files=(file("d", b"x"),)), d=b"x")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/d").symlink_to(tmp_path / "outside")
    with refused(SnapshotException):
        give_back(store, "r", tmp_path / "out")
    assert not (tmp_path / "outside").exists()


def test_a_folder_that_became_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    with HeldFolder(tmp_path / "out") as held:
        os.close(held.make_file("d/first", executable=False))
        (tmp_path / "out/d").rename(tmp_path / "out/was")
        (tmp_path / "out/d").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(NotADirectoryError):
            held.make_file("d/second", executable=False)
        with pytest.raises(NotADirectoryError):
            held.open("d/second")
    assert os.listdir(tmp_path / "elsewhere") == []


def test_what_is_there_is_never_replaced(store: MemoryStore, tmp_path: Path) -> None:
    submit(store, Manifest(files=(file("a", b"x"),)), a=b"x")
    (tmp_path / "a").write_bytes(b"mine")
    with refused(SnapshotException):
        give_back(store, "r", tmp_path)
    assert (tmp_path / "a").read_bytes() == b"mine"


@pytest.mark.parametrize("content", [b"other", b"lon"])
def test_other_content_is_told(store: MemoryStore, tmp_path: Path, content: bytes) -> None:
    submit(store, Manifest(files=(file("a", b"longe"),)), a=content)
    with refused(CorruptDataError):
        give_back(store, "r", tmp_path / "out")


def test_none_there(store: MemoryStore, tmp_path: Path) -> None:
    for run_id in ("r", "unknown"):
        with refused(NotFoundError):
            give_back(store, run_id, tmp_path / "out")
