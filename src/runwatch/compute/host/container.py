"""Runs a job's processes in containers, where its environment names an image and a container engine answers."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Event
from typing import Final

from msgspec import Struct

from runwatch.compute.environment.log import BuildLog
from runwatch.compute.environment.step import StepFailedError, Steps
from runwatch.compute.host.variable import GPU_NAMES
from runwatch.schema.error import ExperimentExecutionException
from runwatch.schema.launch import EnvironmentSpec

ENGINES: Final = ("docker", "podman")
ANSWER_S: Final = 3.0
"""An engine that is there answers at once; its client waits long for one that is not."""

REMOVE_S: Final = 30.0

NOTE_FILE: Final = "container"
"""In the job folder: engine and names of the containers, a line each, for whoever has to remove them."""

OURS: Final = ("RUNWATCH_", "AZUREML_")
PASSED_ON: Final = frozenset({"PYTHONPATH", "PYTHONUNBUFFERED", "PYTHONIOENCODING", *GPU_NAMES})
"""Of what a job has from the agent's environment; the rest is of this machine, and the image has its own."""


class Container(Struct, frozen=True, kw_only=True):
    """Where a job's processes run.

    Attributes:
        engine: Path of the engine's client.
        image: The image.
        folders: What is seen inside, at the same paths as outside.
        source: The one of them with the Runwatch that the script imports.
        gpus: Which GPUs; None for none.
        arguments: Further options for the engine.
    """

    engine: str
    image: str
    folders: tuple[str, ...]
    source: str
    arguments: tuple[str, ...] = ()
    gpus: tuple[str, ...] | None = None

    def command(self, name: str, argv: Sequence[str], cwd: str, variables: Iterable[str]) -> tuple[str, ...]:
        """The command line that runs a program inside.

        Values of variables do not stand in it, where every user of the machine could read them.

        Args:
            name: Of the container.
            argv: The program and its arguments.
            cwd: Its working folder.
            variables: The names of its environment variables.
        """
        line = [self.engine, "run", "--rm", "--init", "--name", name, "--network", "host", "--pid", "host"]
        line += ["--user", f"{os.getuid()}:{os.getgid()}", "--workdir", cwd]
        line += [part for folder in self.folders for part in ("--volume", f"{folder}:{folder}")]
        line += [part for variable in sorted(variables) for part in ("--env", variable)]
        if self.gpus:
            line += ["--gpus", f'"device={",".join(self.gpus)}"']
        return (*line, *self.arguments, self.image, *argv)


def find_engine(search_path: str | None = None) -> str:
    """The client of a container engine that answers; empty if there is none.

    Args:
        search_path: Where to look; ``PATH`` if None.
    """
    for name in ENGINES:
        client = shutil.which(name, path=search_path)
        if client is not None and _answers(client):
            return client
    return ""


def note_of_absence(spec: EnvironmentSpec) -> str:
    """What to tell of an image that cannot be used."""
    named = f"the image {spec.image}" if spec.image else "the image of a Dockerfile"
    return (
        f"The environment asks for {named}, and no container engine answers on this machine: the job runs without a "
        "container, with the Python packages that the environment lists."
    )


def make_image(
    engine: str, spec: EnvironmentSpec, requirements: Sequence[str], folder: Path, log: Path, cancel: Event
) -> str:  # fmt: skip
    """The image that a job runs in: the environment's with what is installed on top; equal ones are made once.

    Args:
        engine: From `find_engine`.
        spec: It has an image or a Dockerfile.
        requirements: What is installed on top of it, in pip's spelling.
        folder: The job folder.
        log: What the engine says is appended here.
        cancel: Ends the build.

    Raises:
        ExperimentExecutionException: If it could not be made; the message holds what the engine said.
    """
    text = (spec.dockerfile or f"FROM {spec.image}").rstrip() + "\n"
    if requirements:
        text += f"RUN {json.dumps(['python', '-m', 'pip', 'install', '--no-cache-dir', *requirements])}\n"
    name = f"runwatch-environment:{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    if _has_image(engine, name):
        return name
    context = folder / "image"
    context.mkdir(exist_ok=True)
    (context / "Dockerfile").write_text(text, encoding="utf-8")
    with BuildLog(log) as opened:
        try:
            Steps(opened, cancel, dict(os.environ)).run([engine, "build", "--tag", name, str(context)], folder)
        except StepFailedError as error:
            raise ExperimentExecutionException(
                f"The image of the environment could not be made: {error.message}",
                hint="See azureml-logs/20_image_build_log.txt.",
            ) from error
    return name


def passed_on(variables: Iterable[str], given: Iterable[str]) -> set[str]:
    """Which variables go inside.

    Args:
        variables: The names of all that a process has.
        given: The names of those that the submission or its launcher gave.
    """
    return {name for name in variables if name.startswith(OURS) or name in PASSED_ON} | set(given)


def note(folder: Path, engine: str, names: Sequence[str]) -> None:
    """Write down which containers a job has, before any of them is made."""
    (folder / NOTE_FILE).write_text("".join(f"{line}\n" for line in (engine, *names)), encoding="utf-8")


def remove(folder: Path) -> None:
    """Remove the containers of a job that is over: one whose client was killed goes on without it."""
    try:
        engine, *names = (folder / NOTE_FILE).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return
    try:
        subprocess.run([engine, "rm", "--force", *names], capture_output=True, timeout=REMOVE_S, check=False)
    except (OSError, subprocess.TimeoutExpired):  # the engine has gone, and the containers with it
        return


def _answers(client: str) -> bool:
    try:
        done = subprocess.run([client, "info"], capture_output=True, timeout=ANSWER_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _has_image(engine: str, image: str) -> bool:
    try:
        done = subprocess.run([engine, "image", "inspect", image], capture_output=True, timeout=REMOVE_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
