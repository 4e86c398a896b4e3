"""Growing files arrive while they grow, and whole in the end."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from runwatch.schema import limit
from runwatch.schema.artifact import CreateArtifact, GetArtifact, ReadArtifact, SealArtifact
from runwatch.schema.error import StoreUnavailableError
from runwatch.schema.run import CreateRun
from runwatch.sdk.watcher import follow
from runwatch.sdk.watcher.follow import Follower
from runwatch.store.memory.store import MemoryStore
from runwatch.store.protocol import Store
from tests.unit.sdk.watcher.faulty import FaultyStore

BUDGET = 1 << 20


@pytest.fixture
def store() -> FaultyStore:
    inner = MemoryStore()
    inner.runs.create(CreateRun(experiment="tests", run_id="run", token="t", created_at=1.0))
    return FaultyStore(inner)


class Followed:
    """One file and its follower."""

    def __init__(self, store: Store, file: Path) -> None:
        self.store = store
        self.file = file
        self.notices: list[str] = []
        self.follower = self.anew()

    def anew(self) -> Follower:
        self.follower = Follower(self.store, "run", {"console": str(self.file)}, None, self.notices.append)
        return self.follower

    def write(self, data: bytes) -> None:
        with self.file.open("ab") as file:
            file.write(data)

    def step(self, budget: int = BUDGET) -> int:
        return self.follower.step(budget)

    def finish(self) -> None:
        for _ in self.follower.finish():
            pass

    def stored(self) -> bytes:
        return read(self.store, "console")


def read(store: Store, path: str) -> bytes:
    data = b""
    while part := store.artifacts.read(ReadArtifact(run_id="run", path=path, offset=len(data))).data:
        data += part
    return data


@pytest.fixture
def followed(tmp_path: Path, store: FaultyStore) -> Followed:
    return Followed(store, tmp_path / "console")


def test_a_file_is_followed_from_before_it_is_there_to_its_end(followed: Followed) -> None:
    assert followed.step() == 0
    followed.write(b"one\n")
    assert followed.step() == 4
    assert followed.step() == 0
    followed.write(b"two \xff\xfe\n")  # no text, and yet its bytes arrive
    followed.step()
    assert followed.stored() == b"one\ntwo \xff\xfe\n"
    followed.write(b"end")
    followed.finish()
    assert followed.stored() == b"one\ntwo \xff\xfe\nend"
    assert followed.store.artifacts.get(GetArtifact(run_id="run", path="console")).sealed
    assert followed.notices == []


def test_the_next_follower_goes_on_where_the_store_stands(followed: Followed, store: FaultyStore) -> None:
    followed.write(b"a" * 1000)
    followed.step()
    followed.write(b"b" * 10)
    followed.anew()
    store.calls.clear()
    assert followed.step() == 10
    assert followed.stored() == b"a" * 1000 + b"b" * 10


def test_an_answer_that_was_lost_doubles_nothing(followed: Followed, store: FaultyStore) -> None:
    followed.write(b"one")
    followed.step()
    followed.write(b"two")

    def lose(call: str, request: Any) -> None:
        if call == "artifacts.append" and request.path == "console":
            store.after = None
            raise StoreUnavailableError("The connection broke.")

    store.after = lose
    with pytest.raises(StoreUnavailableError):
        followed.step()
    followed.write(b"three")
    followed.step()
    followed.finish()
    assert followed.stored() == b"onetwothree"


def test_a_file_that_was_cut_is_started_again(followed: Followed) -> None:
    followed.write(b"old old old")
    followed.step()
    followed.file.write_bytes(b"new")
    followed.step()
    assert followed.stored() == b"new"
    assert len(followed.notices) == 1
    followed.finish()
    assert followed.stored() == b"new"


def test_a_file_that_was_replaced_is_started_again(followed: Followed) -> None:
    followed.write(b"old")
    followed.step()
    other = followed.file.with_name("other")
    other.write_bytes(b"old, rotated")
    os.replace(other, followed.file)
    followed.step()
    assert followed.stored() == b"old, rotated"
    assert len(followed.notices) == 1


def test_a_file_that_was_written_anew_in_place_is_started_again(followed: Followed) -> None:
    followed.write(b"epoch 1 of 3")
    followed.step()
    followed.file.write_bytes(b"epoch 2 of 3, and longer")
    followed.step()
    assert followed.stored() == b"epoch 2 of 3, and longer"


def test_written_anew_between_two_watchers_is_found(followed: Followed) -> None:
    followed.write(b"epoch 1 of 3")
    followed.step()
    followed.anew()
    followed.file.write_bytes(b"epoch 2 of 3, and longer")
    followed.step()
    assert followed.stored() == b"epoch 2 of 3, and longer"


def test_a_change_far_behind_the_end_is_put_right_at_the_end(followed: Followed) -> None:
    followed.write(b"x" * 2_000)
    followed.step()
    with followed.file.open("r+b") as file:
        file.write(b"y")
    followed.step()
    followed.finish()
    assert followed.stored() == b"y" + b"x" * 1_999


def test_an_artifact_sealed_by_an_earlier_attempt_goes_on(followed: Followed) -> None:
    followed.write(b"first attempt\n")
    followed.finish()
    followed.write(b"second attempt\n")
    followed.anew()
    followed.step()
    followed.finish()
    assert followed.stored() == b"first attempt\nsecond attempt\n"


def test_finishing_again_after_a_crash_changes_nothing(followed: Followed) -> None:
    followed.write(b"all of it")
    followed.finish()
    followed.anew()
    followed.finish()
    assert followed.stored() == b"all of it"
    assert followed.notices == []


def test_a_budget_is_kept_and_shared(tmp_path: Path, store: FaultyStore) -> None:
    files = {name: tmp_path / name for name in ("flood", "calm")}
    files["flood"].write_bytes(b"f" * 10_000)
    files["calm"].write_bytes(b"c" * 10)
    follower = Follower(store, "run", {name: str(file) for name, file in files.items()}, None, print)
    assert follower.step(1_000) == 510
    assert read(store, "calm") == b"c" * 10
    assert read(store, "flood") == b"f" * 500


def test_logs_that_appear_are_followed(tmp_path: Path, store: FaultyStore) -> None:
    logs = tmp_path / "logs"
    follower = Follower(store, "run", {}, logs, print)
    assert follower.step(BUDGET) == 0
    (logs / "worker").mkdir(parents=True)
    (logs / "worker" / "0.log").write_bytes(b"zero")
    follower.step(BUDGET)
    assert read(store, "logs/worker/0.log") == b"zero"
    (logs / "late.log").write_bytes(b"late")
    for _ in follower.finish():
        pass
    assert read(store, "logs/late.log") == b"late"


def test_a_name_that_no_artifact_may_have_is_told_once(tmp_path: Path, store: FaultyStore) -> None:
    notices: list[str] = []
    (tmp_path / "a\nb").write_bytes(b"x")
    follower = Follower(store, "run", {"a\nb": str(tmp_path / "a\nb")}, None, notices.append)
    follower.step(BUDGET)
    follower.step(BUDGET)
    assert len(notices) == 1


def test_of_a_log_without_end_beginning_and_end_are_kept(followed: Followed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "FILE_BYTES", 1_000)
    monkeypatch.setattr(follow, "TAIL_BYTES", 100)
    monkeypatch.setattr(limit, "PART_BYTES", 300)
    data = bytes(range(250)) * 20
    followed.write(data)
    while followed.step():
        pass
    assert followed.stored() == data[:1_000]
    followed.finish()
    stored = followed.stored()
    assert stored.startswith(data[:1_000])
    assert stored.endswith(data[-100:])
    assert b"3,900 bytes of 5,000 are left out here" in stored
    assert len(followed.notices) == 1
    followed.anew()
    followed.finish()
    assert followed.stored() == stored


def test_a_closing_that_broke_after_the_cut_is_only_sealed(followed: Followed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "FILE_BYTES", 10)
    monkeypatch.setattr(follow, "TAIL_BYTES", 5)
    store = followed.store
    assert isinstance(store, FaultyStore)

    def away(call: str, request: Any) -> None:
        if isinstance(request, SealArtifact):
            raise StoreUnavailableError("Not now.")

    store.before = away
    followed.write(b"0123456789" * 5)
    with pytest.raises(StoreUnavailableError):
        followed.finish()
    before = followed.stored()
    store.before = None
    followed.anew()
    followed.finish()
    assert followed.stored() == before
    assert store.artifacts.create(CreateArtifact(run_id="run", path="console", sha256=_sha(before))).sealed


def _sha(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()
