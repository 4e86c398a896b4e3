"""A job folder's files are written whole and read back, and damage is said."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from runwatch.journal.job_file import (
    JobExit,
    JobFile,
    JobProcess,
    JobState,
    ProcessExit,
    ProcessState,
    read_exit,
    read_state,
    write_job,
)  # fmt: skip
from runwatch.schema.error import CorruptDataError

JOB = JobFile(
    run_id="r", attempt=1, grace_s=1.0, cwd="/w", environment={"A": "b"},
    processes=(JobProcess(argv=("true",), console="/c"),),
)  # fmt: skip
STATE = JobState(
    pid=3, started="b+1", boot_id="b", phase="running", started_at=1.5, cgroup=None,
    processes=(ProcessState(pid=4, started="b+2"),),
)  # fmt: skip
EXIT = JobExit(
    cause="exit", code=0, signal=None, rank=0, message="m", started_at=1.5, ended_at=2.5, left_behind=0,
    processes=(ProcessExit(code=0, signal=None),),
)  # fmt: skip


def test_the_job_is_for_its_owner_alone(tmp_path: Path) -> None:
    for _ in range(2):
        write_job(tmp_path, JOB)
    assert os.listdir(tmp_path) == ["job.json"]
    assert (tmp_path / "job.json").stat().st_mode & 0o777 == 0o600
    assert msgspec.json.decode((tmp_path / "job.json").read_bytes(), type=JobFile) == JOB
    assert msgspec.json.decode((tmp_path / "job.json").read_bytes())["v"] == 1


def test_a_failure_leaves_the_old_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_job(tmp_path, JOB)

    def fail(descriptor: int) -> None:
        raise OSError(28, "full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="full"):
        write_job(tmp_path, msgspec.structs.replace(JOB, run_id="other"))
    assert os.listdir(tmp_path) == ["job.json"]
    assert msgspec.json.decode((tmp_path / "job.json").read_bytes(), type=JobFile) == JOB


def test_what_is_not_there_is_none(tmp_path: Path) -> None:
    assert (read_state(tmp_path), read_exit(tmp_path)) == (None, None)
    assert read_exit(tmp_path / "none") is None


def test_round_trip(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_bytes(msgspec.json.encode(STATE))
    (tmp_path / "exit.json").write_bytes(msgspec.json.encode(EXIT))
    assert (read_state(tmp_path), read_exit(tmp_path)) == (STATE, EXIT)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"{}", b"\xff", b'{"v": 2}'])
def test_damage_is_said(tmp_path: Path, data: bytes) -> None:
    for name in ("state.json", "exit.json"):
        (tmp_path / name).write_bytes(data)
    with pytest.raises(CorruptDataError, match=r"state\.json"):
        read_state(tmp_path)
    with pytest.raises(CorruptDataError, match=r"exit\.json"):
        read_exit(tmp_path)


def test_a_version_of_the_future_is_refused(tmp_path: Path) -> None:
    (tmp_path / "exit.json").write_bytes(msgspec.json.encode(EXIT).replace(b'"v":1', b'"v":2'))
    with pytest.raises(CorruptDataError):
        read_exit(tmp_path)
