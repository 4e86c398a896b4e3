"""Versions are handed out once, whoever asks; what is half there is not shown."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from runwatch.schema.error import ConflictError, InvalidValueError, NotFoundError, UserErrorException
from runwatch.schema.registry import Kind
from runwatch.schema.run import CreateRun, Delete
from runwatch.store import registry
from runwatch.store.location import open_store
from runwatch.store.protocol import Store
from runwatch.testing.sample import append_file, create_file, put_file, read_file


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(str(tmp_path / "workspace"))
    yield opened
    opened.close()


def numbers(store: Store, name: str = "net") -> list[int]:
    return sorted(map(registry.version_of, registry.versions(store, Kind.MODEL, name=name)))


def test_versions_count_from_one_by_kind_and_name(store: Store) -> None:
    made = [registry.register(store, Kind.MODEL, name) for name in ("net", "net", "other net", "net")]
    made.append(registry.register(store, Kind.DATASET, "net"))
    assert [registry.version_of(each) for each in made] == [1, 2, 1, 3, 1]
    assert registry.find(store, Kind.MODEL, "net").run_id == "model:net:3"
    assert registry.find(store, Kind.MODEL, "other net").run_id == "model:other+net:1"
    assert registry.find(store, Kind.MODEL, "net", 2).run_id == "model:net:2"


def test_numbers_of_deleted_versions_do_not_come_back(store: Store) -> None:
    made = [registry.register(store, Kind.MODEL, "net") for _ in range(3)]
    store.runs.delete(Delete(run_ids=tuple(each.run_id for each in made)))
    assert registry.version_of(registry.register(store, Kind.MODEL, "net")) == 4
    with pytest.raises(NotFoundError, match="version 2"):
        registry.find(store, Kind.MODEL, "net", 2)


def test_many_at_once_get_a_number_each(store: Store) -> None:
    def register() -> None:
        for _ in range(5):
            registry.register(store, Kind.MODEL, "net")

    threads = [threading.Thread(target=register) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers(store) == list(range(1, 21))


def test_a_version_that_cannot_be_filled_is_not_there(store: Store) -> None:
    def fill(run_id: str) -> None:
        assert numbers(store) == []
        with pytest.raises(NotFoundError):
            registry.find(store, Kind.MODEL, "net", 1)
        raise ConflictError("the disk is full")

    with pytest.raises(ConflictError, match="disk"):
        registry.register(store, Kind.MODEL, "net", fill=fill)
    assert list(registry.versions(store, Kind.MODEL, complete=False)) == []
    assert registry.version_of(registry.register(store, Kind.MODEL, "net")) == 2


@pytest.mark.parametrize("name", ["", ".net", "a/b", "a:1", "a+b", "é", "x" * 201, "net ", "net\n"])
def test_names_that_are_none_are_refused(store: Store, name: str) -> None:
    with pytest.raises(InvalidValueError):
        registry.register(store, Kind.MODEL, name)


def test_content_of_a_run_is_taken_over_and_outlives_it(store: Store) -> None:
    store.runs.create(CreateRun(experiment="e", run_id="run", token="t", created_at=1.0))
    artifact = put_file(store, "run", "outputs/model.pkl", b"weights" * 1000)
    made = registry.register(
        store, Kind.MODEL, "net", fill=lambda run_id: registry.take_over(store, [(artifact, "model.pkl")], run_id)
    )
    deleted = store.runs.delete(Delete(run_ids=("run",)))
    assert deleted.freed_bytes == 0
    assert read_file(store, made.run_id, "model.pkl") == b"weights" * 1000
    assert store.runs.delete(Delete(run_ids=(made.run_id,))).freed_bytes == 7_000


def test_a_file_that_grows_is_not_taken_over(store: Store) -> None:
    store.runs.create(CreateRun(experiment="e", run_id="run", token="t", created_at=1.0))
    create_file(store, "run", "log")
    growing = append_file(store, "run", b"1", path="log")
    with pytest.raises(UserErrorException, match="still being written"):
        registry.register(
            store, Kind.MODEL, "net", fill=lambda run_id: registry.take_over(store, [(growing, "log")], run_id)
        )
