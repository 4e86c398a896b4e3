"""The contract of a back end: what every driver promises, as a test class that its author inherits.

It stands here and not in `runwatch.testing`, which knows stores alone: wings do not import one another.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

import pytest

from runwatch.compute.backend.protocol import Driver, Report, Stage, Submission

PATIENCE_S: Final = 60.0

ORDER: Final[tuple[Stage, ...]] = ("unknown", "queued", "preparing", "starting", "running", "ended")


class Make(Protocol):
    """Makes submissions of new runs."""

    def __call__(self, command: str, *, script: str = "", interpreter: str = "", grace_s: float = 15.0) -> Submission:
        """A job of a shell command, or of a script that was submitted.

        Args:
            command: For ``/bin/sh``; not used if there is a script.
            script: Its name.
            interpreter: The Python that is asked for.
            grace_s: See `runwatch.schema.launch.Launch`.
        """
        ...


class DriverContract:
    """Promises of a back end; a test class of a driver inherits them and supplies the fixtures."""

    @pytest.fixture
    def anew(self) -> Callable[[], Driver]:
        """Makes drivers of one and the same back end, each like that of an agent that has just been started."""
        raise NotImplementedError("A test of a driver supplies the fixture 'anew'.")

    @pytest.fixture
    def make(self) -> Make:
        """Makes submissions."""
        raise NotImplementedError("A test of a driver supplies the fixture 'make'.")

    @pytest.fixture
    def driver(self, anew: Callable[[], Driver]) -> Driver:
        """The driver most tests speak to."""
        return anew()

    def test_a_job_goes_through_its_stages_in_order(self, driver: Driver, make: Make, tmp_path: Path) -> None:
        """No stage is left out of order, and none is told that is over."""
        job = make(_waits(tmp_path))
        assert driver.submit(job, _yes) == job.native_id
        seen = [_stage(driver, job)]
        while seen[-1] != "ended":
            seen.append(_stage(driver, job))
            if seen[-1] == "running":
                (tmp_path / "go").touch()
            time.sleep(0.005)
        places = [ORDER.index(stage) for stage in seen]
        assert places == sorted(places)
        assert "unknown" not in seen
        assert "running" in seen

    def test_an_exit_code_is_told(self, driver: Driver, make: Make) -> None:
        """Whatever it is; the store is told by a watcher."""
        jobs = {code: make(f"exit {code}") for code in (0, 1, 7, 255)}
        for job in jobs.values():
            driver.submit(job, _yes)
        for code, job in jobs.items():
            found = _end(driver, job)
            assert found.exit is not None
            assert (found.exit.cause, found.exit.code) == ("exit", code)
            assert found.is_told

    def test_a_signal_is_told(self, driver: Driver, make: Make) -> None:
        """A script that was killed did not exit."""
        job = make("kill -9 $$")
        driver.submit(job, _yes)
        ended = _end(driver, job).exit
        assert ended is not None
        assert (ended.cause, ended.signal) == ("signal", 9)

    def test_submitting_twice_starts_once(self, driver: Driver, make: Make, tmp_path: Path) -> None:
        """Before, while and after the job runs."""
        job = make(f"echo begun >> {tmp_path / 'lines'}; {_waits(tmp_path)}")
        driver.submit(job, _yes)
        driver.submit(job, _yes)
        _await(driver, job, "running")
        driver.submit(job, _yes)
        (tmp_path / "go").touch()
        _end(driver, job)
        driver.submit(job, _yes)
        assert _stage(driver, job) == "ended"
        assert (tmp_path / "lines").read_text() == "begun\n"

    def test_a_job_that_nobody_submitted_is_unknown(self, driver: Driver, make: Make) -> None:
        """That is no error, and no job is made up."""
        assert driver.poll([make("true").native_id, "absent.1"]).popitem() == ("absent.1", _unlike("unknown", driver))
        assert driver.poll([]) == {}

    def test_all_jobs_are_told_that_were_asked_for(self, driver: Driver, make: Make) -> None:
        """In the order asked."""
        jobs = [make("true") for _ in range(3)]
        for job in jobs:
            driver.submit(job, _yes)
        assert list(driver.poll(job.native_id for job in jobs)) == [job.native_id for job in jobs]
        for job in jobs:
            _end(driver, job)

    def test_nothing_is_started_that_is_another_agents_by_now(self, driver: Driver, make: Make, tmp_path: Path) -> None:
        """The caller has the last word."""
        job = make(f"touch {tmp_path / 'begun'}")
        driver.submit(job, lambda: False)
        found = _end(driver, job)
        assert found.exit is not None
        assert found.exit.cause == "canceled"
        assert not found.is_told
        assert not (tmp_path / "begun").exists()

    def test_cancel_what_was_just_submitted(self, driver: Driver, make: Make, tmp_path: Path) -> None:
        """However far it has come."""
        job = make(_waits(tmp_path))
        driver.submit(job, _yes)
        driver.cancel(job.native_id)
        ended = _end(driver, job).exit
        assert ended is not None
        assert ended.cause == "canceled"

    def test_cancel_what_is_being_prepared(self, driver: Driver, make: Make, tmp_path: Path) -> None:
        """Nothing is started any more."""
        job = make(f"touch {tmp_path / 'begun'}", interpreter=_slow(tmp_path))
        driver.submit(job, _yes)
        _await(driver, job, "preparing")
        driver.cancel(job.native_id)
        (tmp_path / "go").touch()
        found = _end(driver, job)
        assert found.exit is not None
        assert found.exit.cause == "canceled"
        assert not (tmp_path / "begun").exists()

    def test_cancel_what_runs(self, driver: Driver, make: Make, tmp_path: Path) -> None:
        """Its script is told, once, and has its grace."""
        job = make(f"trap 'touch {tmp_path / 'told'}; exit 3' TERM; touch {tmp_path / 'on'}; {_waits(tmp_path)}")
        driver.submit(job, _yes)
        _wait_for(lambda: (tmp_path / "on").exists())
        for _ in range(3):  # however often it is said, it has its grace
            driver.cancel(job.native_id)
        ended = _end(driver, job).exit
        assert ended is not None
        assert ended.cause == "canceled"
        assert (tmp_path / "told").exists()

    def test_cancel_what_is_over_or_unknown(self, driver: Driver, make: Make) -> None:
        """That changes nothing."""
        job = make("exit 5")
        driver.submit(job, _yes)
        before = _end(driver, job)
        driver.cancel(job.native_id)
        driver.cancel("absent.1")
        assert driver.poll([job.native_id])[job.native_id] == before

    def test_a_script_that_is_missing_is_told(self, driver: Driver, make: Make) -> None:
        """By the agent: no watcher was there."""
        job = make("", script="absent.py")
        driver.submit(job, _yes)
        found = _end(driver, job)
        assert found.exit is not None
        assert found.exit.cause == "not_started"
        assert "absent.py" in found.exit.message
        assert not found.is_told

    def test_an_interpreter_that_is_missing_is_told(self, driver: Driver, make: Make, tmp_path: Path) -> None:
        """With its name."""
        job = make("true", interpreter=str(tmp_path / "no-python"))
        driver.submit(job, _yes)
        found = _end(driver, job)
        assert found.exit is not None
        assert found.exit.cause == "not_started"
        assert "no-python" in found.exit.message

    def test_a_driver_finds_the_jobs_of_another(
        self, anew: Callable[[], Driver], make: Make, tmp_path: Path
    ) -> None:  # fmt: skip
        """As after the death of an agent; how a job ended is told alike ever after."""
        first, job = anew(), make(f"echo begun >> {tmp_path / 'lines'}; {_waits(tmp_path)}; exit 4")
        first.submit(job, _yes)
        _await(first, job, "running")
        second = anew()
        assert _stage(second, job) == "running"
        second.submit(job, _yes)
        (tmp_path / "go").touch()
        ended = _end(second, job).exit
        assert ended is not None
        assert ended.code == 4
        assert _end(anew(), job).exit == ended
        assert (tmp_path / "lines").read_text() == "begun\n"

    def test_a_driver_cancels_the_job_of_another(
        self, anew: Callable[[], Driver], make: Make, tmp_path: Path
    ) -> None:  # fmt: skip
        """As after the death of an agent."""
        first, job = anew(), make(_waits(tmp_path))
        first.submit(job, _yes)
        _await(first, job, "running")
        second = anew()
        second.cancel(job.native_id)
        ended = _end(second, job).exit
        assert ended is not None
        assert ended.cause == "canceled"

    def test_there_is_something_to_run_on(self, driver: Driver) -> None:
        """A back end that has nothing runs nothing."""
        found = driver.capacity()
        assert found.nodes >= 1
        assert found.cpus >= 1
        assert found.memory_bytes > 0


def _yes() -> bool:
    return True


def _waits(folder: Path) -> str:
    return f"while [ ! -e {folder / 'go'} ]; do sleep 0.02; done"


def _slow(folder: Path) -> str:
    """An interpreter that does not answer before it is let."""
    path = folder / "slow-python"
    path.write_text(f'#!/bin/sh\n{_waits(folder)}\nexec python3 "$@"\n')
    path.chmod(0o755)
    return str(path)


def _stage(driver: Driver, job: Submission) -> Stage:
    return driver.poll([job.native_id])[job.native_id].stage


def _unlike(stage: Stage, driver: Driver) -> Report:
    return Report(stage=stage, node=driver.poll(["absent.1"])["absent.1"].node)


def _await(driver: Driver, job: Submission, stage: Stage) -> Report:
    _wait_for(lambda: _stage(driver, job) == stage)
    return driver.poll([job.native_id])[job.native_id]


def _end(driver: Driver, job: Submission) -> Report:
    return _await(driver, job, "ended")


def _wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)
