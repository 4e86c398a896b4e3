"""A log in a store, and words to write and read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runwatch.schema.artifact import AppendArtifact, CreateArtifact, GetArtifact, SealArtifact
from runwatch.schema.log import FollowLog, LogMatches, LogNews, LogPage, LogPosition, ReadLog, SearchLog
from runwatch.store.log.reader import LogReader
from runwatch.store.memory.store import MemoryStore
from runwatch.store.protocol import Store
from runwatch.store.sql.store import SqlStore
from runwatch.testing.sample import new_run

PATH = "logs/user_log.txt"


class Log:
    """One log that is written and read."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.reader = LogReader(store.artifacts)
        new_run(store, run_id="r")
        self.replace()

    def replace(self, data: bytes = b"") -> None:
        self.store.artifacts.create(CreateArtifact(run_id="r", path=PATH, overwrite=True))
        self.append(data)

    def append(self, data: bytes) -> None:
        size = self.store.artifacts.get(GetArtifact(run_id="r", path=PATH)).size_bytes
        self.store.artifacts.append(AppendArtifact(run_id="r", path=PATH, offset=size, data=data))

    def seal(self) -> None:
        self.store.artifacts.seal(SealArtifact(run_id="r", path=PATH))

    def read(self, first: int = 0, count: int = 200, offset: int | None = None) -> LogPage:
        return self.reader.read(ReadLog(run_id="r", path=PATH, first=first, count=count, offset=offset))

    def texts(self, first: int = 0, count: int = 1_000) -> list[str]:
        return [line.text for line in self.read(first, count).lines]

    def follow(self, after: LogPosition | None = None, count: int = 1_000) -> LogNews:
        return self.reader.follow(FollowLog(run_id="r", path=PATH, after=after or LogPosition(), count=count))

    def search(
        self, pattern: str, *, regex: bool = False, ignore_case: bool = False, first: int = 0, limit: int = 100,
        timeout_s: float = 10.0,
    ) -> LogMatches:  # fmt: skip
        return self.reader.search(
            SearchLog(
                run_id="r", path=PATH, pattern=pattern, regex=regex, ignore_case=ignore_case, first=first, limit=limit,
                timeout_s=timeout_s,
            )
        )  # fmt: skip


@pytest.fixture(params=["memory", "sqlite"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Log]:
    store: Store = MemoryStore() if request.param == "memory" else SqlStore(tmp_path / "workspace")
    yield Log(store)
    store.close()
