"""Files in a folder behave as the plain dicts of the memory store do, whatever is done to them in whatever order."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from msgspec.structs import asdict

from runwatch.schema.artifact import (
    AppendArtifact,
    Artifact,
    ArtifactPage,
    ArtifactPart,
    CreateArtifact,
    DeleteArtifacts,
    ListArtifacts,
    ReadArtifact,
    SealArtifact,
)
from runwatch.schema.error import RunwatchError
from runwatch.store.memory.store import MemoryStore
from runwatch.store.protocol import Store
from runwatch.store.sql.store import SqlStore
from runwatch.testing.sample import new_run

_RUNS = ("r1", "r2")
_PARTS = [b"", b"a", b"ab", b"abcd", b"other"]
_run = st.sampled_from(_RUNS)
_path = st.sampled_from(["a", "a/b", "a/b/c", "a-b", "é/x"])
_part = st.sampled_from(_PARTS)
_digest = st.sampled_from(["", *(hashlib.sha256(part).hexdigest() for part in _PARTS)])


class Files(RuleBasedStateMachine):
    """Does the same to both stores, and compares what they say."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.real = SqlStore(self.folder / "workspace")
        self.model = MemoryStore()
        for store in (self.real, self.model):
            for run_id in _RUNS:
                new_run(store, run_id=run_id)

    def teardown(self) -> None:
        self.real.close()
        shutil.rmtree(self.folder)

    def both(self, call: Callable[[Store], Any]) -> None:
        assert _answer(call, self.real) == _answer(call, self.model)

    @rule(run_id=_run, path=_path, sha256=_digest, overwrite=st.booleans())
    def create(self, run_id: str, path: str, sha256: str, overwrite: bool) -> None:
        request = CreateArtifact(run_id=run_id, path=path, sha256=sha256, overwrite=overwrite)
        self.both(lambda store: store.artifacts.create(request))

    @rule(run_id=_run, path=_path, offset=st.integers(0, 6), data=_part)
    def append(self, run_id: str, path: str, offset: int, data: bytes) -> None:
        request = AppendArtifact(run_id=run_id, path=path, offset=offset, data=data)
        self.both(lambda store: store.artifacts.append(request))

    @rule(run_id=_run, path=_path, sha256=_digest)
    def seal(self, run_id: str, path: str, sha256: str) -> None:
        self.both(lambda store: store.artifacts.seal(SealArtifact(run_id=run_id, path=path, sha256=sha256)))

    @rule(run_id=_run, path=_path, offset=st.integers(-6, 6), count=st.integers(0, 6))
    def read(self, run_id: str, path: str, offset: int, count: int) -> None:
        request = ReadArtifact(run_id=run_id, path=path, offset=offset, count=count)
        self.both(lambda store: store.artifacts.read(request))

    @rule(run_id=_run, path=_path, whole=st.booleans())
    def delete(self, run_id: str, path: str, whole: bool) -> None:
        request = DeleteArtifacts(run_id=run_id, paths=(path,), prefix=f"{path}/" if whole else None)
        self.both(lambda store: store.artifacts.delete(request))

    @rule()
    def restart(self) -> None:
        self.real.close()
        self.real = SqlStore(self.folder / "workspace", create=False)

    @rule(run_id=_run, folder=st.sampled_from([None, "", "a", "a/b"]))
    def list(self, run_id: str, folder: str | None) -> None:
        self.both(lambda store: store.artifacts.list(ListArtifacts(run_id=run_id, folder=folder)))

    @invariant()
    def nothing_is_left_over(self) -> None:
        assert self.real.artifacts.orphans(older_s=0) == []


def _answer(call: Callable[[Store], Any], store: Store) -> Any:
    try:
        return _without_times(call(store))
    except RunwatchError as error:
        return error.code, error.detail.get("cursor")


def _without_times(found: Any) -> Any:
    if isinstance(found, Artifact):
        return {name: value for name, value in asdict(found).items() if not name.endswith("_at")}
    if isinstance(found, ArtifactPart):
        return _without_times(found.artifact), found.offset, found.data
    if isinstance(found, ArtifactPage):
        return [_without_times(row) for row in found.artifacts], found.folders, found.next_cursor
    return found


TestFiles = Files.TestCase
TestFiles.settings = settings(
    max_examples=12,  # each makes a workspace and some hundred durable writes: about a quarter of a second
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
