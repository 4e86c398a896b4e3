"""The variables of a job's processes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runwatch.compute.backend.protocol import Submission
from runwatch.compute.environment.python import Python, probe
from runwatch.compute.host import variable
from runwatch.schema.launch import EnvironmentSpec, Launch
from runwatch.store.memory.store import MemoryStore
from runwatch.testing.sample import new_run


@pytest.fixture(scope="module")
def python() -> Python:
    import sys

    return probe(Path(sys.executable))


def submission(**facts: object) -> Submission:
    store = MemoryStore()
    made = Submission(run=new_run(store, run_id="run"), attempt=2, launch=Launch(**facts))  # type: ignore[arg-type]
    store.close()
    return made


def of_job(python: Python, given: Submission, gpus: tuple[str, ...] | None = None) -> dict[str, str]:
    return variable.of_job(given, python, workspace="/w", journal="/w/journal/run", bell="/bell", gpus=gpus)


def test_a_job_does_not_take_over_what_belongs_to_the_one_that_started_the_agent(
    python: Python, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("RUNWATCH_RUN_ID", "RUNWATCH_RANK", "RANK", "AZUREML_RUN_ID", "TF_CONFIG", "OMPI_COMM_WORLD_RANK"):
        monkeypatch.setenv(name, "theirs")
    monkeypatch.setenv("MINE", "kept")
    found = of_job(python, submission())
    assert "theirs" not in found.values()
    assert (found["MINE"], found["RUNWATCH_RUN_ID"], found["RUNWATCH_ATTEMPT"]) == ("kept", "run", "2")


def test_what_the_job_says_goes_before_the_environment(python: Python, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A", "agent")
    environment = EnvironmentSpec(variables={"A": "environment", "B": "environment"})
    found = of_job(python, submission(environment=environment, variables={"B": "job"}))
    assert (found["A"], found["B"]) == ("environment", "job")


def test_gpus_are_handed_out_by_name(python: Python, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "7")
    assert of_job(python, submission())["CUDA_VISIBLE_DEVICES"] == "7"
    assert of_job(python, submission(), ("2", "3"))["CUDA_VISIBLE_DEVICES"] == "2,3"
    assert of_job(python, submission(), ())["CUDA_VISIBLE_DEVICES"] == ""


def test_runner_and_watcher_are_not_taken_for_the_job_that_started_the_agent() -> None:
    source = {"RUNWATCH_RUN_ID": "theirs", "RUNWATCH_JOURNAL": "theirs", "RUNWATCH_TOKEN": "kept", "HOME": "/home"}
    assert variable.of_our_own(source) == {"RUNWATCH_TOKEN": "kept", "HOME": "/home"}


def test_a_job_of_one_process_has_no_rank_of_a_framework() -> None:
    assert variable.of_process(submission(), 0) == {"RUNWATCH_RANK": "0"}


def test_ranks() -> None:
    torch = variable.of_process(submission(framework="pytorch", processes=4, nodes=2), 3)
    assert (torch["RANK"], torch["LOCAL_RANK"], torch["WORLD_SIZE"], torch["NODE_RANK"]) == ("3", "1", "4", "1")
    mpi = variable.of_process(submission(framework="mpi", processes=2), 1)
    assert (mpi["OMPI_COMM_WORLD_RANK"], mpi["OMPI_COMM_WORLD_SIZE"]) == ("1", "2")
    given = submission(framework="tensorflow", processes=3, parameter_servers=1)
    told = json.loads(variable.of_process(given, 2)["TF_CONFIG"])
    assert told["task"] == {"type": "ps", "index": 0}
    assert [len(told["cluster"][kind]) for kind in ("worker", "ps")] == [2, 1]
