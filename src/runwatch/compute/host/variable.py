"""The environment variables of a job's processes."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from typing import Final

from runwatch.compute.backend.protocol import Submission
from runwatch.compute.environment.python import Python

OWN_PREFIXES: Final = ("RUNWATCH_", "AZUREML_", "MLFLOW_RUN_ID", "OMPI_", "PMI_")
"""Not passed on from the agent: it may itself have been started by a job."""

JOB_NAMES: Final = frozenset({
    "RUNWATCH_WORKSPACE", "RUNWATCH_RUN_ID", "RUNWATCH_EXPERIMENT", "RUNWATCH_ATTEMPT", "RUNWATCH_JOURNAL",
    "RUNWATCH_BELL", "RUNWATCH_TARGET", "RUNWATCH_RANK",
})  # fmt: skip
"""What tells the processes of one job from those of another."""

RANK_NAMES: Final = frozenset({
    "RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "NODE_RANK", "GROUP_RANK", "MASTER_ADDR", "MASTER_PORT",
    "TF_CONFIG", "PYTHONSTARTUP", "PYTHONINSPECT", "VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONHOME",
})  # fmt: skip
"""Likewise: they say something of the process that started the agent."""

MASTER_PORT: Final = 6105
"""The original's; jobs beside one another are told apart by `port_of`."""

GPU_NAMES: Final = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES")


def inherited(source: Mapping[str, str]) -> dict[str, str]:
    """What a job takes over from the agent's environment."""
    return {
        name: value
        for name, value in source.items()
        if not name.startswith(OWN_PREFIXES) and name not in RANK_NAMES
    }  # fmt: skip


def of_our_own(source: Mapping[str, str]) -> dict[str, str]:
    """What runner and watcher take over from the agent: all but the marks of a job that may have started the agent."""
    return {name: value for name, value in source.items() if name not in JOB_NAMES}


def marks(submitted: Mapping[str, str]) -> dict[str, str]:
    """Those variables of a job by which its processes are known, whoever has become their parent."""
    return {name: submitted[name] for name in ("RUNWATCH_RUN_ID", "RUNWATCH_ATTEMPT", "RUNWATCH_JOURNAL")}


def of_job(
    submission: Submission, python: Python, *, workspace: str, journal: str, bell: str, gpus: tuple[str, ...] | None
) -> dict[str, str]:
    """The variables that all processes of a job have.

    Args:
        submission: The job.
        python: Its Python.
        workspace: The location of the workspace.
        journal: The run's journal folder.
        bell: Where its watcher is rung.
        gpus: The GPUs it was given; None leaves those that are visible as they are.
    """
    launch, run = submission.launch, submission.run
    found = inherited(os.environ)
    found |= {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8:backslashreplace"}
    found |= launch.environment.variables | launch.variables
    found |= python.variables(found.get("PATH", os.defpath))
    if gpus is not None:
        found |= dict.fromkeys(GPU_NAMES, ",".join(gpus))
    found |= {
        "RUNWATCH_WORKSPACE": workspace, "RUNWATCH_RUN_ID": run.run_id, "RUNWATCH_EXPERIMENT": run.experiment,
        "RUNWATCH_ATTEMPT": str(submission.attempt), "RUNWATCH_JOURNAL": journal, "RUNWATCH_BELL": bell,
        "RUNWATCH_TARGET": run.target or "local",
    }  # fmt: skip
    return found | _originals(submission)


def of_process(submission: Submission, rank: int) -> dict[str, str]:
    """The variables that tell one process of a job from the others.

    Args:
        submission: The job.
        rank: Which process, from 0.
    """
    launch = submission.launch
    found = {"RUNWATCH_RANK": str(rank)}
    if not launch.framework:
        return found
    local = math.ceil(launch.processes / launch.nodes)
    return found | {
        "pytorch": _pytorch, "mpi": _mpi, "tensorflow": _tensorflow,
    }[launch.framework](submission, rank, local)  # fmt: skip


def _originals(submission: Submission) -> dict[str, str]:
    """The names that code written for the original looks for."""
    run = submission.run
    return {
        "AZUREML_RUN_ID": run.run_id, "AZUREML_EXPERIMENT_ID": run.experiment_id,
        "AZUREML_ARM_SUBSCRIPTION": "00000000-0000-0000-0000-000000000000", "AZUREML_ARM_RESOURCEGROUP": "runwatch",
        "AZUREML_ARM_WORKSPACE_NAME": "runwatch", "AZUREML_ARM_PROJECT_NAME": run.experiment,
        "AZUREML_SERVICE_ENDPOINT": "runwatch:", "AZUREML_RUN_TOKEN": "runwatch",
        "AZUREML_RUN_TOKEN_EXPIRY": "9999999999",
    }  # fmt: skip


def _master(submission: Submission) -> dict[str, str]:
    return {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port_of(submission))}


def port_of(submission: Submission) -> int:
    """A port at which the processes of a job meet; different for jobs that run at the same time, as far as may be."""
    return MASTER_PORT + submission.run.number % 4_000


def _pytorch(submission: Submission, rank: int, local: int) -> dict[str, str]:
    return _master(submission) | {
        "RANK": str(rank), "LOCAL_RANK": str(rank % local), "WORLD_SIZE": str(submission.launch.processes),
        "LOCAL_WORLD_SIZE": str(local), "NODE_RANK": str(rank // local), "GROUP_RANK": str(rank // local),
    }  # fmt: skip


def _mpi(submission: Submission, rank: int, local: int) -> dict[str, str]:
    size = str(submission.launch.processes)
    return _master(submission) | {
        "OMPI_COMM_WORLD_RANK": str(rank), "OMPI_COMM_WORLD_SIZE": size, "OMPI_UNIVERSE_SIZE": size,
        "OMPI_COMM_WORLD_LOCAL_RANK": str(rank % local), "OMPI_COMM_WORLD_LOCAL_SIZE": str(local),
        "AZ_BATCH_MASTER_NODE": f"127.0.0.1:{port_of(submission)}", "AZ_BATCHAI_MPI_MASTER_NODE": "127.0.0.1",
    }  # fmt: skip


def _tensorflow(submission: Submission, rank: int, local: int) -> dict[str, str]:
    import json

    launch, first = submission.launch, port_of(submission)
    workers = launch.processes - launch.parameter_servers
    addresses = [f"127.0.0.1:{first + number}" for number in range(launch.processes)]
    cluster = {"worker": addresses[:workers]}
    if launch.parameter_servers:
        cluster["ps"] = addresses[workers:]
    task = {"type": "worker", "index": rank} if rank < workers else {"type": "ps", "index": rank - workers}
    return {"TF_CONFIG": json.dumps({"cluster": cluster, "task": task, "environment": "cloud"})}
