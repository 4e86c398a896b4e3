"""Scripts of every bad kind, limits and repetitions, from the submission to the status of the run."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from runwatch.schema.artifact import ReadArtifact
from runwatch.schema.job import JobState, ListJobs
from runwatch.schema.launch import Launch
from runwatch.schema.metric import ReadMetric
from runwatch.schema.run import ExitKind, RunStatus
from runwatch.sdk import submission
from runwatch.sdk.watcher.token import is_alive, process_token
from tests.faults import mount
from tests.faults.agency import Agency, agency, await_that

__all__ = ["agency"]

QUEUE = int(os.environ.get("RUNWATCH_TEST_QUEUE", "12"))
"""How many jobs the long queue has; 500 take some minutes."""

LINGERS = "sleep 0.1"

LOG = "azureml-logs/70_driver_log.txt"

IGNORES = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(600)
"""

DAEMON = """
if os.fork() == 0:
    os.setsid()
    if os.fork():
        os._exit(0)
    (here / "daemon").write_text(str(os.getpid()))
    time.sleep(600)
while not (here / "daemon").exists() or not (here / "daemon").read_text():
    time.sleep(0.01)
wait("looked")
"""


def read(agency: Agency, run_id: str, path: str = LOG) -> bytes:
    return agency.store.artifacts.read(ReadArtifact(run_id=run_id, path=path)).data


def test_each_way_to_end_is_told(agency: Agency) -> None:
    """All at once, in four slots; how each ended and what it had printed."""
    target = agency.cluster("four", 4)
    scripts = {
        "no newline": "print('no newline', end='')",
        "not utf-8": "sys.stdout.buffer.write(b'\\xff\\xfe\\x00 text')",
        "signal": "import signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "at once": "print('at once', flush=True); os._exit(7)",
        "folder gone": "import shutil; shutil.rmtree(os.getcwd()); print('folder gone')",
        "raises": "raise ValueError('bad figure')",
    }
    agency.agent()
    runs = {name: agency.submit(script, target) for name, script in scripts.items()}
    ended = dict(zip(runs, agency.await_end(*runs.values()), strict=True))
    told = {name: (run.status, run.exit and run.exit.kind) for name, run in ended.items()}
    assert told == {
        "no newline": (RunStatus.COMPLETED, ExitKind.COMPLETED),
        "not utf-8": (RunStatus.COMPLETED, ExitKind.COMPLETED),
        "signal": (RunStatus.FAILED, ExitKind.SIGNAL),
        "at once": (RunStatus.FAILED, ExitKind.EXIT_CODE),
        "folder gone": (RunStatus.COMPLETED, ExitKind.COMPLETED),
        "raises": (RunStatus.FAILED, ExitKind.EXCEPTION),
    }
    assert ended["at once"].exit is not None
    assert ended["at once"].exit.code == 7
    assert ended["raises"].error is not None
    assert ended["raises"].error.message == "ValueError: bad figure"
    assert read(agency, runs["no newline"]) == b"no newline"
    assert read(agency, runs["not utf-8"]) == b"\xff\xfe\x00 text"
    assert read(agency, runs["folder gone"]) == b"folder gone\n"
    assert sorted(agency.lines()) == sorted(runs.values())


def test_a_deaf_script_is_canceled_after_its_grace(agency: Agency) -> None:
    agency.agent()
    run_id = agency.submit(IGNORES, grace_s=2.0)
    await_that(lambda: b"deaf" in agency.console(run_id), agency.log)
    agency.await_status(run_id, RunStatus.RUNNING)
    at = time.monotonic()
    agency.cancel(run_id)
    run = agency.await_end(run_id)[0]
    assert run.status is RunStatus.CANCELED
    assert time.monotonic() - at >= 2.0  # it had its grace: told once, not twice


def test_daemons_end_with_their_job(agency: Agency) -> None:
    agency.agent()
    run_id = agency.submit(DAEMON)
    await_that(lambda: (agency.root / "daemon").exists() and (agency.root / "daemon").read_text() != "", agency.log)
    daemon = int((agency.root / "daemon").read_text())
    token = process_token(daemon)
    assert token
    agency.open("looked")
    assert agency.await_end(run_id)[0].status is RunStatus.COMPLETED
    assert not is_alive(daemon, token)


def test_a_full_disk_fails_the_script_and_not_the_run(agency: Agency) -> None:
    with mount.small(agency.root / "workspace" / "compute", 8):
        agency.agent()
        run_id = agency.submit("print('start', flush=True)\nopen('big', 'wb').write(b'x' * (64 << 20))")
        run = agency.await_end(run_id)[0]
        assert run.status is RunStatus.FAILED
        assert run.error is not None
        assert "No space left" in run.error.message
        assert agency.lines() == [run_id]
        agents = [made for made in agency.processes() if "watcher" in " ".join(made.cmdline())]
        await_that(lambda: not any(made.is_running() for made in agents), "no watcher is left")
        agency.end_agents()


def test_a_job_that_takes_too_long_is_ended(agency: Agency) -> None:
    agency.agent()
    run_id = agency.submit("time.sleep(600)", max_duration_s=0.5)
    run = agency.await_end(run_id)[0]
    assert run.status is RunStatus.FAILED
    assert run.exit is not None
    assert run.exit.kind is ExitKind.TIME_OUT


def test_a_job_that_fails_is_tried_again_and_keeps_what_it_logged(agency: Agency) -> None:
    script = """
import runwatch
attempt = int(os.environ["RUNWATCH_ATTEMPT"])
runwatch.Run.get_context().log("loss", attempt)
print("attempt", attempt)
sys.exit(0 if attempt == 3 else 1)
"""
    agency.agent()
    run_id = agency.submit(script, retries=2)
    run = agency.await_end(run_id)[0]
    assert run.status is RunStatus.COMPLETED
    assert run.attempt == 3
    assert agency.lines() == [run_id] * 3
    told = [change.status for change in run.history if change.status in {RunStatus.QUEUED, RunStatus.RUNNING}]
    assert told.count(RunStatus.RUNNING) == 3
    assert told[-2:] == [RunStatus.QUEUED, RunStatus.RUNNING]
    rows = agency.store.metrics.read(ReadMetric(run_id=run_id, name="loss"))
    assert rows.total == 3
    assert read(agency, run_id) == b"attempt 3\n"


def test_tries_come_to_an_end(agency: Agency) -> None:
    agency.agent()
    run_id = agency.submit("sys.exit(4)", retries=1)
    run = agency.await_end(run_id)[0]
    assert (run.status, run.attempt) == (RunStatus.FAILED, 2)
    assert agency.lines() == [run_id] * 2


def test_whoever_is_canceled_is_not_tried_again(agency: Agency) -> None:
    agency.agent()
    run_id = agency.submit("print('on', flush=True); wait('never')", retries=5)
    await_that(lambda: b"on" in agency.console(run_id), agency.log)
    agency.cancel(run_id)
    assert agency.await_end(run_id)[0].status is RunStatus.CANCELED
    assert agency.lines() == [run_id]


def test_canceled_in_the_queue_or_while_prepared(agency: Agency) -> None:
    target = agency.cluster("single", 1)
    gate, slow = agency.root / "gate", agency.root / "slow-python"
    slow.write_text(f'#!/bin/sh\nwhile [ ! -e {gate} ]; do sleep 0.02; done\nexec python3 "$@"\n')
    slow.chmod(0o755)
    agency.agent()
    preparing = agency.submit("", target, environment={"interpreter": str(slow)})
    queued = agency.submit("", target)
    agency.await_status(preparing, RunStatus.PREPARING)
    agency.cancel(queued)
    assert agency.run(queued).status is RunStatus.CANCELED
    assert agency.job(queued).state is JobState.ENDED
    agency.cancel(preparing)
    gate.touch()
    assert agency.await_end(preparing)[0].status is RunStatus.CANCELED
    assert agency.lines() == []


def test_children_are_canceled_with_their_parent(agency: Agency) -> None:
    target = agency.cluster("pair", 2)
    agency.agent()
    parent = agency.submit("wait('never')", target)
    agency.await_status(parent, RunStatus.RUNNING)
    launch = Launch(command=("sleep", "600"))
    child = submission.send(
        agency.location, "faults", launch, target, definition={}, source=None, parent_run_id=parent
    ).run_id  # fmt: skip
    agency.await_status(child, RunStatus.RUNNING)
    agency.cancel(parent)
    assert [run.status for run in agency.await_end(parent, child)] == [RunStatus.CANCELED] * 2


def test_higher_priorities_go_first_and_equal_ones_in_order(agency: Agency) -> None:
    target = agency.cluster("single", 1)
    plan = [(name, priority) for name, priority in zip("abcdef", (0, 0, 5, 0, 5, 9), strict=True)]
    runs = {name: agency.submit("", target, priority=priority) for name, priority in plan}
    agency.agent()
    agency.await_end(*runs.values())
    assert agency.lines() == [runs[name] for name in "fceabd"]


def test_a_long_queue_drains_in_order_with_all_slots_busy(agency: Agency) -> None:
    target = agency.cluster("four", 4)
    lines = agency.root / "begun"
    runs = [agency.submit_command(f"echo $RUNWATCH_RUN_ID >> {lines}; {LINGERS}", target=target) for _ in range(QUEUE)]
    agency.agent()
    busy: list[int] = []

    def is_drained() -> bool:
        jobs = agency.store.jobs.list(ListJobs(target=target, limit=1_000)).jobs
        busy.append(len([job for job in jobs if job.state is JobState.LEASED]))
        return not jobs

    await_that(is_drained, agency.log, patience_s=200 + QUEUE)
    begun = lines.read_text().split()
    assert sorted(begun) == sorted(runs)
    assert max(abs(begun.index(run_id) - place) for place, run_id in enumerate(runs)) <= 4  # slots beside one another
    assert max(busy) == 4
    assert {run.status for run in agency.await_end(*runs)} == {RunStatus.COMPLETED}


def test_what_cannot_be_started_says_why(agency: Agency) -> None:
    agency.agent()
    absent = agency.submit("", script="absent.py")
    wrong = agency.submit("", environment={"interpreter": str(agency.root / "no-python")})
    ended = agency.await_end(absent, wrong)
    assert [run.status for run in ended] == [RunStatus.FAILED] * 2
    assert ended[0].error is not None
    assert "absent.py is not in what was submitted" in ended[0].error.message
    assert ended[1].error is not None
    assert "no-python" in ended[1].error.message
    assert agency.lines() == []


def test_gpus_are_shared_out_among_the_slots(agency: Agency) -> None:
    target = agency.cluster("pair", 2)
    script = """
(here / os.environ["RUNWATCH_RUN_ID"]).write_text(os.environ["CUDA_VISIBLE_DEVICES"])
wait("go")
"""
    agency.agent(RUNWATCH_GPUS="0,1,2,3")
    first, second, third = (agency.submit(script, target) for _ in range(3))
    await_that(lambda: (agency.root / first).exists() and (agency.root / second).exists(), agency.log)
    agency.open("go")
    agency.await_end(first, second, third)
    given = [set((agency.root / run_id).read_text().split(",")) for run_id in (first, second, third)]
    assert [len(gpus) for gpus in given] == [2, 2, 2]
    assert given[0] | given[1] == {"0", "1", "2", "3"}


def test_a_job_waits_for_as_many_gpus_as_it_asks_for(agency: Agency) -> None:
    target = agency.cluster("pair", 2)
    script = "(here / os.environ['RUNWATCH_RUN_ID']).write_text(os.environ['CUDA_VISIBLE_DEVICES']); wait('go')"
    agency.agent(RUNWATCH_GPUS="a,b,c")
    first = agency.submit(script, target, gpus=2)
    await_that(lambda: (agency.root / first).exists(), agency.log)
    second, many = agency.submit(script, target, gpus=2), agency.submit(script, gpus=4)
    run = agency.await_end(many)[0]
    assert run.error is not None
    assert "asks for 4 GPUs" in run.error.message
    agency.await_status(second, RunStatus.PREPARING)
    assert agency.lines() == [first]
    agency.open("go")
    agency.await_end(first, second)
    assert len((agency.root / second).read_text().split(",")) == 2


def test_a_script_that_takes_all_memory_is_told(agency: Agency) -> None:
    group = memory_group()
    try:
        made = agency.agent()
        (group / "cgroup.procs").write_text(str(made.pid))
        run_id = agency.submit("held = [bytearray(1 << 20) for _ in range(2000)]")
        run = agency.await_end(run_id)[0]
        assert run.status is RunStatus.FAILED
        assert run.exit is not None
        assert run.exit.kind is ExitKind.OUT_OF_MEMORY
    finally:
        agency.end_agents()
        await_that(lambda: not (group / "cgroup.procs").read_text(), "the group is empty")
        group.rmdir()


def memory_group() -> Path:
    top = Path("/sys/fs/cgroup")
    for root, limit in ((top / "memory", "memory.limit_in_bytes"), (top, "memory.max")):
        group = root / f"runwatch-test-{os.getpid()}"
        try:
            group.mkdir()
            (group / limit).write_text(str(700 << 20))
        except OSError:
            if group.is_dir():
                group.rmdir()
            continue
        return group
    pytest.skip("no memory control group can be made here")
