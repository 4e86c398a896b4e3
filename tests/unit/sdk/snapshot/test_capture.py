"""Captures of folders: what is taken, what is left out, what is refused, and what is not read again."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from runwatch.schema import limit
from runwatch.schema.artifact import AppendArtifact, ListArtifacts
from runwatch.schema.error import SnapshotException, StoreUnavailableError
from runwatch.sdk.snapshot import capture as module
from runwatch.sdk.snapshot import digest
from runwatch.sdk.snapshot.capture import Capture, put
from runwatch.store.memory.store import MemoryStore
from runwatch.store.snapshot.giving import give_back
from runwatch.testing.sample import new_run, refused

Take = Callable[[Path], Capture]


@pytest.fixture
def src(tmp_path: Path) -> Path:
    folder = tmp_path / "src"
    folder.mkdir()
    (folder / "a.py").write_text("a")
    return folder


@pytest.fixture
def take(tmp_path: Path) -> Take:
    return lambda folder: module.capture(folder, cache=tmp_path / "cache")


@pytest.fixture
def store() -> Iterator[MemoryStore]:
    store = MemoryStore()
    new_run(store, run_id="r")
    yield store
    store.close()


def paths(captured: Capture) -> list[str]:
    return [file.path for file in captured.manifest.files]


def test_the_same_content_has_the_same_id_wherever_it_lies(src: Path, take: Take, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy/a.py").write_text("a")
    assert take(src).snapshot_id == take(tmp_path / "copy").snapshot_id
    (src / "a.py").chmod(0o755)
    assert take(src).snapshot_id != take(tmp_path / "copy").snapshot_id


def test_one_file(src: Path, take: Take) -> None:
    (src / "b.py").write_text("b")
    assert paths(take(src / "a.py")) == ["a.py"]


def test_links_stay_links_and_those_that_lead_out_are_left_out(src: Path, take: Take, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (src / "inside").symlink_to("a.py")
    (src / "absolute").symlink_to(src / "a.py")
    (src / "dangling").symlink_to("nothing")
    (src / "out").symlink_to(tmp_path / "secret")
    (src / "up").symlink_to("../secret")
    (src / "only").mkdir()
    (src / "only/out").symlink_to("../../secret")
    captured = take(src)
    links = {link.path: link.target for link in captured.manifest.links}
    assert links == {"inside": "a.py", "absolute": "a.py", "dangling": "nothing"}
    assert paths(captured) == ["a.py"]
    (notice,) = captured.notices
    assert "only/out, out, up" in notice
    assert captured.manifest.folders == ("only",)


def test_what_is_no_file_and_odd_names_are_left_out_with_a_notice(src: Path, take: Take) -> None:
    os.mkfifo(src / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        here = os.getcwd()
        os.chdir(src)  # a socket's path must be short
        listener.bind("socket")
        os.chdir(here)
    for name in (b"bad\xff", b"line\nfeed", b"back\\slash"):
        with open(os.fsencode(src) + b"/" + name, "wb"):
            pass
    captured = take(src)
    assert paths(captured) == ["a.py"]
    assert ["pipe, socket" in notice for notice in captured.notices] == [False, True]
    assert all(notice.isprintable() for notice in captured.notices)


def test_empty_folders_are_kept(src: Path, take: Take) -> None:
    (src / "e/f").mkdir(parents=True)
    (src / "g/__pycache__").mkdir(parents=True)
    assert take(src).manifest.folders == ("e/f", "g")


def test_a_workspace_is_left_out(src: Path, take: Take) -> None:
    for path in ("ws/runwatch.db", "ws/blobs/x", "ws/mine"):
        (src / path).parent.mkdir(parents=True, exist_ok=True)
        (src / path).touch()
    assert paths(take(src)) == ["a.py"]
    assert paths(take(src / "ws")) == ["mine"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_what_cannot_be_read_is_named(src: Path, take: Take) -> None:
    (src / "a.py").chmod(0)
    with refused(SnapshotException) as caught:
        take(src)
    assert "a.py" in caught.value.message


def test_a_file_that_cannot_be_read_is_named_whoever_asks(
    src: Path, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*words: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(module, "digest_file", failing)
    with refused(SnapshotException) as caught:
        take(src)
    assert "a.py" in caught.value.message


def test_nothing_there(src: Path, take: Take) -> None:
    with refused(SnapshotException):
        take(src / "none")
    (src / "circle").symlink_to("circle")
    with refused(SnapshotException):
        take(src / "circle")


def test_too_many_files_say_what_to_do(src: Path, take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limit, "SNAPSHOT_FILES", 1)
    take(src)
    (src / "b.py").touch()
    with refused(SnapshotException) as caught:
        take(src)
    assert ".amlignore" in str(caught.value)


def test_a_large_folder_gives_one_notice(src: Path, take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGE_BYTES", 5)
    (src / "data").mkdir()
    (src / "data/big").write_bytes(bytes(10))
    (notice,) = take(src).notices
    assert ".amlignore" in notice
    assert "data/ (0.0 MB, 1 files), a.py" in notice


def test_an_unchanged_file_is_not_read_again_unless_it_is_young(
    src: Path, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    real = digest.digest_file

    def counting(path: Path, opened: Callable[[], int]) -> tuple[os.stat_result, str, int]:
        read.append(path.name)
        return real(path, opened)

    monkeypatch.setattr(module, "digest_file", counting)
    first = take(src)
    take(src)
    assert read == ["a.py", "a.py"]  # too young both times
    monkeypatch.setattr(digest, "SETTLED_NS", -(10**12))
    take(src)
    assert take(src) == first
    assert len(read) == 3
    (src / "a.py").write_text("b")
    assert take(src).snapshot_id != first.snapshot_id


@pytest.mark.parametrize("damage", [b"", b"short", bytes(100)])
def test_a_damaged_cache_is_none(
    src: Path, take: Take, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes
) -> None:
    monkeypatch.setattr(digest, "SETTLED_NS", -(10**12))
    first = take(src)
    (file,) = (tmp_path / "cache").glob("*.digests")
    good = file.read_bytes()
    file.write_bytes(damage or good[:-1] + bytes([good[-1] ^ 1]))
    assert take(src) == first
    assert file.read_bytes() == good


def test_the_cache_is_bounded(tmp_path: Path, src: Path, take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest, "SETTLED_NS", -(10**12))
    monkeypatch.setattr(digest, "MOST_FOLDERS", 2)
    for name in "abc":
        (src / name).mkdir()
        (src / name / "x").touch()
        take(src / name)
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_a_cache_that_cannot_be_written_is_none(src: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest, "SETTLED_NS", -(10**12))
    assert paths(module.capture(src, cache=src / "a.py")) == ["a.py"]


def test_a_file_that_changes_all_the_time(src: Path) -> None:
    times = 0

    def opened() -> int:
        nonlocal times
        times += 1
        return os.open(src / "a.py", os.O_RDONLY)

    def restless() -> int:
        descriptor = opened()
        real = os.fstat(descriptor)
        os.utime(src / "a.py", ns=(times, times))
        assert os.fstat(descriptor).st_mtime_ns != real.st_mtime_ns
        return descriptor

    assert digest.digest_file(src / "a.py", restless)[0].st_size == 1  # changed before it was read: no matter
    seen = 0
    real_fstat = os.fstat

    def fstat(descriptor: int) -> os.stat_result:
        nonlocal seen
        seen += 1
        os.utime(src / "a.py", ns=(seen, seen))
        return real_fstat(descriptor)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fstat", fstat)
        with refused(SnapshotException):
            digest.digest_file(src / "a.py", opened)


def test_put_sends_each_content_once(src: Path, take: Take, store: MemoryStore, tmp_path: Path) -> None:
    (src / "same.py").write_text("a")
    (src / "empty").touch()
    captured = take(src)
    assert put(store, "r", captured) == captured.snapshot_id
    new_run(store, run_id="again")
    (src / "a.py").unlink()  # the store has its content: it is not read
    put(store, "again", captured)
    assert give_back(store, "again", tmp_path / "out") == captured.manifest


def left(store: MemoryStore) -> list[str]:
    return [artifact.path for artifact in store.artifacts.list(ListArtifacts(run_id="r")).artifacts]


@pytest.mark.parametrize("change", ["content", "gone", "link"])
def test_a_file_that_changed_since_leaves_nothing(
    src: Path, take: Take, store: MemoryStore, tmp_path: Path, change: str
) -> None:
    (src / "b.py").write_text("b")
    captured = take(src)
    (src / "b.py").unlink()
    (tmp_path / "secret").write_text("b")
    if change == "content":
        (src / "b.py").write_text("c")
    if change == "link":
        (src / "b.py").symlink_to(tmp_path / "secret")
    with refused(SnapshotException) as caught:
        put(store, "r", captured)
    assert "b.py" in caught.value.message
    assert left(store) == []


def test_a_store_that_fails_half_way_leaves_nothing(
    src: Path, take: Take, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        (src / f"{number}.py").write_text(str(number))
    shelf = type(store.artifacts)
    append, count = shelf.append, 0

    def failing(self: Any, request: AppendArtifact) -> Any:
        nonlocal count
        count += 1
        if count > 5:
            raise StoreUnavailableError("full")
        return append(self, request)

    monkeypatch.setattr(shelf, "append", failing)
    with refused(StoreUnavailableError):
        put(store, "r", take(src))
    assert left(store) == []
