"""The promise of a back end: four verbs, the same for this machine, Slurm, Ray and what comes later."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal, Protocol

from msgspec import Struct

from runwatch.journal.job_file import JobExit
from runwatch.schema.launch import Launch
from runwatch.schema.run import Run

Stage = Literal["unknown", "queued", "preparing", "starting", "running", "ended"]
"""Where a job stands. ``unknown``: the back end has never heard of it, or has lost every trace."""


class Submission(Struct, frozen=True, kw_only=True):
    """One start of a run.

    Attributes:
        run: The run.
        attempt: Which start, from 1.
        launch: What is started.
        slots: How many jobs its target may run at once: so many share the GPUs.
    """

    run: Run
    attempt: int
    launch: Launch
    slots: int = 1

    @property
    def native_id(self) -> str:
        """The name that every back end gives it: asking for the same start twice starts it once."""
        return native_id(self.run.run_id, self.attempt)


class Report(Struct, frozen=True, kw_only=True):
    """What a back end knows of a job.

    Attributes:
        stage: Where it stands.
        reason: One sentence, where there is something to say.
        exit: How it ended, once it has.
        is_told: A watcher tells the store how it goes and how it ended; else the agent has to.
        node: The machine it is on.
    """

    stage: Stage
    reason: str = ""
    exit: JobExit | None = None
    is_told: bool = False
    node: str = ""


class Capacity(Struct, frozen=True, kw_only=True):
    """What a back end has.

    Attributes:
        nodes: Machines.
        cpus: Processors of all of them.
        gpus: The names of the GPUs.
        memory_bytes: Of all of them.
    """

    nodes: int
    cpus: int
    gpus: tuple[str, ...] = ()
    memory_bytes: int = 0


class Driver(Protocol):
    """A back end. Its methods return at once and may be called from one thread only."""

    def submit(self, submission: Submission, may_start: Callable[[], bool]) -> str:
        """Start a job, or queue it with an engine that has a queue; harmless if repeated. The answer is its native id.

        What goes wrong later is told by `poll`.

        Args:
            submission: The job.
            may_start: Asked from any thread, last of all before something is started that would outlive the caller:
                whether the job is still the caller's. If not, it ends as canceled.
        """
        ...

    def poll(self, native_ids: Iterable[str]) -> dict[str, Report]:
        """How these jobs stand, also such as an agent that has died had started."""
        ...

    def cancel(self, native_id: str) -> None:
        """Have a job ended; one that is over, or unknown, is no error. That it has ended is told by `poll`."""
        ...

    def capacity(self) -> Capacity:
        """What there is."""
        ...


def native_id(run_id: str, attempt: int) -> str:
    """See `Submission.native_id`."""
    return f"{run_id}.{attempt}"


def of_native_id(name: str) -> tuple[str, int]:
    """Run and attempt of a native id."""
    run_id, _, attempt = name.rpartition(".")
    return run_id, int(attempt)
