"""Agents, runners and watchers that are killed: what runs goes on, what waits is begun, nothing is begun twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from runwatch.compute.agent.ghost import GHOST_S, Ghosts
from runwatch.journal import location
from runwatch.schema.metric import ReadMetric
from runwatch.schema.run import ExitKind, RunStatus
from runwatch.sdk.watcher.token import is_alive, process_token
from tests.faults.agency import Agency, agency, await_that, kill

__all__ = ["agency"]

WAITS = "wait('go')"


def test_jobs_go_on_without_an_agent_and_the_next_one_adopts_them(agency: Agency) -> None:
    target = agency.cluster("pair", 2)
    runs = [agency.submit(WAITS, target) for _ in range(4)]
    first = agency.agent()
    await_that(lambda: len(agency.lines()) == 2, agency.log)
    for run_id in runs[:2]:
        agency.await_status(run_id, RunStatus.RUNNING)
    kill(first)
    agency.agent()
    await_that(lambda: agency.log().count("going on with") == 2, agency.log)
    assert [agency.run(run_id).status for run_id in runs[2:]] == [RunStatus.QUEUED] * 2
    agency.open("go")
    ended = agency.await_end(*runs)
    assert [run.status for run in ended] == [RunStatus.COMPLETED] * 4
    assert sorted(agency.lines()) == sorted(runs)
    assert [agency.job(run_id).attempt for run_id in runs] == [1] * 4
    await_that(lambda: not agency.processes(), "nothing is left")
    await_that(lambda: not list((agency.root / "workspace" / "compute" / "jobs").iterdir()), "no folder is left")
    assert not [run_id for run_id in runs if location.bell(agency.folder(run_id)).exists()]


def test_a_run_ends_right_while_no_agent_is_there(agency: Agency) -> None:
    run_id = agency.submit(WAITS + "; sys.exit(3)")
    made = agency.agent()
    agency.await_status(run_id, RunStatus.RUNNING)
    kill(made)
    agency.open("go")
    run = agency.await_status(run_id, RunStatus.FAILED)
    assert run.exit is not None
    assert (run.exit.kind, run.exit.code) == (ExitKind.EXIT_CODE, 3)
    agency.agent()
    agency.await_end(run_id)
    assert agency.lines() == [run_id]


def test_what_was_being_prepared_is_prepared_anew(agency: Agency) -> None:
    slow = agency.root / "slow-python"
    gate = agency.root / "gate"
    slow.write_text(f'#!/bin/sh\nwhile [ ! -e {gate} ]; do sleep 0.02; done\nexec {sys.executable} "$@"\n')
    slow.chmod(0o755)
    run_id = agency.submit("print('done')", environment={"interpreter": str(slow)})
    made = agency.agent()
    agency.await_status(run_id, RunStatus.PREPARING)
    await_that(lambda: (agency.folder(run_id) / "work" / "train.py").exists(), agency.log)
    kill(made)
    gate.touch()
    assert agency.lines() == []
    agency.agent()
    assert agency.await_end(run_id)[0].status is RunStatus.COMPLETED
    assert agency.lines() == [run_id]


def test_a_killed_watcher_comes_back_and_the_journal_is_whole(agency: Agency) -> None:
    script = """
import runwatch
run = runwatch.Run.get_context()
for number in range(500):
    run.log("loss", number)
print("half", flush=True)
wait("go")
for number in range(500, 1000):
    run.log("loss", number)
"""
    run_id = agency.submit(script)
    agency.agent()
    agency.await_status(run_id, RunStatus.RUNNING)
    await_that(lambda: b"half" in agency.console(run_id), agency.log)
    for watcher in agency.watchers(run_id):
        watcher.kill()
    await_that(lambda: bool(agency.watchers(run_id)), "the agent starts a watcher while the job runs")
    agency.open("go")
    assert agency.await_end(run_id)[0].status is RunStatus.COMPLETED
    found = agency.store.metrics.read(ReadMetric(run_id=run_id, name="loss"))
    assert found.total == 1000


def test_a_killed_runner_is_told_and_leaves_nothing(agency: Agency) -> None:
    script = """
import subprocess
daemon = "import os, time; os.setsid(); open({where!r}, 'w').write(str(os.getpid())); time.sleep(600)"
subprocess.Popen([sys.executable, "-c", daemon])
time.sleep(600)
""".format(where=str(agency.root / "daemon"))
    run_id = agency.submit(script)
    agency.agent()
    agency.await_status(run_id, RunStatus.RUNNING)
    await_that(lambda: (agency.root / "daemon").exists() and (agency.root / "daemon").read_text() != "", agency.log)
    daemon = int((agency.root / "daemon").read_text())
    token = process_token(daemon)
    os.kill(agency.runner(run_id), signal.SIGKILL)
    run = agency.await_end(run_id)[0]
    assert run.status is RunStatus.FAILED
    assert run.exit is not None
    assert run.exit.kind is ExitKind.LOST
    assert run.error is not None
    assert "was ended from outside" in run.error.message
    await_that(lambda: not is_alive(daemon, token), "the daemon was ended too")
    assert agency.lines() == [run_id]


SUBMITTER = """
import os, signal, sys
from runwatch.schema.launch import Launch
from runwatch.sdk import submission
from runwatch.sdk import agent
agent._start = lambda *given: None
if sys.argv[2] == "half":
    submission.put = lambda *given: os.kill(os.getpid(), signal.SIGKILL)
launch = Launch(script="train.py")
submission.send(sys.argv[1], "faults", launch, "local", definition={}, source=sys.argv[3], run_id="made")
os.kill(os.getpid(), signal.SIGKILL)
"""


def submit_and_die(agency: Agency, how: str) -> None:
    source = agency.root / "source"
    source.mkdir()
    (source / "train.py").write_text("print('done')")
    line = [sys.executable, "-c", SUBMITTER, agency.location, how, str(source)]
    assert subprocess.run(line, check=False, env=os.environ).returncode == -signal.SIGKILL


def test_the_run_of_a_killed_submitter_goes_on(agency: Agency) -> None:
    submit_and_die(agency, "whole")
    agency.agent()
    assert agency.await_end("made")[0].status is RunStatus.COMPLETED


def test_a_run_that_was_half_submitted_is_told(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    submit_and_die(agency, "half")
    assert agency.run("made").status is RunStatus.NOT_STARTED
    Ghosts(agency.store).lay()
    assert agency.run("made").status is RunStatus.NOT_STARTED  # it might still be on its way
    now = time.time
    monkeypatch.setattr("time.time", lambda: now() + GHOST_S + 1)
    Ghosts(agency.store).lay()
    run = agency.run("made")
    assert run.status is RunStatus.FAILED
    assert run.error is not None
    assert "broken off" in run.error.message


def test_a_second_agent_of_a_machine_leaves(agency: Agency) -> None:
    agency.agent()
    second = agency.agent("other", wait=False)
    assert second.wait(60) == 3


def test_the_processes_of_a_test_can_be_seen(agency: Agency) -> None:
    """A control: what the other tests find nothing of is found while it runs."""
    run_id = agency.submit(WAITS)
    agency.agent()
    agency.await_status(run_id, RunStatus.RUNNING)
    assert agency.runner(run_id) in [made.pid for made in agency.processes()]
    assert len(agency.watchers(run_id)) == 1
    assert psutil.pid_exists(agency.runner(run_id))
    agency.open("go")
    agency.await_end(run_id)
