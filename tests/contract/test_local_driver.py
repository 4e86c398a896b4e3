"""The contract of a back end over this machine, with real runners and watchers."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from runwatch.compute.backend.contract import DriverContract, Make
from runwatch.compute.backend.local import LocalDriver
from runwatch.compute.backend.protocol import Submission
from runwatch.journal import job_file, location
from runwatch.schema.launch import EnvironmentSpec, Launch
from runwatch.store.location import open_store
from runwatch.store.protocol import Store
from runwatch.testing.sample import new_run


class TestLocalDriver(DriverContract):
    @pytest.fixture
    def workspace(self, tmp_path: Path) -> str:
        return str(tmp_path / "workspace")

    @pytest.fixture
    def store(self, workspace: str) -> Iterator[Store]:
        store = open_store(workspace)
        yield store
        store.close()

    @pytest.fixture
    def anew(self, store: Store, workspace: str, tmp_path: Path) -> Iterator[Callable[[], LocalDriver]]:
        made: list[LocalDriver] = []

        def make() -> LocalDriver:
            made.append(LocalDriver(store, workspace, tmp_path / "environments", lambda: None))
            return made[-1]

        yield make
        (tmp_path / "go").touch()
        end_all(workspace)
        for driver in made:
            driver.stop()
        for folder in (location.compute_folder(workspace) / "jobs").glob("*/*"):
            location.bell(folder).unlink(missing_ok=True)

    @pytest.fixture
    def make(self, store: Store) -> Make:
        def make(command: str, *, script: str = "", interpreter: str = "", grace_s: float = 15.0) -> Submission:
            launch = Launch(
                command=() if script else (command,), script=script, grace_s=grace_s,
                environment=EnvironmentSpec(interpreter=interpreter),
            )  # fmt: skip
            return Submission(run=new_run(store), attempt=1, launch=launch)

        return make

    def test_what_was_only_prepared_is_prepared_anew(
        self, anew: Callable[[], LocalDriver], make: Make, tmp_path: Path, workspace: str
    ) -> None:
        """As an agent leaves it that is killed before the runner starts."""
        job = make(f"touch {tmp_path / 'begun'}")
        folder = location.job_folder(workspace, job.run.run_id, 1)
        (folder / "work" / "half").mkdir(parents=True)
        driver = anew()
        assert driver.poll([job.native_id])[job.native_id].stage == "unknown"
        driver.submit(job, lambda: True)
        await_that(lambda: driver.poll([job.native_id])[job.native_id].stage == "ended")
        assert (tmp_path / "begun").exists()
        assert not (folder / "work" / "half").exists()

    def test_a_job_whose_runner_was_killed_is_lost(
        self, anew: Callable[[], LocalDriver], make: Make, tmp_path: Path, workspace: str
    ) -> None:
        job, driver = make(f"while [ ! -e {tmp_path / 'go'} ]; do sleep 0.02; done"), anew()
        driver.submit(job, lambda: True)
        await_that(lambda: driver.poll([job.native_id])[job.native_id].stage == "running")
        state = job_file.read_state(location.job_folder(workspace, job.run.run_id, 1))
        assert state is not None
        os.kill(state.pid, signal.SIGKILL)
        await_that(lambda: driver.poll([job.native_id])[job.native_id].stage == "ended")
        found = anew().poll([job.native_id])[job.native_id]
        assert found.is_told
        assert "vanished" in found.reason

    def test_a_job_that_is_carried_can_be_cleared(
        self, anew: Callable[[], LocalDriver], make: Make, workspace: str
    ) -> None:
        job, driver = make("true"), anew()
        driver.submit(job, lambda: True)
        await_that(lambda: driver.poll([job.native_id])[job.native_id].stage == "ended")
        folder = location.job_folder(workspace, job.run.run_id, 1)
        driver.sweep([job.native_id])
        assert folder.exists()
        await_that(lambda: driver.is_carried(job.native_id))
        driver.sweep([])
        assert not folder.parent.exists()
        assert not location.bell(folder).exists()
        assert driver.poll([job.native_id])[job.native_id].stage == "unknown"


def await_that(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def end_all(workspace: str) -> None:
    """Wait until the watchers of a workspace have done their work, so that none is left behind."""
    await_that(lambda: not [made for made in psutil.process_iter() if workspace in line(made)])


def line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
