"""Makes runs that this process records, and takes up the recording of runs that are there already."""

from __future__ import annotations

import getpass
import os
import secrets
import shutil
import socket
import time
from pathlib import Path
from typing import Any

import msgspec

from runwatch.journal.location import is_folder, journal_folder
from runwatch.journal.manifest import MANIFEST_FILE, Manifest, write_manifest
from runwatch.schema.error import ServiceException, StoreUnavailableError, WorkspaceReadOnlyError
from runwatch.schema.run import CreateRun, GetRun, Run, RunStatus
from runwatch.sdk import home, leaving, problem, recording
from runwatch.sdk.git import START_S, GitInquiry
from runwatch.sdk.recording import Recording
from runwatch.sdk.watcher import launch
from runwatch.sdk.watcher.claim import is_claimed
from runwatch.sdk.watcher.token import process_token
from runwatch.store.log.alias import CONSOLE
from runwatch.store.protocol import Store

USER_LOG = "logs/user_log.txt"
"""The artifact that the console becomes, as in the original."""


def create_request(experiment: str, run_id: str, **facts: Any) -> CreateRun:
    """A request for a run that starts here and now."""
    return CreateRun(
        experiment=experiment,
        run_id=run_id,
        token=secrets.token_hex(16),
        created_at=time.time(),
        submitted_by=user(),
        **{"status": RunStatus.RUNNING, "target": "sdk", "host": socket.gethostname(), **facts},
    )


def start(
    location: str, request: CreateRun, *, outputs: Path | None = None, logs: Path | None = None,
    main: bool = True, away: bool = False, is_job: bool = False,
) -> tuple[Run, Recording]:  # fmt: skip
    """Make a run and record it.

    The manifest is written before the run is made, so that a process killed in between leaves no run that nobody ends.

    Args:
        location: The workspace.
        request: The run.
        outputs: Folder whose files are uploaded at the end.
        logs: Folder whose files are uploaded while they grow.
        main: Figures of the machine go to this run.
        away: The server is known to be away: the watcher makes the run when it is back.
        is_job: This process starts a command and tells in the folder `job_place` of the journal how that ended, as the
            runner of a job does; what the command prints goes to `console_file`.

    Raises:
        ConflictError: If the id is taken.
        WorkspaceReadOnlyError: If the journal cannot be written.
    """
    git = GitInquiry(Path.cwd()) if main else None
    store = home.store(location)
    folder = _new_folder(location, request.run_id)
    found = git.answer(START_S) if git is not None else None
    if found:
        request = msgspec.structs.replace(request, properties={**found, **request.properties})
    try:
        _write(folder, _manifest(location, folder, request, outputs=outputs, logs=logs, main=main, is_job=is_job))
        record = provisional(request) if away else _created(store, location, request)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        if git is not None:
            git.drop()
        raise
    has_files = main or bool(outputs or logs)
    made = recording.keep(Recording(location, record.run_id, folder, attempt=record.attempt, has_files=has_files))
    made.git = git if found is None else None
    leaving.watch_for_exit()
    return record, made


def join(location: str, record: Run) -> Recording:
    """Take up the recording of a run that is there: this process logs to it from now on.

    If a watcher serves the run already - this process was spawned by the one that records it - it takes care of our
    records too. A run that has ended, or whose journal is being finished, gets a journal of its own.

    Raises:
        OSError: If the journal cannot be written.
    """
    with recording.locked():
        found = recording.find(location, record.run_id)
        if found is not None:
            return found
        folder = journal_folder(location, record.run_id)
        joined = (folder / MANIFEST_FILE).exists() and is_claimed(folder) and not _is_ending(location, record)
        if not joined:
            folder = _new_folder(location, record.run_id)
            request = _recreate(record)
            _write(folder, _manifest(location, folder, request, outputs=None, logs=None, main=False))
        made = recording.keep(Recording(location, record.run_id, folder, attempt=record.attempt, joined=joined))
        leaving.watch_for_exit()
        return made


def take_up(location: str, run_id: str, folder: Path, *, attempt: int, rank: int) -> Recording:
    """Record a submitted run in one of its processes; its watcher is at work already.

    Args:
        location: The workspace.
        run_id: The run.
        folder: Its journal folder.
        attempt: Which start of the run this is.
        rank: Which process.
    """
    with recording.locked():
        found = recording.find(location, run_id)
        if found is not None:
            return found
        watching = launch.of_job()
        made = Recording(
            location, run_id, folder, attempt=attempt, joined=True, has_files=True, watching=watching, rank=rank
        )
        leaving.watch_for_exit()
        return recording.keep(made)


def _created(store: Store, location: str, request: CreateRun) -> Run:
    try:
        return store.runs.create(request)
    except StoreUnavailableError as error:
        if is_folder(location):
            raise
        problem.say(f"{error} The run {request.run_id} is kept on this machine until the server is back.")
        return provisional(request)


def provisional(request: CreateRun) -> Run:
    """The record of a run that no store has yet; its number in the experiment is 0 and the experiment has no id."""
    return Run(
        experiment_id="",
        number=0,
        root_run_id=request.parent_run_id or request.run_id,
        started_at=request.created_at,
        **{name: getattr(request, name) for name in request.__struct_fields__ if name not in {"token", "number"}},
    )


def console_file(folder: Path) -> Path:
    """Where the console of a run is copied to."""
    return folder / "console" / "user_log.txt"


def job_place(folder: Path) -> Path:
    """Where a process that starts a command tells how that ended."""
    return folder / "job"


def _manifest(
    location: str, folder: Path, request: CreateRun, *, outputs: Path | None, logs: Path | None, main: bool,
    is_job: bool = False,
) -> Manifest:  # fmt: skip
    return Manifest(
        run_id=request.run_id,
        workspace=location,
        create=request,
        pid=os.getpid(),
        process_started=process_token(),
        host=socket.gethostname(),
        cwd=os.getcwd(),  # noqa: PTH109 (a text is what the manifest holds)
        outputs=str(outputs) if outputs else None,
        logs=str(logs) if logs else None,
        follow={CONSOLE if is_job else USER_LOG: str(console_file(folder))},
        job=str(job_place(folder)) if is_job else None,
        created_at=request.created_at,
        main=main,
    )


def _write(folder: Path, manifest: Manifest) -> None:
    try:
        (Path(manifest.job) if manifest.job else folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        write_manifest(folder, manifest)
    except OSError as error:
        raise WorkspaceReadOnlyError(
            f"The journal folder {folder} cannot be written to: {error.strerror}.",
            hint="Choose another workspace with RUNWATCH_WORKSPACE or Workspace.open(folder).",
        ) from error


def _is_ending(location: str, record: Run) -> bool:
    """Whether the run's journal is about to be removed, or is gone."""
    try:
        status = home.store(location).runs.get(GetRun(run_id=record.run_id)).status
    except ServiceException:  # away; what was known last has to do
        status = record.status
    return status.is_terminal or status is RunStatus.FINALIZING


def _new_folder(location: str, run_id: str) -> Path:
    """The journal folder of a run; one beside it if that still holds another journal of this id."""
    folder = journal_folder(location, run_id)
    return folder if not folder.exists() else folder.with_name(f"{folder.name}~{secrets.token_hex(4)}")


def _recreate(record: Run) -> CreateRun:
    return CreateRun(
        experiment=record.experiment,
        run_id=record.run_id,
        token=secrets.token_hex(16),
        status=record.status,
        parent_run_id=record.parent_run_id,
        created_at=record.created_at,
        type=record.type,
        name=record.name,
    )


def user() -> str:
    """The login name of whoever runs this process; ``unknown`` if there is none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # no entry for this user id, as in some containers
        return "unknown"
