"""Several agents on one queue, agents that were held up, clocks that are set: no job runs twice, no slot too many."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runwatch.schema.run import RunStatus
from runwatch.store.location import open_store
from tests.faults.agency import Agency, await_that, serving
from tests.faults.serving import ServerNursery

LEASE_S = 6.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerNursery]:
    folder = tmp_path / "served"
    open_store(str(folder)).close()
    made = ServerNursery(folder)
    made.start()
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def shared(server: ServerNursery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Agency]:
    """A server's workspace: agents of two machines, each with a state folder of its own."""
    yield from serving(tmp_path, monkeypatch, server.url)


def test_two_machines_share_a_queue(shared: Agency) -> None:
    target = shared.cluster("pair", 2)
    runs = [shared.submit("open(here / f'{os.getpid()}.at', 'w'); time.sleep(0.2)", target) for _ in range(8)]
    shared.agent("one", state="one")
    shared.agent("two", state="two")
    seen = 0

    def is_done() -> bool:
        nonlocal seen
        jobs = [shared.job(run_id) for run_id in runs]
        seen = max(seen, len([job for job in jobs if job.state == "leased"]))
        return all(job.state == "ended" for job in jobs)

    await_that(is_done, shared.log)
    assert {run.status for run in shared.await_end(*runs)} == {RunStatus.COMPLETED}
    assert sorted(shared.lines()) == sorted(runs)
    assert seen <= 2


def test_what_runs_goes_on_while_its_agent_is_held_up(shared: Agency) -> None:
    """Another agent gets the lease, sees that the watcher speaks, and begins nothing."""
    run_id = shared.submit("wait('go')")
    first = shared.agent("one", lease_s=LEASE_S, state="one")
    shared.await_status(run_id, RunStatus.RUNNING)
    first.send_signal(signal.SIGSTOP)
    shared.agent("two", lease_s=15.0, state="two")
    await_that(lambda: shared.job(run_id).agent == "two", shared.log)
    first.send_signal(signal.SIGCONT)
    await_that(lambda: "taken over" in shared.log(), shared.log)
    shared.open("go")
    assert shared.await_end(run_id)[0].status is RunStatus.COMPLETED
    assert shared.lines() == [run_id]


def test_what_was_not_begun_is_begun_by_the_other_agent_alone(shared: Agency) -> None:
    slow = shared.root / "slow-python"
    gate = shared.root / "gate"
    slow.write_text(f'#!/bin/sh\nwhile [ ! -e {gate} ]; do sleep 0.02; done\nexec {sys.executable} "$@"\n')
    slow.chmod(0o755)
    run_id = shared.submit("wait('go')", environment={"interpreter": str(slow)})
    first = shared.agent("one", lease_s=LEASE_S, state="one")
    shared.await_status(run_id, RunStatus.PREPARING)
    await_that(lambda: (shared.folder_of("one", run_id) / "work" / "train.py").exists(), shared.log)
    first.send_signal(signal.SIGSTOP)
    shared.agent("two", lease_s=60.0, state="two")
    await_that(lambda: shared.job(run_id).agent == "two", shared.log)
    gate.touch()
    await_that(lambda: shared.lines() == [run_id], shared.log)
    first.send_signal(signal.SIGCONT)
    await_that(lambda: "taken over" in shared.log(), shared.log)
    await_that(lambda: not shared.folder_of("one", run_id).exists(), "the first one has let go of it")
    shared.open("go")
    assert shared.await_end(run_id)[0].status is RunStatus.COMPLETED
    assert shared.lines() == [run_id]


def test_a_run_is_lost_when_neither_agent_nor_watcher_speaks(shared: Agency) -> None:
    run_id = shared.submit("wait('go')")
    first = shared.agent("one", lease_s=LEASE_S, state="one")
    shared.await_status(run_id, RunStatus.RUNNING)
    first.send_signal(signal.SIGSTOP)
    await_that(lambda: bool(shared.watchers(run_id)), "its watcher is there")
    for watcher in shared.watchers(run_id):
        watcher.kill()
    shared.agent("two", lease_s=LEASE_S, state="two")
    run = shared.await_end(run_id)[0]
    assert run.status is RunStatus.FAILED
    assert run.error is not None
    assert run.error.code == "Lost"
    first.send_signal(signal.SIGCONT)
    await_that(lambda: not shared.folder_of("one", run_id).exists(), shared.log)
    assert shared.run(run_id).status is RunStatus.FAILED
    await_that(lambda: not shared.processes(), "the first agent has ended what it still had")
    assert shared.lines() == [run_id]


def test_jobs_go_on_while_the_server_is_away(shared: Agency, server: ServerNursery) -> None:
    runs = [shared.submit("wait('go')"), shared.submit("")]
    shared.agent()
    shared.await_status(runs[0], RunStatus.RUNNING)
    server.end()
    shared.open("go")
    await_that(lambda: "WARNING" in shared.log(), shared.log)
    server.start()
    assert {run.status for run in shared.await_end(*runs)} == {RunStatus.COMPLETED}
    assert sorted(shared.lines()) == sorted(runs)
