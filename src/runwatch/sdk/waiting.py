"""Waits for a run to end and prints its log meanwhile, in the form that people's tools read."""

from __future__ import annotations

import codecs
import json
import math
import os
import re
import sys
import time
from typing import Any, Final, Protocol

from runwatch.schema.error import ActivityFailedException, ExperimentExecutionException, NotFoundError
from runwatch.schema.run import GetRun, RunStatus
from runwatch.sdk import detail, transfer
from runwatch.store.protocol import Store

POLL_MIN_S: Final = 0.2
"""A look at a store on the same machine takes about a millisecond; ``AZUREML_RUN_POLLING_INTERVAL_MIN`` overrides."""

POLL_MAX_S: Final = 0.5
"""Reached after some minutes, so that the end is told within a second; ``…_INTERVAL_MAX`` overrides."""

POST_PROCESSING: Final = frozenset({RunStatus.CANCEL_REQUESTED, RunStatus.FINALIZING})


class Waited(Protocol):
    """What a run must be able to do to be waited for."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    def get_status(self) -> str:
        """Its status now."""
        ...

    def get_details(self) -> dict[str, Any]:
        """What is known of it."""
        ...

    def get_portal_url(self) -> str:
        """The address of its page."""
        ...


def wait(
    run: Waited, store: Store, *, show_output: bool, wait_post_processing: bool, raise_on_error: bool
) -> dict[str, Any]:
    """See ``Run.wait_for_completion``."""
    try:
        if show_output:
            _stream(run, store)
        else:
            _wait(run, store, wait_post_processing)
    except KeyboardInterrupt as error:
        raise ExperimentExecutionException(
            "The output streaming was interrupted, but the run goes on.", hint="End it with run.cancel()."
        ) from error
    details = run.get_details()
    if show_output:
        _summarise(run, details)
    if details["status"] == RunStatus.FAILED.value:
        failed = json.dumps(details.get("error"), indent=4) if details.get("error") else NO_ERROR
        if raise_on_error:
            raise ActivityFailedException(f"Activity Failed:\n{failed}")
        if show_output:
            _print(f"Error:\n{failed}\n")
    return details


NO_ERROR: Final = "The run has no detailed error; its logs may say more."


def pause_s(waited_s: float) -> float:
    """How long until the next look: short at first, longer for long runs."""
    shortest = _seconds("AZUREML_RUN_POLLING_INTERVAL_MIN", POLL_MIN_S)
    longest = _seconds("AZUREML_RUN_POLLING_INTERVAL_MAX", POLL_MAX_S)
    return max(shortest, longest / (1 + 100 * math.exp(-waited_s / 20)))


def followed_log(paths: list[str]) -> str | None:
    """The log to follow: the last by name; of those of several processes, the first process's."""
    known = sorted(path for path in paths if detail.LOG_NAME.fullmatch(path))
    if not known:
        return None
    last = known[-1]
    stem = re.sub(r"(_?rank_\d+|_?worker_\d+|\d+)\.txt$", "", last)
    first = [path for path in known if path.startswith(stem) and re.search(r"(rank|worker)_0\.txt$", path)]
    return first[0] if first else last


class LogTail:
    """Prints what is new of a log, and a header whenever it changes to another one.

    Args:
        store: Where the logs are.
        run_id: The run.
    """

    def __init__(self, store: Store, run_id: str) -> None:
        self._store = store
        self._run_id = run_id
        self._path: str | None = None
        self._offset = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def print_new(self) -> None:
        """Print what came since the last call; only that is read."""
        path = followed_log(detail.log_paths(self._store, self._run_id))
        if path is None:
            return
        if path != self._path:
            self._path, self._offset = path, 0
            self._decoder.reset()
            _print(f"\nStreaming {path}\n{'=' * (len(path) + 10)}\n\n")
        try:
            self._offset = transfer.read(
                self._store, self._run_id, path, lambda data: _print(self._decoder.decode(data)), self._offset
            )
        except NotFoundError:  # replaced at this moment
            return

    def close(self) -> None:
        """Print what is left of a character whose end never came."""
        _print(self._decoder.decode(b"", final=True))


def _stream(run: Waited, store: Store) -> None:
    _print(f"RunId: {run.id}\nWeb View: {run.get_portal_url()}\n")
    tail, started = LogTail(store, run.id), time.monotonic()
    while not RunStatus(run.get_status()).is_terminal:
        tail.print_new()
        time.sleep(pause_s(time.monotonic() - started))
    tail.print_new()
    tail.close()


def _wait(run: Waited, store: Store, wait_post_processing: bool) -> None:
    started = time.monotonic()
    while True:
        status = RunStatus(run.get_status())
        if status.is_terminal:
            return
        if status in POST_PROCESSING and not wait_post_processing and not _will_tell(store, run.id):
            return
        time.sleep(pause_s(time.monotonic() - started))


def _will_tell(store: Store, run_id: str) -> bool:
    """Whether a script has failed whose error comes with the last status: who goes on without it takes it for good."""
    last = store.runs.get(GetRun(run_id=run_id)).history[-1]
    return last.status is RunStatus.FINALIZING and last.reason != ""


def _summarise(run: Waited, details: dict[str, Any]) -> None:
    _print(f"\nExecution Summary\n=================\nRunId: {run.id}\nWeb View: {run.get_portal_url()}\n")
    if details["warnings"]:
        _print("\nWarnings:\n" + "".join(f"{each['message']}\n" for each in details["warnings"]) + "\n")
    _print("\n")


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _seconds(variable: str, default: float) -> float:
    try:
        return max(0.01, float(os.environ[variable]))
    except (KeyError, ValueError):
        return default
