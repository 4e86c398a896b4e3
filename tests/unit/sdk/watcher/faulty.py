"""A store that fails on command, around one that works."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from runwatch.store.protocol import ArtifactShelf, ChangeShelf, JobShelf, MetricShelf, RunShelf, Store, StoreInfo

Trouble = Callable[[str, Any], None]
"""Given the operation (``metrics.append``) and its request before it is passed on; raises to make it fail."""


class _Shelf:
    def __init__(self, store: FaultyStore, name: str) -> None:
        self._store = store
        self._name = name

    def __getattr__(self, operation: str) -> Callable[[Any], Any]:
        call = f"{self._name}.{operation}"
        target = getattr(getattr(self._store.inner, self._name), operation)

        def passed_on(request: Any) -> Any:
            self._store.calls.append((call, request))
            if self._store.before is not None:
                self._store.before(call, request)
            answer = target(request)
            if self._store.after is not None:
                self._store.after(call, request)
            return answer

        return passed_on


class FaultyStore:
    """Passes all on to another store, unless ``before`` or ``after`` raises."""

    def __init__(self, inner: Store, *, before: Trouble | None = None, after: Trouble | None = None) -> None:
        self.inner = inner
        self.before = before
        self.after = after
        self.calls: list[tuple[str, Any]] = []

    @property
    def runs(self) -> RunShelf:
        return _Shelf(self, "runs")

    @property
    def metrics(self) -> MetricShelf:
        return _Shelf(self, "metrics")

    @property
    def artifacts(self) -> ArtifactShelf:
        return _Shelf(self, "artifacts")

    @property
    def jobs(self) -> JobShelf:
        return _Shelf(self, "jobs")

    @property
    def changes(self) -> ChangeShelf:
        return _Shelf(self, "changes")

    def info(self) -> StoreInfo:
        return self.inner.info()

    def close(self) -> None:
        self.inner.close()
