"""The life of a run: start, end, waiting for it, and its use as a context."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any, Self

from msgspec import UNSET

from runwatch.schema.error import ServiceException, StoreUnavailableError
from runwatch.schema.run import ExitCause, ExitKind, RunError, RunStatus, UpdateRun
from runwatch.sdk import cancellation, leaving, problem, starting, waiting
from runwatch.sdk.console import ConsoleCopy
from runwatch.sdk.run_handle import RunHandle, _not_recorded
from runwatch.store.cancellation import has_job

_KINDS = {
    RunStatus.COMPLETED: ExitKind.COMPLETED,
    RunStatus.CANCELED: ExitKind.CANCELED,
    RunStatus.FAILED: ExitKind.EXCEPTION,
}


class RunLife(RunHandle):
    """A run that this process records ends by a word in its journal; the watcher carries it to the store."""

    _console: ConsoleCopy | None = None

    def start(self) -> None:
        """Set a run that was made but not started to Running."""
        self._update(UpdateRun(run_id=self.id, status=RunStatus.RUNNING))

    def complete(self, _set_status: bool = True) -> None:
        """End the run as Completed: everything recorded and ``./outputs`` are in the store then.

        Waits at most 10 s; if that is not enough, the watcher does the rest and one line says so.

        Args:
            _set_status: False only waits for what was recorded, and leaves the status alone.
        """
        if _set_status:
            self._end(RunStatus.COMPLETED)
        else:
            self._settle()

    def fail(
        self, error_details: str | BaseException | None = None, error_code: str | None = None, _set_status: bool = True
    ) -> None:
        """End the run as Failed; see `complete`.

        Args:
            error_details: What went wrong: a text, or an exception, whose traceback is kept.
            error_code: ``UserError`` by default.
            _set_status: See `complete`.
        """
        if _set_status:
            self._end(RunStatus.FAILED, describe_failure(error_details, error_code))
        else:
            self._settle()

    def cancel(self) -> None:
        """Cancel the run, also from another session.

        A submitted run leaves its queue, or its processes are told to end (SIGTERM, and SIGKILL after a time of grace);
        its submitted children likewise. The call does not wait for that. A run that some process records ends as
        Canceled at once: that process is not stopped, what it logs is kept, the status stays.
        """
        if self._recording is None and has_job(self._store, self.id):
            self._record = cancellation.cancel(self._store, self._location, self._record)
        else:
            self._end(RunStatus.CANCELED)

    def flush(self, timeout_seconds: float = 300) -> None:
        """Wait until the store has everything that this process has recorded so far.

        Args:
            timeout_seconds: At most so long.

        Raises:
            ServiceException: If it took longer; nothing is lost, the watcher goes on.
        """
        found = self._recording
        if found is not None and not found.flush(timeout_seconds):
            raise ServiceException(
                f"What was recorded did not reach the workspace within {timeout_seconds} seconds.",
                hint="Nothing is lost: it is in the journal, and the watcher or 'runwatch sync' carries it over.",
            )

    def wait_for_completion(
        self, show_output: bool = False, wait_post_processing: bool = False, raise_on_error: bool = True
    ) -> dict[str, Any]:
        """Wait until the run has ended.

        Args:
            show_output: Print its log while it grows, and a summary.
            wait_post_processing: Without ``show_output``: wait for the last files too, instead of returning as soon as
                a run whose script ended well is in its last phase.
            raise_on_error: Raise if the run failed.

        Returns:
            `get_details`.

        Raises:
            ActivityFailedException: If the run failed; the message holds its error as JSON.
            ExperimentExecutionException: On Ctrl-C; the run goes on.
        """
        return waiting.wait(
            self,  # type: ignore[arg-type]  # the other half of the run class has get_details
            self._store,
            show_output=show_output,
            wait_post_processing=wait_post_processing,
            raise_on_error=raise_on_error,
        )

    def __enter__(self) -> Self:
        found = self._recorder()
        self._console = ConsoleCopy(starting.console_file(found.folder))
        self._console.start()
        found.has_files = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._console is not None:
            if failed := self._console.stop():
                problem.note(self.id, "The console", failed)
            self._console = None
        if self._recording is None:  # ended inside the block
            return
        if error is None or (isinstance(error, SystemExit) and error.code in (None, 0)):
            self._end(RunStatus.COMPLETED)
        elif isinstance(error, KeyboardInterrupt):
            self._end(RunStatus.CANCELED, reason="interrupted", kind=ExitKind.INTERRUPTED)
        else:
            self._end(RunStatus.FAILED, describe_failure(error, None))

    def _end(
        self, status: RunStatus, error: RunError | None = None, reason: str = "", kind: ExitKind | None = None
    ) -> None:
        found = self._recording
        self._scalar = _not_recorded
        if found is None or found.is_idle:
            try:
                self._end_directly(status, error, reason, kind)
                return
            except StoreUnavailableError:
                found = self._recorder()  # the journal keeps the word until the store is back
        words = {"message": error.message, "code": error.code, "details": error.details} if error else None
        with problem.kept_away(self.id, "The end"):
            in_store = found.end(status, words, reason=reason, kind=kind.value if kind else "")
            if in_store:
                self._refresh()
            else:
                problem.say(f"Run {self.id} has ended; its last data are still on their way to the workspace.")
        self._scalar = _not_recorded

    def _end_directly(self, status: RunStatus, error: RunError | None, reason: str, kind: ExitKind | None) -> None:
        """Nothing was recorded here: the store is told at once."""
        cause = ExitCause(
            kind=kind or _KINDS[status], evidence=f"the run's own code ended it as {status.value}", at=time.time()
        )
        request = UpdateRun(run_id=self.id, status=status, reason=reason, exit=cause, error=error or UNSET)
        if not self._record.status.is_terminal:
            self._record = self._store.runs.update(request)
        if found := self._recording:
            found.end(status, wait_s=0.0)  # the watcher need not look after it any longer


def describe_failure(details: str | BaseException | None, code: str | None) -> RunError:
    """What went wrong, from what ``fail`` was given."""
    code = code or "UserError"
    if isinstance(details, BaseException):
        words = leaving.describe(details)
        assert words is not None
        message = f"User program failed with {type(details).__name__}: {words['message']}"
        return RunError(message=message, code=code, details=words["details"])
    return RunError(message=str(details) if details else "The run was failed by its own code.", code=code)
