"""A datastore: a place for files in a workspace, kept by content like the files of runs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from msgspec import Struct

from runwatch.schema import registry as names
from runwatch.schema.artifact import GetArtifact
from runwatch.schema.error import ConflictError, InvalidValueError, NotFoundError, UserErrorException
from runwatch.schema.name import check_artifact_path
from runwatch.schema.registry import Kind
from runwatch.schema.run import Delete, UpdateRun
from runwatch.schema.run import Run as Record
from runwatch.sdk import detail, later, starting, transfer
from runwatch.sdk.registered import Registered
from runwatch.store import registry
from runwatch.store.protocol import Store

if TYPE_CHECKING:
    from runwatch.sdk.dataset.consumption import DatasetConsumptionConfig
    from runwatch.sdk.workspace import Workspace

DEFAULT_NAME: Final = "workspaceblobstore"
"""The datastore that is always there; the original's name."""

DEFAULT_TAG: Final = "runwatch.default"
"""The tag of the one that `Workspace.set_default_datastore` chose."""


_INSTEAD: Final = "Datastore.get_default(ws) keeps files in the workspace, and Dataset.File.from_files reads URLs."


def _register(name: str) -> Any:
    def refuse(*args: object, **kwargs: object) -> NoReturn:
        later.unsupported("datastores of a cloud's storage", _INSTEAD)

    refuse.__name__ = refuse.__qualname__ = name
    refuse.__doc__ = "Not on one's own machines."
    return staticmethod(refuse)


class Datastore(Registered):
    """A datastore by its name.

    Args:
        workspace: Where it is.
        name: Its name; the default one if None.

    Raises:
        UserErrorException: If there is none.
    """

    def __init__(self, workspace: Workspace, name: str | None = None, *, _record: Record | None = None) -> None:
        super().__init__(workspace, _record or record_of(workspace.store, name))

    @staticmethod
    def get(workspace: Workspace, datastore_name: str) -> Datastore:
        """A datastore by its name.

        Raises:
            UserErrorException: If there is none.
        """
        return Datastore(workspace, datastore_name)

    @staticmethod
    def get_default(workspace: Workspace) -> Datastore:
        """The one that `Workspace.set_default_datastore` chose, else ``workspaceblobstore``."""
        return Datastore(workspace)

    @staticmethod
    def create(workspace: Workspace, datastore_name: str) -> Datastore:
        """Make a datastore, or get the one that is there. The original has none without a cloud's storage."""
        return Datastore(workspace, _record=_made(workspace.store, datastore_name))

    @staticmethod
    def list(workspace: Workspace) -> dict[str, Datastore]:
        """All datastores by name; ``workspaceblobstore`` is made if need be."""
        record_of(workspace.store, DEFAULT_NAME)
        found = registry.versions(workspace.store, Kind.DATASTORE)
        return {registry.name_of(each): Datastore(workspace, _record=each) for each in found}

    @property
    def datastore_type(self) -> str:
        """Always ``Runwatch``."""
        return "Runwatch"

    @property
    def is_default(self) -> bool:
        """Whether it is the workspace's default."""
        return Datastore.get_default(self.workspace).name == self.name

    @property
    def record_id(self) -> str:
        """The id of the run whose files are those of the datastore."""
        return self._record.run_id

    def set_as_default(self) -> None:
        """Make it the workspace's default."""
        store = self.workspace.store
        for each in registry.versions(store, Kind.DATASTORE, tags={DEFAULT_TAG: None}):
            store.runs.update(UpdateRun(run_id=each.run_id, remove_tags=(DEFAULT_TAG,)))
        self._change(set_tags={DEFAULT_TAG: "true"})

    def path(self, path: str | None = None, data_reference_name: str | None = None) -> DataPath:
        """A path in the datastore, for datasets; ``data_reference_name`` is ignored."""
        return DataPath(datastore=self, path_on_datastore=(path or "").strip("/"))

    def upload(
        self, src_dir: str | os.PathLike[str], target_path: str | None = None, overwrite: bool = False,
        show_progress: bool = True,
    ) -> DataPath:  # fmt: skip
        """Upload all files of a folder and the folders in it; links that lead out of it are left out.

        Args:
            src_dir: The folder.
            target_path: The folder in the datastore; its top if None.
            overwrite: Replace what is there; else it is left as it is.
            show_progress: Accepted and ignored.

        Raises:
            InvalidValueError: If there is no such folder.
        """
        root = Path(src_dir)
        if not root.is_dir():
            raise InvalidValueError(f"There is no folder {root}.")
        inside = root.resolve()
        files = [file for file in sorted(root.rglob("*")) if file.is_file() and file.resolve().is_relative_to(inside)]
        return self.upload_files(files, relative_root=root, target_path=target_path, overwrite=overwrite)

    def upload_files(
        self, files: Sequence[str | os.PathLike[str]], relative_root: str | os.PathLike[str] | None = None,
        target_path: str | None = None, overwrite: bool = False, show_progress: bool = True,
    ) -> DataPath:  # fmt: skip
        """Upload files.

        Args:
            files: Where they lie.
            relative_root: Their folders below this one are kept; without it none are.
            target_path: See `upload`, likewise ``overwrite`` and ``show_progress``.
            overwrite: As above.
            show_progress: As above.

        Raises:
            InvalidValueError: If a file cannot be read, or does not lie below the root.
        """
        folder = (target_path or "").strip("/")
        for file in map(Path, files):
            name = _below(file, Path(relative_root)) if relative_root is not None else file.name
            self._put(file, check_artifact_path(f"{folder}/{name}" if folder else name), overwrite)
        return self.path(folder)

    def download(
        self, target_path: str | os.PathLike[str], prefix: str | None = None, overwrite: bool = False,
        show_progress: bool = True,
    ) -> int:  # fmt: skip
        """Write files of the datastore into a folder.

        Args:
            target_path: The folder.
            prefix: Only what lies in this folder of the datastore, or this file; the whole path is kept.
            overwrite: Replace what is there; else it is left as it is.
            show_progress: Accepted and ignored.

        Returns:
            How many files were written.
        """
        written, wanted = 0, (prefix or "").strip("/")
        for artifact in detail.list_artifacts(self.workspace.store, self.record_id, wanted):
            target = Path(target_path) / check_artifact_path(artifact.path)
            if wanted and artifact.path != wanted and not artifact.path.startswith(f"{wanted}/"):
                continue
            if overwrite or not target.exists():
                transfer.download(self.workspace.store, self.record_id, artifact.path, target, check=True)
                written += 1
        return written

    register_azure_blob_container = _register("register_azure_blob_container")
    register_azure_file_share = _register("register_azure_file_share")
    register_azure_data_lake = _register("register_azure_data_lake")
    register_azure_data_lake_gen2 = _register("register_azure_data_lake_gen2")
    register_azure_sql_database = _register("register_azure_sql_database")
    register_azure_postgre_sql = _register("register_azure_postgre_sql")
    register_azure_my_sql = _register("register_azure_my_sql")
    register_dbfs = _register("register_dbfs")
    register_hdfs = _register("register_hdfs")

    def unregister(self) -> None:
        """Delete it with all its files."""
        if self.name == DEFAULT_NAME:
            raise UserErrorException(f"The datastore {DEFAULT_NAME} is always there.", hint="Delete its files instead.")
        self._remove()

    def _put(self, file: Path, path: str, overwrite: bool) -> None:
        store = self.workspace.store
        if not overwrite:
            with suppress(NotFoundError):
                if store.artifacts.get(GetArtifact(run_id=self.record_id, path=path)).sealed:
                    return
        try:
            with file.open("rb") as source:
                transfer.upload(store, self.record_id, path, source, overwrite=True)
        except OSError as error:
            raise InvalidValueError(f"{file} cannot be read: {error.strerror}.") from error

    def __repr__(self) -> str:
        return f"Datastore(name={self.name!r}, workspace={self.workspace.name!r})"


class DataPath(Struct, frozen=True, kw_only=True, eq=False):
    """A path in a datastore.

    Attributes:
        datastore: The datastore.
        path_on_datastore: A file, a folder or a pattern, without a leading ``/``.
    """

    datastore: Any
    path_on_datastore: str

    def as_mount(self) -> DatasetConsumptionConfig:
        """It as an input of a run that is given a local path."""
        from runwatch.sdk.dataset.factory import FileDatasetFactory

        return FileDatasetFactory.from_files(self).as_mount()

    as_download = as_mount

    def __iter__(self) -> Any:
        return iter((self.datastore, self.path_on_datastore))


def record_of(store: Store, name: str | None = None) -> Record:
    """The run whose files are those of a datastore.

    Args:
        store: Where.
        name: The datastore's name; None means the default one, which is made if it is not there.

    Raises:
        UserErrorException: There is none of this name.
    """
    if name is None:
        chosen = next(registry.versions(store, Kind.DATASTORE, tags={DEFAULT_TAG: None}), None)
        return chosen or _made(store, DEFAULT_NAME)
    try:
        return registry.find(store, Kind.DATASTORE, name, 1)
    except NotFoundError as error:
        if name == DEFAULT_NAME:
            return _made(store, name)
        raise UserErrorException(
            f"There is no datastore {name!r} in this workspace.", hint="Datastore.create(workspace, name) makes one."
        ) from error


def _made(store: Store, name: str) -> Record:
    """The datastore of a name; it has one version, so that whoever makes it second gets the first one's."""
    with suppress(NotFoundError):
        return registry.find(store, Kind.DATASTORE, names.check_name(Kind.DATASTORE, name), 1)
    made = registry.register(store, Kind.DATASTORE, name, submitted_by=starting.user())
    if registry.version_of(made) == 1:
        return made
    store.runs.delete(Delete(run_ids=(made.run_id,)))
    try:
        return registry.find(store, Kind.DATASTORE, name, 1)
    except NotFoundError as error:
        raise ConflictError(f"A datastore {name!r} was deleted.", hint="Choose another name.") from error


def _below(file: Path, root: Path) -> str:
    try:
        return file.absolute().relative_to(root.absolute()).as_posix()
    except ValueError as error:
        raise InvalidValueError(f"{file} does not lie in {root}.", hint="Choose a folder above it.") from error
