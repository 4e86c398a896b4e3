"""Whole files become artifacts, whatever happens to them meanwhile."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runwatch.schema import limit
from runwatch.schema.artifact import AppendArtifact, CreateArtifact, GetArtifact, ListArtifacts, ReadArtifact
from runwatch.schema.error import ConflictError, NotFoundError, StoreUnavailableError
from runwatch.schema.run import CreateRun
from runwatch.sdk.spool import hand_over
from runwatch.sdk.watcher.upload import outputs_of, put_file, put_folder, put_handed
from runwatch.store.memory.store import MemoryStore
from runwatch.store.protocol import Store
from tests.unit.sdk.watcher.faulty import FaultyStore


@pytest.fixture
def store() -> FaultyStore:
    inner = MemoryStore()
    inner.runs.create(CreateRun(experiment="tests", run_id="run", token="t", created_at=1.0))
    return FaultyStore(inner)


@pytest.fixture
def notices() -> list[str]:
    return []


def content(store: Store, path: str) -> bytes:
    artifact = store.artifacts.get(GetArtifact(run_id="run", path=path))
    assert artifact.sealed
    data = b""
    while part := store.artifacts.read(ReadArtifact(run_id="run", path=path, offset=len(data))).data:
        data += part
    assert artifact.sha256 == hashlib.sha256(data).hexdigest()
    return data


def paths(store: Store) -> list[str]:
    return [artifact.path for artifact in store.artifacts.list(ListArtifacts(run_id="run")).artifacts]


def run(work: Iterator[None]) -> int:
    return sum(1 for _ in work)


@pytest.mark.parametrize("size", [0, 1, 1_000, 2_500])
def test_a_file_arrives_whole_in_parts(
    tmp_path: Path, store: FaultyStore, notices: list[str], size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limit, "PART_BYTES", 1_000)
    file = tmp_path / "model.bin"
    file.write_bytes(os.urandom(size))
    parts = run(put_file(store, "run", "outputs/model.bin", file, overwrite=False, notice=notices.append))
    assert content(store, "outputs/model.bin") == file.read_bytes()
    assert parts == 2 * -(-size // 1_000)
    assert notices == []


def test_what_the_store_has_is_not_sent_again(tmp_path: Path, store: FaultyStore, notices: list[str]) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"same")
    for _ in range(2):
        run(put_file(store, "run", "a", file, overwrite=False, notice=notices.append))
    assert [call for call, _ in store.calls].count("artifacts.append") == 1


def test_an_upload_that_broke_goes_on_where_it_stopped(
    tmp_path: Path, store: FaultyStore, notices: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limit, "PART_BYTES", 10)
    file = tmp_path / "a"
    file.write_bytes(os.urandom(100))
    sent: list[int] = []

    def break_at_50(call: str, request: Any) -> None:
        if isinstance(request, AppendArtifact):
            if request.offset == 50 and not sent.count(50):
                sent.append(50)
                raise StoreUnavailableError("Not now.")
            sent.append(request.offset)

    store.before = break_at_50
    with pytest.raises(StoreUnavailableError):
        run(put_file(store, "run", "a", file, overwrite=True, notice=notices.append))
    run(put_file(store, "run", "a", file, overwrite=True, notice=notices.append))
    assert sent == [0, 10, 20, 30, 40, 50, 50, 60, 70, 80, 90]
    assert content(store, "a") == file.read_bytes()


def test_other_content_is_a_conflict_unless_it_may_be_replaced(
    tmp_path: Path, store: FaultyStore, notices: list[str]
) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"one")
    run(put_file(store, "run", "a", file, overwrite=False, notice=notices.append))
    file.write_bytes(b"two")
    with pytest.raises(ConflictError):
        run(put_file(store, "run", "a", file, overwrite=False, notice=notices.append))
    assert content(store, "a") == b"one"
    run(put_file(store, "run", "a", file, overwrite=True, notice=notices.append))
    assert content(store, "a") == b"two"


@pytest.mark.parametrize("held", [b"xx", b"x" * 50])
def test_an_open_artifact_with_other_bytes_is_sent_anew(
    tmp_path: Path, store: FaultyStore, notices: list[str], held: bytes
) -> None:
    store.artifacts.create(CreateArtifact(run_id="run", path="a"))
    store.artifacts.append(AppendArtifact(run_id="run", path="a", offset=0, data=held))
    file = tmp_path / "a"
    file.write_bytes(b"the true content")
    run(put_file(store, "run", "a", file, overwrite=True, notice=notices.append))
    assert content(store, "a") == b"the true content"
    assert notices == []


def test_a_file_that_changes_while_it_is_read_is_read_anew(
    tmp_path: Path, store: FaultyStore, notices: list[str]
) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"before")
    changes = iter([b"after!", b"later?"])

    def change(call: str, request: Any) -> None:
        if call == "artifacts.create" and (new := next(changes, None)):
            file.write_bytes(new)

    store.after = change
    run(put_file(store, "run", "a", file, overwrite=True, notice=notices.append))
    assert content(store, "a") == b"later?"
    assert notices == []


def test_a_file_that_never_stands_still_is_stored_with_a_warning(
    tmp_path: Path, store: FaultyStore, notices: list[str]
) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"000000")

    def change(call: str, request: Any) -> None:
        if call == "artifacts.create":
            file.write_bytes(os.urandom(6))

    store.after = change
    run(put_file(store, "run", "a", file, overwrite=True, notice=notices.append))
    assert store.artifacts.get(GetArtifact(run_id="run", path="a")).sealed
    assert len(notices) == 1
    assert "kept changing" in notices[0]


def test_files_that_cannot_be_read_are_told_and_no_more(tmp_path: Path, store: FaultyStore, notices: list[str]) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("gone", "pipe"):
        run(put_file(store, "run", name, tmp_path / name, overwrite=True, notice=notices.append))
    assert len(notices) == 2
    assert paths(store) == []


def test_a_failing_store_is_not_taken_for_a_failing_file(
    tmp_path: Path, store: FaultyStore, notices: list[str]
) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"x")

    def break_down(call: str, request: Any) -> None:
        raise OSError("the disk of the store")

    store.before = break_down
    with pytest.raises(OSError, match="the disk of the store"):
        run(put_file(store, "run", "a", file, overwrite=True, notice=notices.append))
    assert notices == []


def test_a_folder_with_everything_in_it(tmp_path: Path, store: FaultyStore, notices: list[str]) -> None:
    outside, outputs = tmp_path / "secret", tmp_path / "outputs"
    outside.write_bytes(b"secret")
    (outputs / "sub" / "deep").mkdir(parents=True)
    (outputs / "b").write_bytes(b"b")
    (outputs / "sub" / "deep" / "c").write_bytes(b"c")
    (outputs / "inside").symlink_to(outputs / "b")
    (outputs / "outside").symlink_to(outside)
    (outputs / "dangling").symlink_to(outputs / "nothing")
    (outputs / "tree").symlink_to(tmp_path)
    os.mkfifo(outputs / "pipe")
    (outputs / "line\nbreak").write_bytes(b"d")
    (outputs / os.fsdecode(b"latin-\xe9")).write_bytes(b"e")
    run(put_folder(store, "run", "outputs", outputs, notices.append))
    assert paths(store) == ["outputs/b", "outputs/inside", "outputs/latin-�", "outputs/sub/deep/c"]
    assert content(store, "outputs/inside") == b"b"
    assert any("outside is a link" in notice for notice in notices)
    assert any("line" in notice for notice in notices)


def test_a_folder_that_is_not_there_is_empty(tmp_path: Path, store: FaultyStore, notices: list[str]) -> None:
    assert list(outputs_of(tmp_path / "none", notices.append)) == []
    assert notices == []


def test_files_handed_over_arrive_in_order_and_leave_the_spool(
    tmp_path: Path, store: FaultyStore, notices: list[str]
) -> None:
    hand_over(tmp_path, "a", b"one")
    hand_over(tmp_path, "b", b"b")
    hand_over(tmp_path, "a", b"two", overwrite=True)
    (tmp_path / "upload" / "half.bin").write_bytes(b"its card is not there yet")
    run(put_handed(store, "run", tmp_path / "upload", notices.append))
    assert (content(store, "a"), content(store, "b")) == (b"two", b"b")
    assert [path.name for path in (tmp_path / "upload").iterdir()] == ["half.bin"]
    assert notices == []


def test_handed_files_that_are_refused_do_not_stop_the_others(
    tmp_path: Path, store: FaultyStore, notices: list[str]
) -> None:
    hand_over(tmp_path, "a", b"one")
    hand_over(tmp_path, "a", b"two")
    hand_over(tmp_path, "../b", b"climbs")
    (tmp_path / "upload" / "0.json").write_bytes(b"{")
    hand_over(tmp_path, "c", b"c")
    run(put_handed(store, "run", tmp_path / "upload", notices.append))
    assert (content(store, "a"), content(store, "c")) == (b"one", b"c")
    assert paths(store) == ["a", "c"]
    assert len(notices) == 3
    assert list((tmp_path / "upload").iterdir()) == []


def test_a_store_that_is_away_keeps_handed_files_in_the_spool(
    tmp_path: Path, store: FaultyStore, notices: list[str]
) -> None:
    hand_over(tmp_path, "a", b"one")

    def away(call: str, request: Any) -> None:
        if call == "artifacts.seal":
            raise StoreUnavailableError("Not now.")

    store.before = away
    with pytest.raises(StoreUnavailableError):
        run(put_handed(store, "run", tmp_path / "upload", notices.append))
    store.before = None
    assert len(list((tmp_path / "upload").iterdir())) == 2
    run(put_handed(store, "run", tmp_path / "upload", notices.append))
    assert content(store, "a") == b"one"


def test_no_attempt_leaves_an_open_file_behind(tmp_path: Path, store: FaultyStore, notices: list[str]) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"x" * 100)
    before = len(os.listdir("/proc/self/fd"))
    work = put_file(store, "run", "a", file, overwrite=True, notice=notices.append)
    next(work)
    work.close()  # type: ignore[attr-defined]
    assert len(os.listdir("/proc/self/fd")) == before
    with pytest.raises(NotFoundError):
        store.artifacts.get(GetArtifact(run_id="run", path="a"))
