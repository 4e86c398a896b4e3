"""The manifest: what a watcher must know about a run before it reads the first record."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct, field

from runwatch.journal.job_file import was_left
from runwatch.schema.error import CorruptDataError, NotFoundError
from runwatch.schema.run import CreateRun
from runwatch.schema.settled import settled

MANIFEST_FILE: Final = "run.json"


class Manifest(Struct, frozen=True, kw_only=True):
    """A run as its training process left it for the watcher.

    Attributes:
        run_id: The run.
        workspace: Folder or URL of the store it belongs to.
        create: The request that makes the run; repeating it is harmless.
        pid: The training process.
        process_started: Boot id and start time of that process, so that a reused pid is not taken for it.
        host: The machine.
        cwd: The folder the process was started in.
        outputs: Absolute folder whose files become artifacts, or None.
        logs: Likewise.
        follow: Artifact path -> absolute path of a file that is shipped while it grows.
        created_at: Seconds UTC.
        main: System figures go to this run.
        job: The job folder, if the run was submitted: ``pid`` is its runner then, and that says how it ended
            (`runwatch.journal.job_file`).
        retries: How often a submitted run may still be started again after it failed.
    """

    run_id: str
    workspace: str
    create: CreateRun
    pid: int
    process_started: str
    host: str
    cwd: str
    created_at: float
    outputs: str | None = None
    logs: str | None = None
    follow: dict[str, str] = field(default_factory=dict)
    main: bool = True
    job: str | None = None
    retries: int = 0

    @property
    def was_left(self) -> bool:
        """Whether it is that of a job whose runner was left before anything was started."""
        return self.job is not None and was_left(Path(self.job))


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write or replace the manifest, so that a reader sees the old one or the new one.

    Raises:
        OSError: If the folder cannot be written.
    """
    hidden = folder / f"{MANIFEST_FILE}.{os.getpid()}.new"
    try:
        hidden.write_bytes(msgspec.json.encode(manifest))
        hidden.replace(folder / MANIFEST_FILE)
    except OSError:
        hidden.unlink(missing_ok=True)
        raise


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a journal folder.

    Raises:
        NotFoundError: If there is none.
        CorruptDataError: If it is none.
    """
    path = folder / MANIFEST_FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=settled(Manifest))
    except (FileNotFoundError, NotADirectoryError):
        raise NotFoundError(
            f"There is no run journal in {folder}.", hint="Give a folder that holds a run.json."
        ) from None
    except msgspec.DecodeError as error:
        raise CorruptDataError(f"{path} is no manifest of a run: {error}.", file=str(path)) from error
