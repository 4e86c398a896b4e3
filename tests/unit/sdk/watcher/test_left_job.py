"""Jobs whose runner was left, or killed, before it could say how they ended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runwatch.journal.manifest import Manifest
from runwatch.schema.run import CreateRun, ExitKind, RunStatus
from runwatch.sdk.watcher.ending import Death
from runwatch.sdk.watcher.job import judge_job

STATE = {"v": 1, "pid": 7, "started": "", "boot_id": "", "phase": "waiting", "started_at": None, "cgroup": None,
         "processes": []}  # fmt: skip


def manifest(job: Path | None, retries: int = 0) -> Manifest:
    return Manifest(
        run_id="run", workspace="/w", create=CreateRun(experiment="e", run_id="run", token="t", created_at=1.0), pid=7,
        process_started="", host="here", cwd="/", created_at=1.0, job=None if job is None else str(job),
        retries=retries,
    )  # fmt: skip


def ended(cause: str) -> dict[str, object]:
    return {"v": 1, "cause": cause, "code": None, "signal": None, "rank": 0, "message": "left", "started_at": None,
            "ended_at": 2.0, "left_behind": 0, "processes": []}  # fmt: skip


@pytest.mark.parametrize(
    ("cause", "has_state", "is_left"),
    [("not_started", True, True), ("not_started", False, False), ("canceled", True, False), ("exit", True, False)],
)
def test_a_runner_that_was_left(tmp_path: Path, cause: str, has_state: bool, is_left: bool) -> None:
    if has_state:
        (tmp_path / "state.json").write_text(json.dumps(STATE))
    (tmp_path / "exit.json").write_text(json.dumps(ended(cause)))
    assert manifest(tmp_path).was_left is is_left


def test_a_run_that_was_not_submitted_was_never_left() -> None:
    assert not manifest(None).was_left


@pytest.mark.parametrize(
    ("death", "kind"),
    [
        (Death(pid=7, wait_status=9, at=3.0), ExitKind.LOST),
        (Death(pid=7, lost="nobody saw it", at=3.0), ExitKind.LOST),
        (Death(pid=7, out_of_memory="the counter grew", at=3.0), ExitKind.OUT_OF_MEMORY),
    ],
)
def test_a_runner_that_was_killed(tmp_path: Path, death: Death, kind: ExitKind) -> None:
    ending = judge_job(manifest(tmp_path), None, None, death)
    assert (ending.status, ending.exit.kind) == (RunStatus.FAILED, kind)
    again = judge_job(manifest(tmp_path, retries=1), None, None, death)
    assert again.status is RunStatus.QUEUED
