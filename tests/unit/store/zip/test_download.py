"""A zip of a run's files, made while it is sent."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from runwatch.schema.artifact import Artifact, ReadArtifact
from runwatch.schema.error import CorruptDataError, NotFoundError
from runwatch.store.memory.store import MemoryStore
from runwatch.store.protocol import Store
from runwatch.store.zip.download import zip_artifacts, zip_files
from runwatch.testing.sample import append_file, new_run, put_file, refused
from tests.unit.archive.scene import ODD_PATHS, fill


def opened(parts: Iterator[bytes]) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(b"".join(parts)))
    assert archive.testzip() is None
    return archive


def test_files_below_a_prefix(store: Store) -> None:
    new_run(store, run_id="r")
    for path in ("outputs/a.txt", "outputs/deep/b.bin", "outputs-more/c", "logs/d"):
        put_file(store, "r", path, path.encode() * 100)
    append_file(store, "r", b"so far", path="outputs/open")
    found = opened(zip_files(store, "r", "outputs/"))
    assert found.namelist() == ["outputs/a.txt", "outputs/deep/b.bin", "outputs/open"]
    assert found.read("outputs/deep/b.bin") == b"outputs/deep/b.bin" * 100
    assert found.read("outputs/open") == b"so far"
    assert found.getinfo("outputs/a.txt").compress_size < found.getinfo("outputs/a.txt").file_size
    relative = opened(zip_files(store, "r", "outputs/", relative=True))
    assert relative.namelist() == ["a.txt", "deep/b.bin", "open"]
    assert len(opened(zip_files(store, "r")).namelist()) == 5
    assert opened(zip_files(store, "r", "none")).namelist() == []


def test_odd_paths_become_safe_names(store: Store, tmp_path: Path) -> None:
    run_id = fill(store).run_id
    found = opened(zip_files(store, run_id))
    assert len(found.namelist()) == len(ODD_PATHS) + 2
    found.extractall(tmp_path / "out")
    assert len([path for path in (tmp_path / "out").rglob("*") if path.is_file()]) == len(ODD_PATHS) + 2
    contents = {found.read(name) for name in found.namelist()}
    assert contents == {f"content {number}".encode() for number in range(len(ODD_PATHS))} | {b"still growing", b""}


def test_the_same_files_give_the_same_bytes(store: Store) -> None:
    run_id = fill(store).run_id
    assert b"".join(zip_files(store, run_id)) == b"".join(zip_files(store, run_id))


def test_an_unknown_run_fails_before_the_first_byte(store: Store) -> None:
    with refused(NotFoundError):
        next(zip_files(store, "none"))


def test_damaged_content_ends_in_no_whole_zip(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    import msgspec

    new_run(store, run_id="r")
    put_file(store, "r", "a", b"content")
    shelf = type(store.artifacts)
    read = shelf.read

    def damaged(self: object, request: ReadArtifact) -> object:
        part = read(self, request)  # type: ignore[arg-type]
        return msgspec.structs.replace(part, data=part.data.upper())

    monkeypatch.setattr(shelf, "read", damaged)
    sent = bytearray()
    with refused(CorruptDataError):
        for part in zip_files(store, "r"):
            sent += part
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(sent))


class _Zeros:
    """A store whose one file is as long as it says, and all zeros."""

    def __init__(self, size_bytes: int) -> None:
        self.store = MemoryStore()
        self.artifact = Artifact(
            run_id="r", path="big.bin", size_bytes=size_bytes, sealed=False, created_at=0.0, changed_at=0.0
        )
        self.artifacts = self

    def read(self, request: ReadArtifact) -> object:
        from runwatch.schema.artifact import ArtifactPart

        assert request.count is not None
        return ArtifactPart(artifact=self.artifact, offset=request.offset, data=bytes(request.count))


def test_memory_stays_small_however_large_the_files() -> None:
    source = _Zeros(200 << 20)
    tracemalloc.start()
    total = sum(map(len, zip_artifacts(source, [source.artifact])))  # type: ignore[arg-type]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert total > 200 << 20
    assert peak < 80 << 20


@pytest.mark.slow
def test_more_than_four_gibibytes_take_the_large_form() -> None:
    source = _Zeros((4 << 30) + 5)
    end = b""
    for part in zip_artifacts(source, [source.artifact]):  # type: ignore[arg-type]
        end = (end + part)[-400:]
    assert b"PK\x06\x06" in end  # the zip64 end record
    assert ((4 << 30) + 5).to_bytes(8, "little") in end
