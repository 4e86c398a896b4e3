"""Prepares the folder of a job: its source as submitted, its Python, and what the runner is told."""

from __future__ import annotations

import hashlib
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Final

from msgspec import structs

from runwatch.compute.backend.protocol import Submission
from runwatch.compute.environment import builder, interpreter
from runwatch.compute.environment.log import BuildLog
from runwatch.compute.environment.provision import Provision
from runwatch.compute.environment.python import Python
from runwatch.compute.host import container, variable
from runwatch.compute.host.container import Container
from runwatch.journal import job_file, location
from runwatch.journal.job_file import JobFile, JobProcess
from runwatch.schema.error import ExperimentExecutionException, NotFoundError, RunwatchError
from runwatch.schema.launch import MAX_DURATION_S, EnvironmentSpec
from runwatch.schema.name import check_artifact_path
from runwatch.store.protocol import Store
from runwatch.store.snapshot.giving import give_back
from runwatch.store.snapshot.manifest import snapshot_id

WORK: Final = "work"
CONSOLES: Final = "console"
PREPARE_LOG: Final = "prepare.txt"
BUILD_LOG: Final = "build.txt"


class CanceledError(ExperimentExecutionException):
    """The job was canceled before it was started."""


class Preparation:
    """One job being prepared, in a thread of its own; harmless if repeated in the same folder.

    Args:
        submission: The job.
        store: Where its snapshot is.
        workspace: The store's location, for the script.
        folder: The job folder.
        environments: Where built environments are kept.
        gpus: The GPUs it was given; None leaves those that are visible as they are.
        cancel: Set by another thread.
    """

    def __init__(
        self, submission: Submission, store: Store, *, workspace: str, folder: Path, environments: Path,
        gpus: tuple[str, ...] | None, cancel: Event,
    ) -> None:  # fmt: skip
        self._submission = submission
        self._store = store
        self._workspace = workspace
        self._folder = folder
        self._environments = environments
        self._gpus = gpus
        self._cancel = cancel

    def run(self) -> JobFile:
        """Prepare the folder; the answer is what was written for the runner.

        Raises:
            CanceledError: It was canceled.
            RunwatchError: What is missing, in one sentence.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in (job_file.STATE_FILE, job_file.EXIT_FILE):  # of a runner that left before it began
            (self._folder / name).unlink(missing_ok=True)
        with open(self._folder / PREPARE_LOG, "a", encoding="utf-8") as log:

            def say(text: str) -> None:
                log.write(f"{text}\n")
                log.flush()

            try:
                self._check()
                work = self._lay_out(say)
                box = self._find_container(say)
                python = self._find_python(say, box)
                made = self._describe(python, work)
                if box is not None:
                    made = self._put_inside(made, box, python)
            except RunwatchError as error:
                say(f"{error.message} {error.hint or ''}".rstrip())
                raise
            job_file.write_job(self._folder, made)
            say(f"Start: {' '.join(made.processes[0].argv)}")
            return made

    def _check(self) -> None:
        launch = self._submission.launch
        if launch.nodes != 1:
            raise ExperimentExecutionException(
                f"The job asks for {launch.nodes} machines, and this target has one.",
                hint="Use node_count=1 with several processes.",
            )

    def _lay_out(self, say: Callable[[str], None]) -> Path:
        work = self._folder / WORK
        if work.exists():  # left by an agent that died while it prepared
            shutil.rmtree(work)
        work.mkdir()
        try:
            manifest = give_back(self._store, self._submission.run.run_id, work, self._advance)
            say(f"Source: {len(manifest.files)} files of snapshot {snapshot_id(manifest)}")
        except NotFoundError:
            say("Source: none was submitted")
        for name in ("outputs", "logs", *map(check_artifact_path, self._submission.launch.folders)):
            (work / name).mkdir(parents=True, exist_ok=True)
        (self._folder / CONSOLES).mkdir(exist_ok=True)
        self._stop_if_canceled()
        return work

    def _advance(self, size_bytes: int) -> None:
        self._stop_if_canceled()

    def _find_container(self, say: Callable[[str], None]) -> Container | None:
        """Where the job is to run, if its environment names an image and an engine answers."""
        launch = self._submission.launch
        spec = launch.environment
        if not spec.image and not spec.dockerfile:
            return None
        engine = container.find_engine()
        if not engine:
            with BuildLog(self._folder / BUILD_LOG) as log:
                log.say(container.note_of_absence(spec))
            return None
        own = Provision.running()
        wanted = (*own.requirements, *spec.pip_packages) if launch.script or spec.pip_packages else ()
        image = container.make_image(engine, spec, wanted, self._folder, self._folder / BUILD_LOG, self._cancel)
        say(f"Image: {image}, by {engine}")
        journal = location.journal_folder(self._workspace, self._submission.run.run_id)
        seen = [self._folder, journal.parent, location.bell(self._folder).parent, own.copied(self._environments)]
        if location.is_folder(self._workspace):
            seen.append(Path(self._workspace))
        return Container(
            engine=engine,
            image=image,
            folders=tuple(dict.fromkeys(map(str, seen))),
            source=str(seen[3]),
            gpus=self._gpus,
            arguments=launch.container_arguments,
        )

    def _put_inside(self, made: JobFile, box: Container, python: Python) -> JobFile:
        """The same job, each of its processes in a container, with the Python there instead of ours."""
        inside = self._submission.launch.environment.interpreter or "python"
        digest = hashlib.sha256(f"{self._workspace} {self._submission.native_id}".encode()).hexdigest()[:16]
        names = [f"runwatch-{digest}-{rank}" for rank in range(len(made.processes))]
        container.note(self._folder, box.engine, names)
        environment = made.environment | {"PYTHONPATH": box.source}
        launch = self._submission.launch
        given = (*launch.environment.variables, *launch.variables)
        processes = []
        for name, process in zip(names, made.processes, strict=True):
            variables = container.passed_on(environment, (*given, *process.environment))
            argv = (inside, *process.argv[1:]) if process.argv[0] == python.executable else process.argv
            processes.append(structs.replace(process, argv=box.command(name, argv, made.cwd, variables)))
        return structs.replace(made, environment=environment, processes=tuple(processes))

    def _find_python(self, say: Callable[[str], None], box: Container | None) -> Python:
        launch = self._submission.launch
        if box is not None:
            return interpreter.find(EnvironmentSpec())
        if launch.environment.managed:
            say(f"Environment: {launch.environment.name or 'unnamed'}, built from its packages if it is not there yet")
            found = builder.build(launch.environment, self._environments, self._folder / BUILD_LOG, self._cancel)
        else:
            found = interpreter.find(launch.environment, launch.python, launch.host == socket.gethostname())
        say(f"Python: {found.version} at {found.executable}")
        self._stop_if_canceled()
        return found

    def _describe(self, python: Python, work: Path) -> JobFile:
        submission = self._submission
        launch, run = submission.launch, submission.run
        journal = location.journal_folder(self._workspace, run.run_id)
        processes = tuple(
            JobProcess(
                argv=_command(submission, python, work), console=str(console_file(self._folder, rank)),
                environment=variable.of_process(submission, rank),
            )
            for rank in range(launch.processes)
        )  # fmt: skip
        return JobFile(
            run_id=run.run_id,
            attempt=submission.attempt,
            grace_s=launch.grace_s,
            cwd=str(work),
            environment=variable.of_job(
                submission, python, workspace=self._workspace, journal=str(journal),
                bell=str(location.bell(self._folder)), gpus=self._gpus,
            ),
            processes=processes,
            max_duration_s=MAX_DURATION_S if launch.max_duration_s is None else launch.max_duration_s,
        )  # fmt: skip

    def _stop_if_canceled(self) -> None:
        if self._cancel.is_set():
            raise CanceledError("The job was canceled before it was started.")


def console_file(folder: Path, rank: int) -> Path:
    """The console of a process of a job."""
    return folder / CONSOLES / f"{rank}.txt"


def _command(submission: Submission, python: Python, work: Path) -> tuple[str, ...]:
    launch = submission.launch
    if launch.script:
        if not (work / launch.script).is_file():
            raise ExperimentExecutionException(
                f"The script {launch.script} is not in what was submitted.",
                hint="See whether an ignore file leaves it out: .amlignore, or else .gitignore.",
            )
        return (python.executable, launch.script, *launch.arguments)
    if len(launch.command) == 1:
        return ("/bin/sh", "-c", launch.command[0], "sh", *launch.arguments)
    command = (*launch.command, *launch.arguments)
    return (python.executable, *command[1:]) if command[0] in {"python", "python3"} else command
