"""A store that lives in memory: for tests, and as the model that the other backends are compared to."""

from __future__ import annotations

import uuid

from runwatch.schema.registry import EXPERIMENTS
from runwatch.store.memory.artifact import MemoryArtifactShelf
from runwatch.store.memory.change import MemoryChangeShelf
from runwatch.store.memory.job import MemoryJobShelf
from runwatch.store.memory.metric import MemoryMetricShelf
from runwatch.store.memory.run import MemoryRunShelf
from runwatch.store.memory.state import State
from runwatch.store.protocol import StoreInfo


class MemoryStore:
    """Keeps `runwatch.store.protocol.Store` in dicts; nothing outlives the process."""

    def __init__(self) -> None:
        self._state = State()
        self._workspace_id = str(uuid.uuid4())
        self._runs = MemoryRunShelf(self._state)
        self._metrics = MemoryMetricShelf(self._state)
        self._artifacts = MemoryArtifactShelf(self._state)
        self._jobs = MemoryJobShelf(self._state)
        self._changes = MemoryChangeShelf(self._state)

    @property
    def runs(self) -> MemoryRunShelf:
        """Experiments and runs."""
        return self._runs

    @property
    def metrics(self) -> MemoryMetricShelf:
        """Metrics."""
        return self._metrics

    @property
    def artifacts(self) -> MemoryArtifactShelf:
        """Files of runs."""
        return self._artifacts

    @property
    def jobs(self) -> MemoryJobShelf:
        """Compute targets and their queues."""
        return self._jobs

    @property
    def changes(self) -> MemoryChangeShelf:
        """What changed since."""
        return self._changes

    def info(self) -> StoreInfo:
        """What and where this store is."""
        with self._state.held() as state:
            return StoreInfo(
                workspace_id=self._workspace_id,
                backend="memory",
                location="memory",
                version="1",
                runs=sum(entry.run.experiment not in EXPERIMENTS for entry in state.runs.values()),
                size_bytes=sum(len(file.content) for entry in state.runs.values() for file in entry.files.values()),
            )

    def close(self) -> None:
        """Refuse all calls from now on."""
        self._state.close()
