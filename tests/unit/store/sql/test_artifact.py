"""The artifacts shelf where rows and files part: crashes, garbage, other processes."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from runwatch.schema.artifact import (
    AppendArtifact,
    CreateArtifact,
    DeleteArtifacts,
    GetArtifact,
    ListArtifacts,
    SealArtifact,
)
from runwatch.schema.error import CorruptDataError, SequenceGapError, StoreUnavailableError
from runwatch.schema.run import Delete, Run
from runwatch.store.blob.folder import FolderBlobs
from runwatch.store.sql.store import SqlStore
from runwatch.testing.sample import all_pages, new_run, put_file, read_file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "workspace"


@pytest.fixture
def store(folder: Path) -> Iterator[SqlStore]:
    store = SqlStore(folder)
    yield store
    store.close()


@pytest.fixture
def run(store: SqlStore) -> Run:
    return new_run(store)


def files(folder: Path) -> list[Path]:
    return [path for path in (folder / "blobs").rglob("*") if path.is_file()]


def append(store: SqlStore, run: Run, data: bytes, offset: int = 0) -> None:
    store.artifacts.append(AppendArtifact(run_id=run.run_id, path="log", offset=offset, data=data))


class Crash(Exception):
    """The process dies here."""


class TestCrash:
    def test_bytes_without_a_commit_do_not_count(
        self, store: SqlStore, run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        append(store, run, b"abc")

        def dies(*_: Any) -> None:
            raise Crash

        with monkeypatch.context() as patch:
            patch.setattr(store.artifacts, "_record_size", dies)
            with pytest.raises(Crash):
                append(store, run, b"garbage", 3)
        (file,) = files(folder)
        assert file.stat().st_size == 10
        assert read_file(store, run.run_id, "log") == b"abc"
        append(store, run, b"def", 3)
        sealed = store.artifacts.seal(SealArtifact(run_id=run.run_id, path="log"))
        assert sealed.sha256 == hashlib.sha256(b"abcdef").hexdigest()

    def test_a_rename_without_a_commit_begins_the_file_anew(
        self, store: SqlStore, run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        append(store, run, b"abc")
        adopt = FolderBlobs.adopt

        def dies(self: FolderBlobs, blob_id: str, sha256: str) -> str:
            adopt(self, blob_id, sha256)
            raise Crash

        with monkeypatch.context() as patch:
            patch.setattr(FolderBlobs, "adopt", dies)
            with pytest.raises(Crash):
                store.artifacts.seal(SealArtifact(run_id=run.run_id, path="log"))
        assert store.artifacts.get(GetArtifact(run_id=run.run_id, path="log")).size_bytes == 0
        assert store.artifacts.create(CreateArtifact(run_id=run.run_id, path="log")).size_bytes == 0
        with pytest.raises(SequenceGapError) as caught:
            append(store, run, b"def", 3)
        assert caught.value.detail["cursor"] == 0
        append(store, run, b"abc")
        assert store.artifacts.seal(SealArtifact(run_id=run.run_id, path="log")).size_bytes == 3
        assert read_file(store, run.run_id, "log") == b"abc"

    def test_content_that_the_disk_lost_is_not_sealed(self, store: SqlStore, run: Run, folder: Path) -> None:
        append(store, run, b"abcdef")
        (file,) = files(folder)
        os.truncate(file, 4)
        with pytest.raises(CorruptDataError):
            store.artifacts.seal(SealArtifact(run_id=run.run_id, path="log"))
        assert store.artifacts.get(GetArtifact(run_id=run.run_id, path="log")).size_bytes == 0

    def test_sealed_content_that_is_missing_is_an_error_with_its_name(
        self, store: SqlStore, run: Run, folder: Path
    ) -> None:
        sealed = put_file(store, run.run_id, "a", b"abc")
        files(folder)[0].unlink()
        with pytest.raises(CorruptDataError) as caught:
            read_file(store, run.run_id, "a")
        assert caught.value.file == sealed.sha256
        again = store.artifacts.create(CreateArtifact(run_id=run.run_id, path="b", sha256=sealed.sha256))
        assert not again.sealed, "content is known only if its bytes are there"

    def test_sending_lost_content_again_mends_all_that_have_it(self, store: SqlStore, run: Run, folder: Path) -> None:
        put_file(store, run.run_id, "a", b"abc")
        files(folder)[0].unlink()
        put_file(store, run.run_id, "b", b"abc")
        assert read_file(store, run.run_id, "a") == b"abc"

    def test_a_delete_that_dies_before_the_files_leaves_garbage(
        self, store: SqlStore, run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put_file(store, run.run_id, "a", b"abc")

        def dies(*_: Any) -> int:
            raise Crash

        with monkeypatch.context() as patch:
            patch.setattr(FolderBlobs, "delete", dies)
            with pytest.raises(Crash):
                store.runs.delete(Delete(run_ids=(run.run_id,)))
        assert len(files(folder)) == 1
        assert store.artifacts.sweep(older_s=0).size_bytes == 3
        assert files(folder) == []


class TestGarbage:
    def test_delete_frees_the_disk(self, store: SqlStore, run: Run, folder: Path) -> None:
        put_file(store, run.run_id, "a", b"abc")
        append(store, run, b"open")
        assert store.runs.delete(Delete(run_ids=(run.run_id,))).freed_bytes == 7
        assert files(folder) == []

    def test_overwriting_frees_the_disk(self, store: SqlStore, run: Run, folder: Path) -> None:
        put_file(store, run.run_id, "a", b"abc")
        store.artifacts.create(CreateArtifact(run_id=run.run_id, path="a", overwrite=True))
        assert files(folder) == []

    def test_a_sweep_removes_what_no_row_knows(self, store: SqlStore, run: Run, folder: Path) -> None:
        put_file(store, run.run_id, "a", b"abc")
        stray = folder / "blobs" / "open" / ("0" * 32)
        stray.write_bytes(b"stray")
        assert store.artifacts.orphans() == [], "it may belong to a write that is going on"
        os.utime(stray, (0, 0))
        assert [found.blob_id for found in store.artifacts.orphans()] == ["0" * 32]
        swept = store.artifacts.sweep()
        assert (swept.files, swept.size_bytes) == (1, 5)
        assert read_file(store, run.run_id, "a") == b"abc"
        assert store.artifacts.sweep(older_s=0).files == 0

    def test_what_has_a_row_is_never_unlinked(self, store: SqlStore, run: Run) -> None:
        sealed = put_file(store, run.run_id, "a", b"abc")
        assert store.artifacts.unlink([sealed.sha256]) == 0
        assert read_file(store, run.run_id, "a") == b"abc"


def test_a_full_disk_says_so_and_loses_nothing(store: SqlStore, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    append(store, run, b"abc")

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full)
        with pytest.raises(StoreUnavailableError) as caught:
            append(store, run, b"def", 3)
    assert "space" in str(caught.value.hint)
    append(store, run, b"def", 3)
    assert read_file(store, run.run_id, "log") == b"abcdef"


def _churn(folder: Path, run_id: str, name: str, turns: int) -> None:
    store = SqlStore(folder)
    for turn in range(turns):
        put_file(store, run_id, f"{name}/{turn}", b"shared content")
        if turn % 2:
            store.artifacts.delete(DeleteArtifacts(run_id=run_id, paths=(f"{name}/{turn}",)))
    store.close()


def test_processes_that_share_content_lose_none_of_it(store: SqlStore, run: Run, folder: Path) -> None:
    # Takes some seconds: two processes start from nothing, since a fork would share what is to be apart.
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_churn, args=(folder, run.run_id, f"p{name}", 8)) for name in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    left = store.artifacts.list(ListArtifacts(run_id=run.run_id)).artifacts
    assert len(left) == 8
    for found in left:
        assert read_file(store, run.run_id, found.path) == b"shared content"
    assert len(files(folder)) == 1


def test_thousands_of_files_page_by_an_index(store: SqlStore, run: Run) -> None:
    sealed = put_file(store, run.run_id, "outputs/0", b"abc")
    with store._database.write() as writing:
        writing.connection.exec_driver_sql(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6999) "
            "INSERT INTO artifacts SELECT run_key, 'outputs/' || i, folder, size_bytes, sealed, sha256, blob_id, "
            "created_at, changed_at, media_type FROM artifacts, n WHERE path = 'outputs/0'"
        )
    ask = ListArtifacts(run_id=run.run_id, folder="outputs", limit=1_000)
    found = all_pages(lambda cursor: store.artifacts.list(replace(ask, cursor=cursor)))
    assert sorted(row.path for row in found) == sorted(f"outputs/{number}" for number in range(7_000))
    assert {row.sha256 for row in found} == {sealed.sha256}
    with store._database.read() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT path FROM artifacts WHERE run_key = 1 AND folder = 'outputs' AND path > 'x' "
            "ORDER BY path LIMIT 1001"
        ).all()
    steps = " ".join(row[-1] for row in plan)
    assert "SEARCH" in steps
    assert "TEMP B-TREE" not in steps
