"""What the reader of a run must be told, collected until the store takes it: each sentence once for a watcher."""

from __future__ import annotations

from typing import Final

from runwatch.schema.run import RunWarning, UpdateRun
from runwatch.store.protocol import Store

MOST: Final = 200
"""Different sentences of one run: a folder of unreadable files must not become a list without end."""

REST: Final = "There is more that could not be carried to the store; see the log of the watcher."


class Notices:
    """Collects sentences; callable, so that it can be handed to whoever has something to say."""

    def __init__(self) -> None:
        self._said: set[str] = set()
        self._waiting: list[str] = []

    def __call__(self, sentence: str) -> None:
        """Note a sentence, unless it was noted before."""
        if len(self._said) >= MOST:
            sentence = REST
        if sentence not in self._said:
            self._said.add(sentence)
            self._waiting.append(sentence)

    def flush(self, store: Store, run_id: str) -> None:
        """Add what was noted since to the run's warnings; what the store does not take waits for the next time."""
        if self._waiting:
            warnings = tuple(RunWarning(source="watcher", message=sentence) for sentence in self._waiting)
            store.runs.update(UpdateRun(run_id=run_id, add_warnings=warnings))
            self._waiting.clear()

    def sentences(self) -> tuple[str, ...]:
        """All that was noted."""
        return tuple(sorted(self._said))
