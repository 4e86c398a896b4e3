"""``runwatch submit``, ``rerun`` and ``cancel`` up to the queue: somebody is rung, and nobody takes the jobs."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from runwatch.cli.command.submit import environment_of
from runwatch.journal import location
from runwatch.schema.job import Job, JobState, LeaseJob, ListJobs, RenewJob
from runwatch.schema.launch import Launch
from runwatch.schema.run import GetRun, RunStatus
from tests.unit.cli.conftest import Cli, Maker


@pytest.fixture(autouse=True)
def bell(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Stands where an agent would listen, so that none is started."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("RUNWATCH_EXPERIMENT", raising=False)
    path = location.bell(location.compute_folder(str(place)))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(path))
        line.setblocking(False)
        yield line
    path.unlink()


@pytest.fixture
def source(tmp_path: Path) -> str:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "train.py").write_text("print('trained')")
    return "source"


def job_of(maker: Maker, run_id: str) -> Job:
    (job,) = maker.store.jobs.list(ListJobs(run_id=run_id, states=tuple(JobState))).jobs
    return job


def launch_of(maker: Maker, run_id: str) -> Launch:
    return msgspec.convert(job_of(maker, run_id).spec, Launch)


def test_a_script_is_queued_with_all_that_was_said(cli: Cli, maker: Maker, source: str, bell: socket.socket) -> None:
    made = cli(
        "submit", source, "train.py", "-e", "mine", "--env", sys.executable, "--name", "first", "--tag", "team=vision",
        "--tag", "flag", "--priority", "3", "--retries", "2", "--max-duration", "2h", "--json",
        "--", "--lr", "0.1", "-f",
    ).json  # fmt: skip
    run = maker.store.runs.get(GetRun(run_id=made["run_id"]))
    assert (made["status"], run.status) == ("Queued", RunStatus.QUEUED)
    assert made["link"].endswith(f"/experiments/mine/runs/{run.run_id}")
    assert (run.experiment, run.display_name, run.tags) == ("mine", "first", {"team": "vision", "flag": None})
    job, launch = job_of(maker, run.run_id), launch_of(maker, run.run_id)
    assert (job.priority, job.target, launch.retries, launch.max_duration_s) == (3, "local", 2, 7_200)
    assert (launch.script, launch.arguments) == ("train.py", ("--lr", "0.1", "-f"))
    assert (launch.environment.managed, launch.environment.interpreter) == (False, sys.executable)
    assert bell.recv(8)


def test_a_command_and_where_it_goes(cli: Cli, maker: Maker, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNWATCH_EXPERIMENT", "named")
    cli("compute", "create", "gpu", "--max-nodes", "1")
    answer = cli("submit", source, "--command", "make all", "--compute", "gpu")
    run_id = answer.lines[0]
    assert answer.code == 0
    assert answer.lines[1].strip().endswith(run_id)
    assert maker.store.runs.get(GetRun(run_id=run_id)).experiment == "named"
    assert (job_of(maker, run_id).target, launch_of(maker, run_id).command) == ("gpu", ("make all",))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["source"], "Nothing says what to run"),
        (["source", "none.py"], "There is no script"),
        (["none", "train.py"], "There is no folder"),
        (["source", "train.py", "--command", "make"], "no arguments beside it"),
        (["source", "train.py", "--compute", "none"], "none"),
        (["source", "train.py", "--max-duration", "soon"], "no length of time"),
        (["source", "train.py", "--env", "none.yml"], "none.yml"),
        (["source", "train.py", "--follow", "--json"], "--wait"),
    ],
)
def test_what_cannot_be_submitted_leaves_no_run(
    cli: Cli, maker: Maker, source: str, words: list[str], said: str
) -> None:
    answer = cli("submit", *words)
    assert answer.code == 1
    assert said in answer.err
    assert cli("runs", "--json").json["runs"] == []


def test_environments_by_what_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("needs.txt").write_text("numpy==2.0\n")
    Path("conda.yml").write_text("dependencies: [python=3.11, {pip: [scipy]}]\n")
    Path("venv").mkdir()
    assert environment_of("needs.txt")._to_spec().pip_packages == ("numpy==2.0",)
    assert environment_of("conda.yml")._to_spec().pip_packages == ("scipy",)
    assert environment_of("venv")._to_spec().interpreter == str(tmp_path / "venv")
    assert environment_of("venv/bin/python")._to_spec().interpreter == str(tmp_path / "venv" / "bin" / "python")
    assert environment_of("python3.11")._to_spec().interpreter == "python3.11"


def test_a_copy_has_the_same_source_and_what_was_changed(cli: Cli, maker: Maker, source: str) -> None:
    words = ["submit", source, "train.py", "--priority", "2", "--json", "--", "--lr", "0.1", "--deep=3"]
    first = cli(*words).json["run_id"]
    job = maker.store.jobs.lease(LeaseJob(target="local", agent="tester")).job
    assert job is not None
    maker.store.jobs.renew(RenewJob(job_id=job.job_id, agent="tester", attempt=job.attempt, ended=True))
    changed = cli("rerun", first[:-2], "--arg", "lr=0.5", "--arg", "deep=4", "--arg", "new", "--json").json["run_id"]
    assert launch_of(maker, changed).arguments == ("--lr", "0.5", "--deep=4", "--new")
    run, before = (maker.store.runs.get(GetRun(run_id=each)) for each in (changed, first))
    assert run.properties["runwatch.copied_from"] == first
    assert run.properties["ContentSnapshotId"] == before.properties["ContentSnapshotId"]
    assert run.definition["arguments"] == ["--lr", "0.5", "--deep=4", "--new"]
    assert job_of(maker, changed).priority == 2
    assert [each["path"] for each in cli("files", changed, "snapshot", "--json").json["files"]] == ["snapshot/train.py"]
    anew = cli("rerun", changed, "--priority", "0", "--json", "--", "one").json["run_id"]
    assert (launch_of(maker, anew).arguments, job_of(maker, anew).priority) == (("one",), 0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["plain"], "was not submitted"),
        (["command", "--arg", "x=1"], "submitted with a command"),
        (["script", "--arg", "x=1", "--", "y"], "one of the two"),
        (["script", "--compute", "none"], "none"),
    ],
)
def test_what_cannot_be_copied(cli: Cli, maker: Maker, source: str, words: list[str], said: str) -> None:
    maker.run("plain")
    known = {
        "plain": "plain",
        "script": cli("submit", source, "train.py", "--json").json["run_id"],
        "command": cli("submit", source, "--command", "true", "--json").json["run_id"],
    }
    answer = cli("rerun", known[words[0]], *words[1:])
    assert answer.code == 1
    assert said in answer.err
    assert len(cli("runs", "--json").json["runs"]) == 3


def test_cancelling(cli: Cli, maker: Maker, source: str) -> None:
    running, queued = (cli("submit", source, "train.py", "--json").json["run_id"] for _ in range(2))
    job = maker.store.jobs.lease(LeaseJob(target="local", agent="tester")).job
    assert job is not None
    assert job.run_id == running
    maker.run("done")
    maker.end("done")
    answer = cli("cancel", running, queued, "done")
    assert answer.lines == [f"Ending {running}", f"Canceled {queued}"]
    assert "done had ended: Completed" in answer.err
    assert job_of(maker, running).cancel_requested
    assert job_of(maker, queued).state is JobState.ENDED
    assert cli("cancel", queued, "--json").json == {"runs": [{"run_id": queued, "status": "Canceled"}]}


def test_nothing_is_cancelled_if_a_run_is_not_there(cli: Cli, maker: Maker, source: str) -> None:
    queued = cli("submit", source, "train.py", "--json").json["run_id"]
    assert cli("cancel", queued, "none").code == 1
    assert job_of(maker, queued).state is JobState.QUEUED
