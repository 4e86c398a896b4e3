"""The files of a run: uploads, downloads, logs, snapshot."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from runwatch.schema.artifact import Artifact
from runwatch.schema.error import (
    InvalidValueError,
    NotFoundError,
    StoreUnavailableError,
    UserErrorException,
)
from runwatch.schema.name import check_artifact_path
from runwatch.schema.run import UpdateRun
from runwatch.sdk import detail, transfer
from runwatch.sdk.run_handle import RunHandle
from runwatch.store.snapshot.manifest import SNAPSHOT_PROPERTY

LISTED = 50
"""Files named in the message about a missing one."""


class RunFile(RunHandle):
    """Files of a run have paths of their own, such as ``outputs/model.pkl``; each is there whole or not at all."""

    def upload_file(
        self,
        name: str,
        path_or_stream: str | os.PathLike[str] | BinaryIO,
        datastore_name: str | None = None,
        *,
        overwrite: bool = False,
    ) -> Artifact:
        """Make a file on disk, or a stream, a file of the run.

        The same content under the same name again is no error. While the workspace cannot be reached, the file is
        copied aside and uploaded later.

        Args:
            name: Its path in the run; ``outputs/…`` is customary.
            path_or_stream: A file, or a stream of bytes that is read from where it stands.
            datastore_name: Accepted and ignored.
            overwrite: Replace a file of other content.

        Raises:
            ConflictError: If the name has other content.
            InvalidValueError: If the name leads out of the run (``..``), or there is no such file.
        """
        path = check_artifact_path(name)
        if isinstance(path_or_stream, str | os.PathLike):
            with _opened(Path(path_or_stream)) as source:
                return self._upload(path, source, overwrite)
        source = path_or_stream
        if not source.seekable() or source.tell() != 0:
            source = io.BytesIO(source.read())
        return self._upload(path, source, overwrite)

    def upload_files(
        self,
        names: Sequence[str],
        paths: Sequence[str | os.PathLike[str]],
        return_artifacts: bool = False,
        timeout_seconds: float | None = None,
        datastore_name: str | None = None,
        *,
        overwrite: bool = False,
    ) -> dict[str, Artifact] | None:
        """Upload several files; see `upload_file`.

        Args:
            names: Their paths in the run.
            paths: The files, in the same order.
            return_artifacts: Return what was made.
            timeout_seconds: Accepted and ignored: each part has a limit of its own.
            datastore_name: Accepted and ignored.
            overwrite: Replace files of other content.

        Returns:
            With ``return_artifacts``, from names to artifacts.

        Raises:
            TypeError: If there are not as many names as paths.
        """
        if len(names) != len(paths):
            raise TypeError(f"There are {len(names)} names for {len(paths)} files; give one name a file.")
        made = {
            name: self.upload_file(name, path, overwrite=overwrite) for name, path in zip(names, paths, strict=True)
        }
        return made if return_artifacts else None

    def upload_folder(
        self, name: str, path: str | os.PathLike[str], datastore_name: str | None = None, *, overwrite: bool = False
    ) -> None:
        """Upload all files of a folder and the folders in it; links that lead out of it are left out.

        Args:
            name: The folder in the run.
            path: The folder on disk.
            datastore_name: Accepted and ignored.
            overwrite: Replace files of other content.

        Raises:
            InvalidValueError: If there is no such folder.
        """
        root = Path(path)
        if not root.is_dir():
            raise InvalidValueError(f"There is no folder {root}.")
        prefix = check_artifact_path(name.rstrip("/\\"))
        inside = root.resolve()
        for file in sorted(root.rglob("*")):
            if file.is_file() and file.resolve().is_relative_to(inside):
                self.upload_file(f"{prefix}/{file.relative_to(root).as_posix()}", file, overwrite=overwrite)

    def get_file_names(self) -> list[str]:
        """The paths of the run's files, sorted."""
        self._settle()
        return [artifact.path for artifact in detail.list_artifacts(self._store, self.id)]

    def download_file(
        self, name: str, output_file_path: str | os.PathLike[str] | None = None, _validate_checksum: bool = False
    ) -> None:
        """Write a file of the run to disk, whole or not at all.

        Args:
            name: Its path in the run.
            output_file_path: The file or folder to write to; by default the same file name in the working folder.
            _validate_checksum: Compare the content with the digest it was recorded with.

        Raises:
            UserErrorException: If the run has no such file; the message lists those it has.
        """
        self._settle()
        path = check_artifact_path(name)
        target = Path(output_file_path) if output_file_path is not None else Path.cwd()
        if target.is_dir() or str(output_file_path).endswith(("/", os.sep)):
            target = target / path.rsplit("/", 1)[-1]
        try:
            transfer.download(self._store, self.id, path, target, check=_validate_checksum)
        except NotFoundError as error:
            raise self._missing(f"The run has no file {path}") from error

    def download_files(
        self,
        prefix: str | None = None,
        output_directory: str | os.PathLike[str] | None = None,
        output_paths: Sequence[str | os.PathLike[str]] | None = None,
        batch_size: int = 100,
        append_prefix: bool = True,
        timeout_seconds: float | None = None,
    ) -> None:
        """Write the files of the run, or those of a folder of it, to disk.

        Args:
            prefix: What their paths start with.
            output_directory: Where to; the working folder by default.
            output_paths: A file on disk for each, in the order of `get_file_names`, instead of their own names.
            batch_size: Accepted and ignored.
            append_prefix: False leaves the prefix out of the names on disk.
            timeout_seconds: Accepted and ignored.

        Raises:
            UserErrorException: If no file starts with the prefix, or there are not as many output paths as files.
        """
        self._settle()
        found = [artifact.path for artifact in detail.list_artifacts(self._store, self.id, prefix or "")]
        if prefix and not found:
            raise self._missing(f"The run has no files that start with {prefix}")
        if output_paths is not None and len(output_paths) != len(found):
            raise UserErrorException(f"There are {len(output_paths)} output paths for {len(found)} files.")
        root = Path(output_directory) if output_directory is not None else Path.cwd()
        for number, path in enumerate(found):
            own = path if append_prefix or not prefix else path.removeprefix(prefix).lstrip("/") or Path(path).name
            target = root / (output_paths[number] if output_paths is not None else own)
            transfer.download(self._store, self.id, check_artifact_path(path), target)

    def get_all_logs(self, destination: str | os.PathLike[str] | None = None) -> list[str]:
        """Write all log files to disk.

        Args:
            destination: A folder; by default ``assets/<run id>`` in the working folder.

        Returns:
            The files on disk.

        Raises:
            UserErrorException: If the destination is a file.
        """
        root = Path(destination) if destination is not None else Path.cwd() / "assets" / self.id
        if root.is_file():
            raise UserErrorException(f"{root} is a file.", hint="Give a folder for the logs.")
        self._settle()
        written = []
        for path in detail.log_paths(self._store, self.id):
            transfer.download(self._store, self.id, path, root / check_artifact_path(path))
            written.append(str(root / path))
        return written

    def get_details_with_logs(self) -> dict[str, Any]:
        """Like `get_details`, but ``logFiles`` maps paths to what the files hold, as text."""
        found = self.get_details()  # type: ignore[attr-defined]
        found["logFiles"] = {
            path: transfer.read_bytes(self._store, self.id, path).decode("utf-8", "replace")
            for path in found["logFiles"]
        }
        return found  # type: ignore[no-any-return]

    def clean(self) -> list[str]:
        """Remove what the run left behind on its compute target; a run of this process leaves nothing.

        Returns:
            The files removed.
        """
        return []

    def take_snapshot(self, file_or_folder_path: str | os.PathLike[str]) -> str:
        """Keep a source folder, or one file, with the run; once only.

        What an ``.amlignore`` (else each ``.gitignore``) names is left out. Returns when all of it is stored.

        Args:
            file_or_folder_path: The folder or file.

        Returns:
            The id of the snapshot; the same content has the same id.

        Raises:
            SnapshotException: If the run has a snapshot, or none can be taken: unreadable, or too many files.
        """
        from runwatch.sdk.snapshot import taking

        made = taking.take(self._store, self.id, file_or_folder_path, self.get_snapshot_id())
        self._update(UpdateRun(run_id=self.id, add_properties={SNAPSHOT_PROPERTY: made}))
        return made

    def get_snapshot_id(self) -> str | None:
        """The id of the run's snapshot, or None."""
        self._settle()
        return self._refresh().properties.get(SNAPSHOT_PROPERTY)

    def restore_snapshot(self, snapshot_id: str | None = None, path: str | os.PathLike[str] | None = None) -> str:
        """Write a snapshot as a zip: the folder as it was, less what was ignored.

        Args:
            snapshot_id: Any snapshot of the workspace; the run's own by default.
            path: The folder to write to; a new one for temporary files by default.

        Returns:
            The zip, ``<snapshot id>.zip`` in that folder.

        Raises:
            SnapshotException: If there is no such snapshot.
        """
        from runwatch.sdk.snapshot import taking

        return taking.restore(self._store, self.id, snapshot_id, path)

    def _upload(self, path: str, source: BinaryIO, overwrite: bool) -> Artifact:
        try:
            return transfer.upload(self._store, self.id, path, source, overwrite=overwrite)
        except StoreUnavailableError:
            source.seek(0)
            sha256, size_bytes = transfer.digest(source)
            source.seek(0)
            self._recorder().hand_over(path, source, overwrite=overwrite)
        return Artifact(
            run_id=self.id,
            path=path,
            size_bytes=size_bytes,
            sealed=False,
            created_at=0.0,
            changed_at=0.0,
            sha256=sha256,
        )

    def _missing(self, message: str) -> UserErrorException:
        return UserErrorException(f"{message}. It has: {_listed(self.get_file_names())}.")


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise InvalidValueError(f"{path} cannot be read: {error.strerror}.") from error


def _listed(names: Iterable[str]) -> str:
    known = list(names)
    rest = f" and {len(known) - LISTED} more" if len(known) > LISTED else ""
    return (", ".join(known[:LISTED]) or "none") + rest
