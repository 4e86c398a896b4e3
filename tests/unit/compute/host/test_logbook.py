"""Logs of a job that is being prepared: in the store while they grow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runwatch.compute.host.logbook import Logbook
from runwatch.schema.artifact import AppendArtifact, CreateArtifact, GetArtifact, ReadArtifact
from runwatch.schema.error import NotFoundError
from runwatch.schema.run import CreateRun
from runwatch.store.memory.store import MemoryStore
from runwatch.store.protocol import Store

PATH = "azureml-logs/20_image_build_log.txt"


@pytest.fixture
def store() -> Iterator[Store]:
    store = MemoryStore()
    store.runs.create(CreateRun(experiment="e", run_id="r", token="t", created_at=1.0))
    yield store
    store.close()


def content(store: Store) -> bytes:
    return store.artifacts.read(ReadArtifact(run_id="r", path=PATH)).data


def test_what_is_written_is_there_while_it_grows(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "build.txt"
    book = Logbook(store, "r", {PATH: file, "azureml-logs/65_job_prep.txt": tmp_path / "never"})
    book.carry()
    with pytest.raises(NotFoundError):
        store.artifacts.get(GetArtifact(run_id="r", path=PATH))
    file.write_bytes(b"one\n")
    book.carry()
    assert content(store) == b"one\n"
    with file.open("ab") as opened:
        opened.write(b"two")
    book.carry()
    book.carry()
    found = store.artifacts.get(GetArtifact(run_id="r", path=PATH))
    assert (content(store), found.sealed) == (b"one\ntwo", False)
    book.close()
    assert store.artifacts.get(GetArtifact(run_id="r", path=PATH)).sealed
    with pytest.raises(NotFoundError):
        store.artifacts.get(GetArtifact(run_id="r", path="azureml-logs/65_job_prep.txt"))


def test_the_log_of_another_attempt_is_replaced(store: Store, tmp_path: Path) -> None:
    store.artifacts.create(CreateArtifact(run_id="r", path=PATH))
    store.artifacts.append(AppendArtifact(run_id="r", path=PATH, offset=0, data=b"a build that was killed"))
    (tmp_path / "build.txt").write_bytes(b"anew")
    for _ in range(2):  # the second one finds it sealed
        book = Logbook(store, "r", {PATH: tmp_path / "build.txt"})
        book.close()
        assert content(store) == b"anew"
