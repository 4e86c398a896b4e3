"""What every part of a run object stands on: which run it is, the last known record of it, and its recording."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from runwatch.schema.error import ServiceException
from runwatch.schema.run import GetRun, UpdateRun
from runwatch.schema.run import Run as Record
from runwatch.sdk import recording, starting
from runwatch.sdk.recording import Recording
from runwatch.store.protocol import Store

if TYPE_CHECKING:
    from runwatch.sdk.experiment import Experiment

SETTLE_S: Final = 5.0
"""How long a read waits for what this very process has just recorded; the answer is then what the store has."""


class RunHandle:
    """One run, seen from this process.

    Args:
        experiment: The experiment it belongs to.
        record: The run as the store last gave it.
    """

    def __init__(self, experiment: Experiment, record: Record) -> None:
        self._experiment = experiment
        self._record = record
        self._parent: RunHandle | None = None
        self._scalar: Callable[[str, object, int | None], bool] = _not_recorded
        """The hot path of ``log``: the journal's own function once the run is recorded here."""

    @property
    def id(self) -> str:
        """The run's id, unique in its workspace."""
        return self._record.run_id

    @property
    def experiment(self) -> Experiment:
        """The experiment the run belongs to."""
        return self._experiment

    @property
    def _location(self) -> str:
        return self._experiment.workspace.place

    @property
    def _store(self) -> Store:
        return self._experiment.workspace.store

    @property
    def _recording(self) -> Recording | None:
        """The recording of this run in this process, whichever object began it."""
        return recording.find(self._location, self.id)

    def _recorder(self) -> Recording:
        """The recording, begun now if there is none."""
        found = self._recording or starting.join(self._location, self._record)
        self._scalar = found.writer.scalar
        return found

    def _refresh(self) -> Record:
        """The record as it is now."""
        self._record = self._store.runs.get(GetRun(run_id=self.id))
        return self._record

    def _update(self, request: UpdateRun) -> Record:
        """Change the run in the store, after what was recorded before."""
        self._settle()
        self._record = self._store.runs.update(request)
        return self._record

    def _settle(self) -> None:
        """Before a read or an update: have what this process recorded carried to the store, waiting a short time."""
        found = self._recording
        if found is None:
            return
        found.ask_git(0.0)
        try:
            found.flush(SETTLE_S)
        except ServiceException:
            return  # the read itself meets the same fault and says so


def _not_recorded(name: str, value: object, step: int | None) -> bool:
    return False
