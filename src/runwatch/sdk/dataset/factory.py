"""Makes datasets and finds registered ones: the class that users know as ``Dataset``."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from runwatch.schema.error import InvalidValueError, UserErrorException
from runwatch.schema.registry import Kind
from runwatch.schema.run import Run as Record
from runwatch.sdk import later
from runwatch.sdk.dataset import source, table
from runwatch.sdk.dataset.dataset import AbstractDataset, FileDataset, TabularDataset, dataset_of
from runwatch.sdk.dataset.definition import Definition, Source, from_form
from runwatch.sdk.dataset.partition import OPTION, Partition
from runwatch.store import registry

if TYPE_CHECKING:
    from runwatch.sdk.workspace import Workspace

Paths = "str | os.PathLike[str] | DataPath | tuple[Datastore, str] | Sequence[Any]"
"""Files: a path or URL, or a pair of a datastore and a path in it, or a list of such. ``*`` and ``**`` match names."""


class DataType:
    """The type of a column."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    @staticmethod
    def to_string() -> DataType:
        """Texts."""
        return DataType("str")

    @staticmethod
    def to_long() -> DataType:
        """Integers; what is none is missing."""
        return DataType("int")

    @staticmethod
    def to_float(decimal_mark: str = ".") -> DataType:
        """Numbers; what is none is missing."""
        return DataType("float")

    @staticmethod
    def to_bool() -> DataType:
        """Truth values."""
        return DataType("bool")

    @staticmethod
    def to_datetime(formats: object = None) -> DataType:
        """Times; what is none is missing."""
        return DataType("datetime")


class FileDatasetFactory:
    """`Dataset.File`."""

    @staticmethod
    def from_files(
        path: Any, validate: bool = True, partition_format: str | None = None, is_file: bool = False
    ) -> FileDataset:
        """A dataset of files.

        Args:
            path: See `Paths`.
            validate: Look now whether there are files; those behind URLs are not asked for.
            partition_format: See `runwatch.sdk.dataset.partition.Partition`, and `get_partition_key_values`.
            is_file: Accepted and ignored.

        Raises:
            UserErrorException: If there are none.
            InvalidValueError: If the format is none.
        """
        sources, workspace = _sources(path)
        made = FileDataset(Definition(kind="file", sources=sources, options=_partition(partition_format)), workspace)
        if validate:
            _look(workspace, sources)
        return made

    @staticmethod
    def upload_directory(
        src_dir: str | os.PathLike[str], target: Any, pattern: str | None = None, overwrite: bool = False,
        show_progress: bool = True,
    ) -> FileDataset:  # fmt: skip
        """Upload a folder into a datastore, and give the dataset of what was uploaded.

        Args:
            src_dir: The folder.
            target: A pair of a datastore and a path in it, or what `Datastore.path` gives.
            pattern: Only files that match, such as ``*.csv``.
            overwrite: Replace what is there.
            show_progress: Accepted and ignored.
        """
        datastore, folder = target
        files = sorted(file for file in Path(src_dir).rglob(pattern or "*") if file.is_file())
        datastore.upload_files(files, relative_root=src_dir, target_path=folder, overwrite=overwrite)
        return FileDatasetFactory.from_files((datastore, folder))


class TabularDatasetFactory:
    """`Dataset.Tabular`."""

    @staticmethod
    def from_delimited_files(
        path: Any, validate: bool = True, include_path: bool = False, infer_column_types: bool = True,
        set_column_types: Mapping[str, DataType] | None = None, separator: str = ",", header: Any = True,
        partition_format: str | None = None, support_multi_line: bool = False, empty_as_string: bool = False,
        encoding: str = "utf8",
    ) -> TabularDataset:  # fmt: skip
        """A table in text files such as CSV, plain or packed by gzip.

        Args:
            path: See `Paths`.
            validate: Look now whether there are files.
            include_path: Add a column ``Path``.
            infer_column_types: False reads all values as texts.
            set_column_types: Types by column.
            separator: Between values; a tab for TSV.
            header: True or ``ALL_FILES_HAVE_SAME_HEADERS``, False or ``NO_HEADERS``, ``ONLY_FIRST_FILE_HAS_HEADERS``
                or ``COMBINE_ALL_FILES_HEADERS``; members of the original's ``PromoteHeadersBehavior`` too.
            partition_format: Columns of text and time out of the paths, such as
                ``/{department}/{day:yyyy/MM/dd}/data.csv``: see `runwatch.sdk.dataset.partition.Partition`.
            support_multi_line: Accepted and ignored: quoted values may always have several lines.
            empty_as_string: Accepted and ignored.
            encoding: Python's name of an encoding.
        """
        options = {
            "header": _header(header), "separator": separator, "encoding": encoding,
            "infer_column_types": infer_column_types, "include_path": include_path, "types": _types(set_column_types),
            **_partition(partition_format),
        }  # fmt: skip
        return _table("csv", path, validate, options)

    @staticmethod
    def from_parquet_files(
        path: Any, validate: bool = True, include_path: bool = False,
        set_column_types: Mapping[str, DataType] | None = None, partition_format: str | None = None,
    ) -> TabularDataset:  # fmt: skip
        """A table in Parquet files; see `from_delimited_files`."""
        options = {
            "include_path": include_path, "types": _types(set_column_types), **_partition(partition_format),
        }  # fmt: skip
        return _table("parquet", path, validate, options)

    @staticmethod
    def from_json_lines_files(
        path: Any, validate: bool = True, include_path: bool = False,
        set_column_types: Mapping[str, DataType] | None = None, partition_format: str | None = None,
        invalid_lines: str = "error", encoding: str = "utf8",
    ) -> TabularDataset:  # fmt: skip
        """A table in files with a JSON object a line; see `from_delimited_files`. ``invalid_lines`` is ignored."""
        options = {
            "include_path": include_path, "types": _types(set_column_types), "encoding": encoding,
            **_partition(partition_format),
        }  # fmt: skip
        return _table("jsonl", path, validate, options)

    @staticmethod
    def register_pandas_dataframe(
        dataframe: Any, target: Any, name: str, description: str | None = None,
        tags: Mapping[str, object] | None = None, show_progress: bool = True,
        make_target_path_unique: bool = True,
    ) -> TabularDataset:  # fmt: skip
        """Keep a data frame as a Parquet file in a datastore, and register the dataset of it.

        Args:
            dataframe: The data frame.
            target: A datastore, or a pair of one and a path in it.
            name: See `AbstractDataset.register`, which makes a new version if need be.
            description: Likewise.
            tags: Likewise.
            show_progress: Accepted and ignored.
            make_target_path_unique: Keep it in a new folder below the path.
        """
        from runwatch.sdk.dataset.frame import keep

        datastore, folder = target if isinstance(target, tuple) else (target, "")
        path = keep(dataframe, datastore, folder, unique=make_target_path_unique)
        made = TabularDatasetFactory.from_parquet_files((datastore, path))
        return made.register(datastore.workspace, name, description, tags, create_new_version=True)

    @staticmethod
    def from_sql_query(*args: object, **kwargs: object) -> NoReturn:
        """Not here."""
        later.unsupported("datastores of databases", "Read it with pandas, and use register_pandas_dataframe.")


class Dataset:
    """Makes datasets (`File`, `Tabular`) and finds those that are registered."""

    File = FileDatasetFactory
    Tabular = TabularDatasetFactory

    @staticmethod
    def get_by_name(workspace: Workspace, name: str, version: int | str = "latest") -> Any:
        """A registered dataset.

        Args:
            workspace: Where.
            name: Its name.
            version: Its number, or ``latest``.

        Raises:
            NotFoundError: If there is none.
        """
        number = None if version in ("latest", None) else int(version)
        return _of_record(workspace, registry.find(workspace.store, Kind.DATASET, name, number))

    @staticmethod
    def get_by_id(workspace: Workspace, id: str, **kwargs: object) -> Any:  # noqa: A002 (the original's name)
        """A registered dataset by its ``id``.

        Raises:
            NotFoundError: If there is none.
        """
        name, _, number = id.rpartition(":")
        if not name or not number.isdecimal():
            raise InvalidValueError(f"{id!r:.80} is no id of a dataset.", hint="It is the id of a registered one.")
        return Dataset.get_by_name(workspace, name, int(number))

    @staticmethod
    def get_all(workspace: Workspace) -> dict[str, Any]:
        """The highest version of each registered dataset by name."""
        found = registry.latest(registry.versions(workspace.store, Kind.DATASET))
        return {name: _of_record(workspace, record) for name, record in found.items()}


def _of_record(workspace: Workspace, record: Record) -> AbstractDataset:
    return dataset_of(from_form(record.definition, registry.name_of(record)), workspace, record)


def _table(form: Any, path: Any, validate: bool, options: dict[str, Any]) -> TabularDataset:
    sources, workspace = _sources(path)
    if validate:
        _look(workspace, sources)
    return TabularDataset(Definition(kind="tabular", sources=sources, format=form, options=options), workspace)


def _sources(given: Any) -> tuple[tuple[Source, ...], Workspace | None]:
    """Sources of what users give, and the workspace of their datastores."""
    found: list[Source] = []
    workspace: Workspace | None = None
    for each in _each(given):
        if isinstance(each, tuple):
            datastore, path = each
            workspace = datastore.workspace
            found.append(Source(path=str(path).strip("/"), datastore=datastore.name))
        else:
            text = os.fspath(each)
            found.append(Source(path=text if source.is_url(text) else str(Path(text).expanduser().absolute())))
    if not found:
        raise UserErrorException("A dataset of no files cannot be made.", hint="Give at least one path.")
    return tuple(found), workspace


def _each(given: Any) -> list[Any]:
    """Single paths, and pairs of a datastore and a path."""
    if isinstance(given, str | os.PathLike):
        return [given]
    if hasattr(given, "path_on_datastore"):
        return [(given.datastore, given.path_on_datastore)]
    if isinstance(given, tuple) and len(given) == 2 and hasattr(given[0], "upload_files"):
        return [(given[0], one) for one in given[1]] if isinstance(given[1], list) else [given]
    if isinstance(given, list | tuple):
        return [each for one in given for each in _each(one)]
    raise InvalidValueError(
        f"A {type(given).__name__} is no path of a dataset.", hint="Give a path, a URL or (datastore, path)."
    )


def _look(workspace: Workspace | None, sources: Sequence[Source]) -> None:
    for each in sources:
        if each.datastore or not source.is_url(each.path):
            next(source.items(workspace, each))


def _header(given: Any) -> str:
    if isinstance(given, bool):
        return table.ALL_SAME if given else table.NO_HEADERS
    text = str(getattr(given, "name", given))
    if text not in table.HEADERS:
        raise InvalidValueError(f"{given!r:.80} is no way to find headers.", hint=f"Use {', '.join(table.HEADERS)}.")
    return text


def _partition(given: str | None) -> dict[str, str]:
    """The format as an option, once it has been found to be one."""
    if given is None:
        return {}
    Partition(given)
    return {OPTION: given}


def _types(given: Mapping[str, DataType] | None) -> dict[str, str]:
    return {column: kind.kind for column, kind in (given or {}).items()}
