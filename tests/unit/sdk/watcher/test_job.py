"""How a submitted run, or a command in the foreground, ended: by what its starter says."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from runwatch.journal.job_file import EXIT_FILE, Cause, JobExit
from runwatch.journal.manifest import read_manifest
from runwatch.schema.run import ExitKind, RunStatus
from runwatch.sdk.watcher.ending import Death
from runwatch.sdk.watcher.job import judge_job
from tests.unit.sdk.watcher.scene import make_journal


def tell(folder: Path, cause: Cause, *, code: int | None = None, signal: int | None = None) -> None:
    made = JobExit(
        cause=cause, code=code, signal=signal, rank=0, message="what was seen", started_at=1.0, ended_at=2.0,
        left_behind=0, processes=(),
    )  # fmt: skip
    (folder / EXIT_FILE).write_bytes(msgspec.json.encode(made))


@pytest.mark.parametrize(
    ("cause", "code", "signal", "status", "kind"),
    [
        ("exit", 0, None, RunStatus.COMPLETED, ExitKind.COMPLETED),
        ("exit", 3, None, RunStatus.FAILED, ExitKind.EXIT_CODE),
        ("signal", None, 15, RunStatus.FAILED, ExitKind.SIGNAL),
        ("interrupted", None, 2, RunStatus.CANCELED, ExitKind.INTERRUPTED),
        ("interrupted", 4, None, RunStatus.CANCELED, ExitKind.INTERRUPTED),
        ("canceled", None, 15, RunStatus.CANCELED, ExitKind.CANCELED),
        ("not_started", 127, None, RunStatus.FAILED, ExitKind.NOT_STARTED),
    ],
)
def test_what_is_said_is_what_counts(
    tmp_path: Path, cause: Cause, code: int | None, signal: int | None, status: RunStatus, kind: ExitKind
) -> None:
    folder = make_journal(tmp_path, job=str(tmp_path))
    tell(tmp_path, cause, code=code, signal=signal)
    ending = judge_job(read_manifest(folder), None, None, None)
    assert (ending.status, ending.exit.kind, ending.exit.code, ending.exit.signal) == (status, kind, code, signal)
    assert (ending.exit.evidence, ending.exit.at) == ("what was seen", 2.0)


def test_a_starter_that_was_killed_said_nothing(tmp_path: Path) -> None:
    folder = make_journal(tmp_path, job=str(tmp_path))
    ending = judge_job(read_manifest(folder), None, None, Death(pid=7, wait_status=9, at=5.0))
    assert (ending.status, ending.exit.kind, ending.exit.signal) == (RunStatus.FAILED, ExitKind.SIGNAL, 9)
