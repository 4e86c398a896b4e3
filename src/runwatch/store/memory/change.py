"""The changes shelf in memory."""

from __future__ import annotations

from runwatch.schema.change import Changes, ListChanges
from runwatch.store.cursor import check_limit
from runwatch.store.memory.state import State


class MemoryChangeShelf:
    """What changed since; see `runwatch.store.protocol.ChangeShelf`."""

    def __init__(self, state: State) -> None:
        self._state = state

    def list(self, request: ListChanges) -> Changes:
        """Notices after a sequence number, oldest first."""
        check_limit(request.limit)
        with self._state.held() as state:
            if request.after < 0:
                return Changes(changes=(), sequence=state.sequence)
            subjects = None if request.subjects is None else set(request.subjects)
            found = sorted(
                (
                    change
                    for change in state.changes.values()
                    if change.sequence > request.after and (subjects is None or change.subject in subjects)
                ),
                key=lambda change: change.sequence,
            )
            page = tuple(found[: request.limit])
            sequence = page[-1].sequence if len(found) > request.limit else state.sequence
            return Changes(changes=page, sequence=sequence)
