"""Distributed jobs: the variables and the log of each process, and one run for all of them."""

from __future__ import annotations

import json
import os
import shutil
from typing import Any

import pytest

from runwatch import MpiConfiguration, PyTorchConfiguration, Run, TensorflowConfiguration
from runwatch.exceptions import RunConfigurationException
from runwatch.schema.run import GetRun
from tests.e2e.site import DRIVER_LOG, Site, console

pytestmark = pytest.mark.timeout(300)

TOLD = """
    import json, os, sys
    names = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "NODE_RANK", "MASTER_ADDR", "MASTER_PORT")
    found = {name: os.environ[name] for name in os.environ if name in names or name.startswith(("OMPI_", "TF_"))}
    print(json.dumps(found))
    from runwatch import Run
    run = Run.get_context()
    for step in range(100):
        run.log("loss", run.rank * 1000 + step, step=step)
    run.log_param("seed", run.rank)
    run.log_row("pair", rank=run.rank, x=1)
"""


def log_of(rank: int) -> str:
    return f"user_logs/std_log_process_{rank:02d}.txt" if rank else DRIVER_LOG


def variables(run: Run, processes: int) -> list[dict[str, Any]]:
    """What each process of a job printed."""
    assert run.status == "Completed", console(run)
    logs = [path for path in run.get_details()["logFiles"] if path.startswith("user_logs/") or path == DRIVER_LOG]
    assert sorted(logs) == sorted(log_of(rank) for rank in range(processes))
    return [json.loads(console(run, log_of(rank))) for rank in range(processes)]


def assert_all_logged(run: Run, processes: int) -> None:
    """All ranks logged into one run, the first under the plain names."""
    expected: dict[str, Any] = {}
    for rank in range(processes):
        before = f"rank_{rank}/" if rank else ""
        expected[f"{before}loss"] = [rank * 1000 + step for step in range(100)]
        expected[f"{before}pair"] = {"rank": rank, "x": 1}
    assert run.get_metrics() == expected
    assert run.params == {f"rank_{rank}/seed" if rank else "seed": rank for rank in range(processes)}


def test_pytorch(site: Site) -> None:
    run = site.run(TOLD, distributed_job_config=PyTorchConfiguration(process_count=2))
    found = variables(run, 2)
    assert [(each["RANK"], each["LOCAL_RANK"], each["NODE_RANK"]) for each in found] == [
        ("0", "0", "0"),
        ("1", "1", "0"),
    ]
    assert {(each["WORLD_SIZE"], each["LOCAL_WORLD_SIZE"], each["MASTER_ADDR"]) for each in found} == {
        ("2", "2", "127.0.0.1")
    }
    assert len({int(each["MASTER_PORT"]) for each in found}) == 1
    assert_all_logged(run, 2)


def test_mpi(site: Site) -> None:
    run = site.run(TOLD, distributed_job_config=MpiConfiguration(process_count_per_node=3))
    found = variables(run, 3)
    assert [each["OMPI_COMM_WORLD_RANK"] for each in found] == ["0", "1", "2"]
    assert [each["OMPI_COMM_WORLD_LOCAL_RANK"] for each in found] == ["0", "1", "2"]
    assert {(each["OMPI_COMM_WORLD_SIZE"], each["OMPI_COMM_WORLD_LOCAL_SIZE"]) for each in found} == {("3", "3")}
    assert_all_logged(run, 3)


def test_tensorflow(site: Site) -> None:
    kind = TensorflowConfiguration(worker_count=2, parameter_server_count=1)
    run = site.run(TOLD, distributed_job_config=kind)
    found = [json.loads(each["TF_CONFIG"]) for each in variables(run, 3)]
    assert [each["task"] for each in found] == [
        {"type": "worker", "index": 0}, {"type": "worker", "index": 1}, {"type": "ps", "index": 0},
    ]  # fmt: skip
    assert all(each["cluster"] == found[0]["cluster"] for each in found)
    assert {kind: len(addresses) for kind, addresses in found[0]["cluster"].items()} == {"worker": 2, "ps": 1}
    assert_all_logged(run, 3)


@pytest.mark.parametrize("failing", [0, 1])
def test_the_first_process_that_fails_ends_the_others(site: Site, failing: int) -> None:
    run = site.run(
        f"""
        import os, sys, time, traceback
        try:
            [].pop()
        except IndexError:
            traceback.print_exc()
        if int(os.environ["RANK"]) == {failing}:
            raise ValueError("on this rank")
        time.sleep(600)
        """,
        distributed_job_config=PyTorchConfiguration(process_count=3),
    )
    assert run.status == "Failed"
    exit_ = site.workspace.store.runs.get(GetRun(run_id=run.id)).exit
    assert exit_ is not None
    assert f"(rank {failing})" in exit_.evidence
    assert exit_.code == 1
    error = run.get_details()["error"]["error"]
    assert error["message"] == "ValueError: on this rank"
    assert "ValueError: on this rank" in console(run, log_of(failing))


def test_ranks_that_cannot_be_are_refused(site: Site) -> None:
    with pytest.raises(RunConfigurationException):
        site.submit("", distributed_job_config=PyTorchConfiguration(process_count=3, node_count=2))


@pytest.mark.skipif(shutil.which("mpirun") is None, reason="mpirun is not installed")
def test_a_script_that_starts_its_processes_with_mpirun(site: Site) -> None:
    config = site.config(TOLD)
    config.script, config.command = (
        None,
        ["mpirun", "--allow-run-as-root", "--oversubscribe", "-n", "2", "python", "train.py"],
    )
    run = site.experiment.submit(config)
    run.wait_for_completion(wait_post_processing=True)
    assert_all_logged(run, 2)


def test_processes_that_a_script_starts_itself_are_told_apart(site: Site) -> None:
    """As torchrun and mpirun do: the variables of whoever started the process count."""
    run = site.run(
        """
        import os, subprocess, sys
        text = "from runwatch import Run; run = Run.get_context(); run.log('x', run.rank)"
        for rank in range(3):
            subprocess.run([sys.executable, "-c", text], env={**os.environ, "RANK": str(rank)}, check=True)
        """
    )
    assert run.status == "Completed", console(run)
    assert run.get_metrics() == {"x": 0, "rank_1/x": 1, "rank_2/x": 2}
    assert "RANK" not in os.environ
