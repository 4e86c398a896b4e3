"""The console of a job is read under the original's name too, unless a file of the run has that very name."""

from __future__ import annotations

import pytest

from runwatch.schema.artifact import AppendArtifact, GetArtifact, ReadArtifact
from runwatch.schema.error import NotFoundError
from runwatch.schema.log import FollowLog, ReadLog, SearchLog
from runwatch.store.log import alias
from runwatch.store.log.reader import LogReader
from runwatch.store.memory.store import MemoryStore
from runwatch.testing.sample import new_run

OTHER, OWN = "user_logs/std_log.txt", "azureml-logs/70_driver_log.txt"


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def put(store: MemoryStore, path: str, data: bytes) -> str:
    run_id = new_run(store).run_id
    store.artifacts.append(AppendArtifact(run_id=run_id, path=path, offset=0, data=data))
    return run_id


def test_the_other_name_leads_to_the_console(store: MemoryStore) -> None:
    run_id = put(store, OWN, b"one\ntwo\n")
    assert alias.get(store.artifacts, GetArtifact(run_id=run_id, path=OTHER)).path == OWN
    part = alias.read(store.artifacts, ReadArtifact(run_id=run_id, path=OTHER, offset=4))
    assert part.data == b"two\n"


def test_a_file_of_that_very_name_comes_first(store: MemoryStore) -> None:
    run_id = put(store, OWN, b"console")
    store.artifacts.append(AppendArtifact(run_id=run_id, path=OTHER, offset=0, data=b"own"))
    assert alias.read(store.artifacts, ReadArtifact(run_id=run_id, path=OTHER)).data == b"own"


@pytest.mark.parametrize("path", [OTHER, "logs/none.txt"])
def test_what_is_not_there_is_told_under_the_name_that_was_asked_for(store: MemoryStore, path: str) -> None:
    run_id = new_run(store).run_id
    with pytest.raises(NotFoundError, match=path):
        alias.get(store.artifacts, GetArtifact(run_id=run_id, path=path))


def test_lines_are_read_followed_and_searched_under_it(store: MemoryStore) -> None:
    run_id, reader = put(store, OWN, b"one\ntwo\n"), LogReader(store.artifacts)
    assert [line.text for line in reader.read(ReadLog(run_id=run_id, path=OTHER)).lines] == ["one", "two"]
    known = reader.follow(FollowLog(run_id=run_id, path=OTHER))
    store.artifacts.append(AppendArtifact(run_id=run_id, path=OWN, offset=8, data=b"three\n"))
    news = reader.follow(FollowLog(run_id=run_id, path=OTHER, after=known.position))
    assert [line.text for line in news.lines] == ["three"]
    assert reader.search(SearchLog(run_id=run_id, path=OTHER, pattern="three")).total == 1
