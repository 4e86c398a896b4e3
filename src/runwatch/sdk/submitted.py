"""The run of a submitted script, as the script itself sees it: it logs, and who started it says how it ended."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from msgspec import structs

from runwatch.schema.run import Run as Record
from runwatch.schema.run import RunStatus
from runwatch.sdk import problem
from runwatch.sdk.experiment import Experiment
from runwatch.sdk.run import Run
from runwatch.sdk.run_life import describe_failure
from runwatch.sdk.run_record import WAITING


class _SubmittedRun(Run):
    """The run that this process was submitted as.

    Args:
        experiment: Its experiment.
        record: The run as it was submitted.
        rank: Which of the job's processes this is, from 0.
    """

    def __init__(self, experiment: Experiment, record: Record, rank: int) -> None:
        super().__init__(experiment, record.run_id, _record=record)
        self.rank = rank

    @property
    def number(self) -> int:
        """Counts the runs of the experiment from 1."""
        return self._record.number or self._refresh().number

    def _refresh(self) -> Record:
        """The record as it is now; the script runs, whether or not its watcher has come to say so."""
        record = super()._refresh()
        if record.status in WAITING:
            self._record = record = structs.replace(record, status=RunStatus.RUNNING)
        return record

    def complete(self, _set_status: bool = True) -> None:
        """Wait until what was recorded is in the store. How the run ended is said by its exit code."""
        self._settle()

    def fail(
        self, error_details: str | BaseException | None = None, error_code: str | None = None, _set_status: bool = True
    ) -> None:
        """Say that the run has failed: it is Failed once the script ends, also with exit code 0.

        Args:
            error_details: What went wrong: a text, or an exception, whose traceback is kept.
            error_code: ``UserError`` by default.
            _set_status: False only waits for what was recorded.
        """
        if _set_status:
            error = describe_failure(error_details, error_code)
            words = {"message": error.message, "code": error.code, "details": error.details}
            with problem.kept_away(self.id, "The failure"):
                self._recorder().writer.event("fail", words)
        self._settle()

    def cancel(self) -> None:
        """Nothing: a script ends its run by ending; cancel it from elsewhere."""
        problem.say("run.cancel() does nothing in the submitted script itself; end the script, or cancel elsewhere.")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._settle()
