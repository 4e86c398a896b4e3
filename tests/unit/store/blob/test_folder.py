from __future__ import annotations

import errno
import hashlib
import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from runwatch.schema.error import (
    CorruptDataError,
    InvalidValueError,
    StoreUnavailableError,
    WorkspaceReadOnlyError,
)
from runwatch.store.blob.folder import FolderBlobs
from runwatch.store.blob.memory import MemoryBlobs
from runwatch.store.blob.protocol import Blobs, new_blob_id


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "blobs"


@pytest.fixture(params=["folder", "memory"])
def blobs(request: pytest.FixtureRequest, folder: Path) -> Iterator[Blobs]:
    made: Blobs = FolderBlobs(folder) if request.param == "folder" else MemoryBlobs()
    yield made
    made.close()


def sealed(blobs: Blobs, data: bytes) -> str:
    blob_id = new_blob_id()
    with blobs.edit(blob_id) as blob:
        blob.append(0, data)
        return blobs.adopt(blob_id, blob.seal(len(data)))


class TestBlobs:
    def test_content_grows_while_it_is_open(self, blobs: Blobs) -> None:
        blob_id = new_blob_id()
        with blobs.edit(blob_id) as blob:
            assert blob.size_bytes == 0
            blob.append(0, b"abc")
            blob.append(3, b"def")
            assert blob.size_bytes == 6
        assert blobs.size(blob_id) == 6
        assert blobs.read(blob_id, 2, 3) == b"cde"
        assert blobs.read(blob_id, 4, 99) == b"ef"
        assert blobs.read(blob_id, 9, 1) == b""

    def test_an_append_drops_what_lay_behind(self, blobs: Blobs) -> None:
        blob_id = new_blob_id()
        with blobs.edit(blob_id) as blob:
            blob.append(0, b"abcdef")
            blob.append(2, b"X")
        assert blobs.read(blob_id, 0, 99) == b"abX"

    def test_sealed_content_is_named_by_its_digest(self, blobs: Blobs) -> None:
        blob_id = sealed(blobs, b"abc")
        assert blob_id == hashlib.sha256(b"abc").hexdigest()
        assert blobs.read(blob_id, 0, 99) == b"abc"

    def test_sealing_cuts_to_the_size_that_counts(self, blobs: Blobs) -> None:
        blob_id = new_blob_id()
        with blobs.edit(blob_id) as blob:
            blob.append(0, b"abcdef")
            assert blob.seal(3) == hashlib.sha256(b"abc").hexdigest()

    def test_the_same_content_is_kept_once(self, blobs: Blobs) -> None:
        assert sealed(blobs, b"abc") == sealed(blobs, b"abc")
        assert [found.size_bytes for found in blobs.list()] == [3]

    def test_a_reset_blob_is_empty(self, blobs: Blobs) -> None:
        blob_id = new_blob_id()
        with blobs.edit(blob_id) as blob:
            blob.append(0, b"abc")
            blob.reset()
            assert blob.size_bytes == 0

    def test_a_deleted_blob_is_not_there(self, blobs: Blobs) -> None:
        blob_id = sealed(blobs, b"abc")
        assert blobs.delete(blob_id) == 3
        assert blobs.delete(blob_id) == 0
        assert blobs.read(blob_id, 0, 1) is None
        assert blobs.size(blob_id) is None
        assert list(blobs.list()) == []

    def test_an_empty_home_lists_nothing(self, blobs: Blobs) -> None:
        assert list(blobs.list()) == []
        assert blobs.size(new_blob_id()) is None

    @pytest.mark.parametrize("blob_id", ["", "..", "../" * 11, "a" * 31, "A" * 32, "/etc/passwd", "a" * 63 + "/"])
    def test_no_other_text_becomes_a_name(self, blobs: Blobs, blob_id: str) -> None:
        for call in (blobs.size, blobs.delete, lambda name: blobs.read(name, 0, 1)):
            with pytest.raises(InvalidValueError):
                call(blob_id)
        with pytest.raises(InvalidValueError), blobs.edit(blob_id):
            pass

    def test_a_closed_home_is_not_available(self, blobs: Blobs) -> None:
        blob_id = sealed(blobs, b"abc")
        blobs.close()
        blobs.close()
        with pytest.raises(StoreUnavailableError):
            blobs.read(blob_id, 0, 1)
        with pytest.raises(StoreUnavailableError), blobs.edit(new_blob_id()):
            pass

    def test_one_writer_at_a_time_holds_a_blob(self, blobs: Blobs) -> None:
        blob_id = new_blob_id()
        entered = threading.Event()

        def second() -> None:
            with blobs.edit(blob_id):
                entered.set()

        with blobs.edit(blob_id) as blob:
            thread = threading.Thread(target=second)
            thread.start()
            assert not entered.wait(0.1)
            blob.append(0, b"abc")
        thread.join(10)
        assert entered.is_set()


class TestFolder:
    @pytest.fixture
    def blobs(self, folder: Path) -> Iterator[FolderBlobs]:
        blobs = FolderBlobs(folder)
        yield blobs
        blobs.close()

    def test_files_lie_where_the_format_says(self, blobs: FolderBlobs, folder: Path) -> None:
        open_id = new_blob_id()
        with blobs.edit(open_id) as blob:
            blob.append(0, b"abc")
        sealed_id = sealed(blobs, b"abc")
        files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        assert files == {f"open/{open_id}", f"{sealed_id[:2]}/{sealed_id}"}
        modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()}
        assert modes == {0o600, 0o400}
        assert {stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_dir()} == {0o700}

    def test_nothing_is_made_before_the_first_write(self, blobs: FolderBlobs, folder: Path) -> None:
        assert blobs.read(new_blob_id(), 0, 1) is None
        assert not folder.exists()

    def test_files_of_others_are_left_alone(self, blobs: FolderBlobs, folder: Path) -> None:
        sealed(blobs, b"abc")
        (folder / "notes.txt").write_text("mine")
        (folder / "open").mkdir(exist_ok=True)
        (folder / "open" / "notes.txt").write_text("mine")
        assert [found.size_bytes for found in blobs.list()] == [3]

    def test_links_are_not_followed(self, blobs: FolderBlobs, folder: Path, tmp_path: Path) -> None:
        secret = tmp_path / "secret"
        secret.write_bytes(b"secret")
        blob_id = sealed(blobs, b"abc")
        file = folder / blob_id[:2] / blob_id
        file.unlink()
        file.symlink_to(secret)
        with pytest.raises(CorruptDataError):
            blobs.read(blob_id, 0, 9)
        assert list(blobs.list()) == []

    def test_links_to_folders_are_not_followed(self, blobs: FolderBlobs, folder: Path, tmp_path: Path) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()
        folder.mkdir()
        (folder / "open").symlink_to(outside)
        with pytest.raises(CorruptDataError), blobs.edit(new_blob_id()):
            pass
        assert list(outside.iterdir()) == []

    def test_the_root_is_no_link(self, folder: Path, tmp_path: Path) -> None:
        outside = tmp_path / "outside"
        outside.mkdir()
        folder.symlink_to(outside)
        blobs = FolderBlobs(folder)
        with pytest.raises(CorruptDataError), blobs.edit(new_blob_id()):
            pass

    def test_a_pipe_in_place_of_a_blob_holds_nobody_up(self, blobs: FolderBlobs, folder: Path) -> None:
        blob_id = sealed(blobs, b"abc")
        file = folder / blob_id[:2] / blob_id
        file.unlink()
        os.mkfifo(file)
        with pytest.raises(CorruptDataError):
            blobs.read(blob_id, 0, 9)

    @pytest.mark.parametrize(
        ("number", "expected"),
        [
            (errno.ENOSPC, StoreUnavailableError),
            (errno.EDQUOT, StoreUnavailableError),
            (errno.EIO, StoreUnavailableError),
            (errno.EROFS, WorkspaceReadOnlyError),
        ],
    )
    def test_errors_of_the_disk_are_ours(
        self, blobs: FolderBlobs, monkeypatch: pytest.MonkeyPatch, number: int, expected: type[Exception]
    ) -> None:
        def broken(*_: object) -> int:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(os, "pwrite", broken)
        with blobs.edit(new_blob_id()) as blob, pytest.raises(expected) as caught:
            blob.append(0, b"abc")
        assert caught.value.hint  # type: ignore[attr-defined]

    def test_a_write_in_pieces_is_whole(self, blobs: FolderBlobs, monkeypatch: pytest.MonkeyPatch) -> None:
        write = os.pwrite
        monkeypatch.setattr(os, "pwrite", lambda descriptor, data, offset: write(descriptor, data[:2], offset))
        blob_id = new_blob_id()
        with blobs.edit(blob_id) as blob:
            blob.append(0, b"abcdefg")
        assert blobs.read(blob_id, 0, 99) == b"abcdefg"

    def test_bytes_are_synced_before_append_returns(self, blobs: FolderBlobs, monkeypatch: pytest.MonkeyPatch) -> None:
        synced: list[int] = []
        sync = os.fdatasync

        def noted(descriptor: int) -> None:
            sync(descriptor)
            synced.append(os.fstat(descriptor).st_size)

        monkeypatch.setattr(os, "fdatasync", noted)
        with blobs.edit(new_blob_id()) as blob:
            blob.append(0, b"abc")
            assert synced == [3]

    def test_descriptors_do_not_add_up(self, blobs: FolderBlobs) -> None:
        sealed(blobs, b"first")
        before = len(os.listdir("/proc/self/fd"))
        for number in range(50):
            blobs.read(sealed(blobs, b"%d" % number), 0, 9)
        assert len(os.listdir("/proc/self/fd")) == before
