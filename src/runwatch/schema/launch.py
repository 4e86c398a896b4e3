"""What a job starts: the script or command, its Python environment, its processes and its limits."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field

Framework = Literal["", "mpi", "pytorch", "tensorflow"]
"""Whose rank variables the processes of a distributed job are given."""

SCRIPT_RUN = "azureml.scriptrun"
"""The type of runs that were submitted; the original's."""

PIPELINE_RUN = "azureml.PipelineRun"
"""The type of runs that start and follow the steps of a pipeline."""

STEP_RUN = "azureml.StepRun"
"""The type of the steps. They are made with their pipeline and get into a queue when their turn comes."""

MAX_DURATION_S = 30 * 24 * 3_600.0
"""How long a job may run unless it says otherwise; the original's default."""

GRACE_S = 15.0
"""How long a job that is told to end has for it before it is killed."""


class EnvironmentSpec(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The Python that a job runs with: one that is there, or one that is built from a list of packages.

    Attributes:
        name: For display.
        version: Likewise.
        managed: Build it from the packages; False runs ``interpreter`` as it is.
        interpreter: A path, or a name to be found on ``PATH``; empty means the Python that submitted the job where
            that is there, else the Python of the agent. Ignored if ``managed``.
        python_version: E.g. ``3.11``; empty means that of the agent.
        pip_packages: Requirements as in a ``requirements.txt``.
        pip_options: Options of the package index, one a line.
        conda_packages: Requirements in conda's spelling.
        conda_channels: Where those come from.
        variables: Environment variables.
        image: The container image it asks for, or empty.
        dockerfile: The text of a Dockerfile that makes the image, or empty.
    """

    name: str = ""
    version: str = ""
    managed: bool = False
    interpreter: str = ""
    python_version: str = ""
    pip_packages: tuple[str, ...] = ()
    pip_options: tuple[str, ...] = ()
    conda_packages: tuple[str, ...] = ()
    conda_channels: tuple[str, ...] = ()
    variables: dict[str, str] = field(default_factory=dict)
    image: str = ""
    dockerfile: str = ""


class Launch(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a job starts; it stands in `runwatch.schema.job.Job.spec`.

    The working folder is the run's snapshot, given back into a folder of its own.

    Attributes:
        script: Path of the script below the snapshot, with ``/``; run by the environment's Python. Empty if there is a
            command.
        command: Instead of a script: a program and its arguments, or one text for the shell.
        arguments: Given to the script or program.
        folders: Made below the working folder before it starts, with ``/``.
        environment: See `EnvironmentSpec`.
        variables: Environment variables, on top of the environment's.
        framework: Whose rank variables the processes are given; empty if the job is one process.
        nodes: Machines.
        processes: Processes in all, at least one a node.
        parameter_servers: So many of the processes are parameter servers (TensorFlow).
        backend: The communication back end the configuration named, e.g. ``Nccl``; for display.
        max_duration_s: It is ended after so long, in s; None means `MAX_DURATION_S`.
        grace_s: See `GRACE_S`.
        retries: It is started again at most so often after it failed.
        gpus: GPUs it takes of its machine; None means an even share of those that its target has.
        container_arguments: Options for the container engine, where the job runs in a container.
        user: The login name of who submitted it.
        python: The Python that submitted it, and
        host: the machine on which that is.
    """

    script: str = ""
    command: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    environment: EnvironmentSpec = EnvironmentSpec()
    variables: dict[str, str] = field(default_factory=dict)
    framework: Framework = ""
    nodes: int = 1
    processes: int = 1
    parameter_servers: int = 0
    backend: str = ""
    max_duration_s: float | None = None
    grace_s: float = GRACE_S
    retries: int = 0
    gpus: int | None = None
    container_arguments: tuple[str, ...] = ()
    user: str = ""
    python: str = ""
    host: str = ""
