"""How a submitted run ended: its runner's word, its own code's, and what its console shows, weighed into one answer."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from runwatch.journal.job_file import EXIT_FILE, STATE_FILE, JobExit, JobState
from runwatch.journal.manifest import Manifest
from runwatch.schema.run import CreateRun, ExitKind, GetRun, RunStatus, UpdateRun
from runwatch.sdk.watcher.ending import Death
from runwatch.sdk.watcher.job import announce, judge_job
from runwatch.store.memory.store import MemoryStore

CONSOLE = """epoch 1
Traceback (most recent call last):
  File "train.py", line 3, in <module>
    step()
  File "train.py", line 2, in step
    raise ValueError("the loss is gone")
ValueError: the loss is gone
"""


def manifest(folder: Path, console: str = "", retries: int = 0) -> Manifest:
    (folder / "console.txt").write_text(console)
    request = CreateRun(experiment="e", run_id="r", token="t", created_at=1.0)
    return Manifest(
        run_id="r", workspace="memory:", create=request, pid=1, process_started="", host="h", cwd=str(folder),
        created_at=1.0, follow={"azureml-logs/70_driver_log.txt": str(folder / "console.txt")}, job=str(folder),
        retries=retries,
    )  # fmt: skip


def put_exit(folder: Path, **facts: Any) -> None:
    given: dict[str, Any] = {
        "cause": "exit", "code": 0, "signal": None, "rank": 0, "message": "The process ended.", "started_at": 2.0,
        "ended_at": 5.0, "left_behind": 0, "processes": (),
    } | facts  # fmt: skip
    (folder / EXIT_FILE).write_bytes(msgspec.json.encode(JobExit(**given)))


FAIL = {"message": "no data", "code": "Mine", "details": "long"}
RAISED = {"exception": {"type": "KeyError", "message": "'x'", "details": "Traceback …"}}


def test_exit_code_0_is_completed(tmp_path: Path) -> None:
    put_exit(tmp_path)
    ending = judge_job(manifest(tmp_path), None, {"exception": None}, None)
    assert (ending.status, ending.exit.kind, ending.exit.code, ending.exit.at) == (
        RunStatus.COMPLETED, ExitKind.COMPLETED, 0, 5.0,
    )  # fmt: skip
    assert ending.error is None


def test_a_script_that_said_it_failed_has_failed(tmp_path: Path) -> None:
    put_exit(tmp_path)
    ending = judge_job(manifest(tmp_path), FAIL, None, None)
    assert ending.status is RunStatus.FAILED
    assert ending.error is not None
    assert (ending.error.message, ending.error.code, ending.error.details) == ("no data", "Mine", "long")


def test_the_exception_that_left_the_script_comes_first(tmp_path: Path) -> None:
    put_exit(tmp_path, code=1)
    ending = judge_job(manifest(tmp_path, CONSOLE), None, RAISED, None)
    assert ending.exit.kind is ExitKind.EXCEPTION
    assert ending.error is not None
    assert ending.error.message == "KeyError: 'x'"


def test_a_traceback_is_found_in_the_console(tmp_path: Path) -> None:
    put_exit(tmp_path, code=1)
    ending = judge_job(manifest(tmp_path, f"{CONSOLE}cleaning up\n"), None, {"exception": {"type": "SystemExit"}}, None)
    assert (ending.status, ending.exit.kind, ending.reason) == (RunStatus.FAILED, ExitKind.EXCEPTION, "exit code 1")
    assert ending.error is not None
    assert ending.error.message == "ValueError: the loss is gone"
    assert ending.error.details == CONSOLE.removeprefix("epoch 1\n").rstrip("\n")


@pytest.mark.parametrize(
    "console",
    ["", "Traceback (most recent call last):\n", f"{CONSOLE[:80]}", "Traceback (most recent call last):\n!!\n"],
)
def test_without_a_whole_traceback_the_exit_code_speaks(tmp_path: Path, console: str) -> None:
    put_exit(tmp_path, code=3, message="The kernel reported exit code 3 for process 7.")
    ending = judge_job(manifest(tmp_path, console), None, None, None)
    assert (ending.exit.kind, ending.exit.code) == (ExitKind.EXIT_CODE, 3)
    assert ending.error is not None
    assert (ending.error.code, ending.error.message) == ("ExitCode", "The kernel reported exit code 3 for process 7.")


@pytest.mark.parametrize(
    ("facts", "status", "kind", "reason"),
    [
        ({"cause": "signal", "code": None, "signal": 9}, RunStatus.FAILED, ExitKind.SIGNAL, "killed (SIGKILL)"),
        ({"cause": "signal", "code": None, "signal": 99}, RunStatus.FAILED, ExitKind.SIGNAL, "killed (signal 99)"),
        ({"cause": "canceled", "code": None, "signal": 15}, RunStatus.CANCELED, ExitKind.CANCELED, "canceled"),
        ({"cause": "timeout", "code": None, "signal": 15}, RunStatus.FAILED, ExitKind.TIME_OUT, "timeout"),
        ({"cause": "out_of_memory", "signal": 9}, RunStatus.FAILED, ExitKind.OUT_OF_MEMORY, "out of memory"),
        ({"cause": "interrupted", "code": None, "signal": 2}, RunStatus.CANCELED, ExitKind.INTERRUPTED, "interrupted"),
        ({"cause": "interrupted", "code": 4}, RunStatus.CANCELED, ExitKind.INTERRUPTED, "interrupted"),
        ({"cause": "not_started", "code": None}, RunStatus.FAILED, ExitKind.NOT_STARTED, "not started"),
    ],
)  # fmt: skip
def test_every_other_cause_has_a_word(
    tmp_path: Path, facts: dict[str, Any], status: RunStatus, kind: ExitKind, reason: str
) -> None:
    put_exit(tmp_path, **facts)
    ending = judge_job(manifest(tmp_path), None, None, None)
    assert (ending.status, ending.exit.kind, ending.reason) == (status, kind, reason)


def test_a_runner_that_vanished_is_lost(tmp_path: Path) -> None:
    ending = judge_job(manifest(tmp_path), None, RAISED, Death(pid=7, at=9.0))
    assert (ending.status, ending.exit.kind) == (RunStatus.FAILED, ExitKind.LOST)


def test_a_damaged_word_of_the_runner_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / EXIT_FILE).write_text("{")
    assert judge_job(manifest(tmp_path), None, None, Death(pid=7, at=9.0)).exit.kind is ExitKind.LOST


@pytest.mark.parametrize(
    ("facts", "status"), [({"code": 1}, RunStatus.QUEUED), ({"code": 0}, RunStatus.COMPLETED),
                          ({"cause": "canceled", "code": None}, RunStatus.CANCELED)],
)  # fmt: skip
def test_what_failed_and_may_be_started_again_is_queued(
    tmp_path: Path, facts: dict[str, Any], status: RunStatus
) -> None:
    put_exit(tmp_path, **facts)
    ending = judge_job(manifest(tmp_path, retries=1), None, RAISED, None)
    assert ending.status is status
    assert ("'x'" in ending.reason) == (status is RunStatus.QUEUED)


def started(status: RunStatus) -> MemoryStore:
    store = MemoryStore()
    store.runs.create(CreateRun(experiment="e", run_id="r", token="t", status=status, created_at=1.0))
    return store


def put_state(folder: Path, phase: Any, started_at: float | None) -> None:
    state = JobState(pid=1, started="", boot_id="", phase=phase, started_at=started_at, cgroup=None, processes=())
    (folder / STATE_FILE).write_bytes(msgspec.json.encode(state))


def test_running_is_said_once_the_script_was_started(tmp_path: Path) -> None:
    store, about = started(RunStatus.STARTING), manifest(tmp_path)
    assert not announce(store, about)
    put_state(tmp_path, "waiting", None)
    assert not announce(store, about)
    put_state(tmp_path, "running", began := time.time())
    assert announce(store, about)
    run = store.runs.get(GetRun(run_id="r"))
    assert (run.status, run.started_at, run.host) == (RunStatus.RUNNING, began, "h")
    store.close()


def test_running_does_not_undo_a_request_to_cancel(tmp_path: Path) -> None:
    store, about = started(RunStatus.STARTING), manifest(tmp_path)
    store.runs.update(UpdateRun(run_id="r", status=RunStatus.CANCEL_REQUESTED))
    put_state(tmp_path, "running", 2.0)
    assert announce(store, about)
    assert store.runs.get(GetRun(run_id="r")).status is RunStatus.CANCEL_REQUESTED
    store.close()


def test_a_script_that_is_over_already_has_run_too(tmp_path: Path) -> None:
    store, about = started(RunStatus.QUEUED), manifest(tmp_path)
    put_exit(tmp_path, started_at=2.0)
    assert announce(store, about)
    assert store.runs.get(GetRun(run_id="r")).started_at == 2.0
    store.close()
