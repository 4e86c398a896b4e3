"""Datasets of files and of tables: where data lie, and what is done to them when they are read."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self

from msgspec.structs import replace

from runwatch.schema.error import InvalidValueError, UserErrorException
from runwatch.schema.registry import Kind
from runwatch.schema.run import Run as Record
from runwatch.sdk import later, registered, starting
from runwatch.sdk.dataset import place, source, step, table
from runwatch.sdk.dataset.condition import Expression, Field
from runwatch.sdk.dataset.consumption import DatasetConsumptionConfig
from runwatch.sdk.dataset.definition import Definition, Step, to_form
from runwatch.sdk.dataset.partition import OPTION, Partition
from runwatch.sdk.dataset.place import MountContext
from runwatch.sdk.dataset.source import Item
from runwatch.store import registry

if TYPE_CHECKING:
    import os

    from runwatch.sdk.workspace import Workspace


class AbstractDataset:
    """What datasets of files and of tables have in common. A dataset never changes: what changes it makes another one.

    Args:
        definition: What it is.
        workspace: Where its datastores are, and where it is registered; None if neither.
        record: The version that it is registered as, or None.
    """

    def __init__(
        self, definition: Definition, workspace: Workspace | None = None, record: Record | None = None
    ) -> None:
        self._definition = definition
        self._workspace = workspace
        self._record = record

    @property
    def name(self) -> str | None:
        """The name that it is registered under, or None."""
        return None if self._record is None else registry.name_of(self._record)

    @property
    def version(self) -> int | None:
        """The number that it is registered as, from 1, or None."""
        return None if self._record is None else registry.version_of(self._record)

    @property
    def id(self) -> str | None:
        """``name:version``, or None; `Dataset.get_by_id` finds it again."""
        return None if self._record is None else f"{self.name}:{self.version}"

    @property
    def description(self) -> str | None:
        """Markdown, or None."""
        return None if self._record is None else self._record.description or None

    @property
    def tags(self) -> dict[str, str | None]:
        """Labels that can change, when this object last asked."""
        return {} if self._record is None else dict(self._record.tags)

    @property
    def partition_keys(self) -> list[str]:
        """The columns that its ``partition_format`` finds in the paths of the files."""
        return [key.name for key in self._partition().keys] if OPTION in self._definition.options else []

    def get_partition_key_values(self, partition_keys: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """The values of these columns that there are, each combination once.

        Args:
            partition_keys: Columns of `partition_keys`; all if None.

        Raises:
            UserErrorException: It has no such columns, or a path does not have the form.
        """
        wanted = self.partition_keys if partition_keys is None else list(partition_keys)
        unknown = [name for name in wanted if name not in self.partition_keys]
        if unknown or not wanted:
            raise UserErrorException(
                f"The dataset has no partition key{f' {unknown[0]!r}' if unknown else 's'}.",
                hint="Give partition_format when it is made.",
            )
        found = [self._partition().values(item.place) for item in self._items()]
        rows = dict.fromkeys(tuple(values[name] for name in wanted) for values in found)
        return [dict(zip(wanted, row, strict=True)) for row in rows]

    def register(
        self, workspace: Workspace, name: str, description: str | None = None,
        tags: Mapping[str, object] | None = None, create_new_version: bool = False,
    ) -> Self:  # fmt: skip
        """Register it under a name. What is kept is where the data lie and how they are read, not the data.

        The same dataset under the same name again is no error and no new version.

        Args:
            workspace: Where.
            name: Letters, digits, ``-``, ``_``, ``.`` and spaces.
            description: Markdown.
            tags: Labels that can change.
            create_new_version: Register it as the next version, if there is another dataset of this name.

        Raises:
            UserErrorException: If there is another one, and no new version was asked for.
        """
        form = to_form(self._definition)
        there = registry.latest(registry.versions(workspace.store, Kind.DATASET, name=name)).get(name)
        if there is not None and there.definition == form:
            return type(self)(self._definition, workspace, there)
        if there is not None and not create_new_version:
            raise UserErrorException(
                f"There is another dataset {name!r} in this workspace.", hint="Pass create_new_version=True."
            )
        record = registry.register(
            workspace.store, Kind.DATASET, name, definition=form, description=description or "",
            tags=registered.texts(tags), submitted_by=starting.user(),
        )  # fmt: skip
        return type(self)(self._definition, workspace, record)

    def unregister_all_versions(self) -> None:
        """Delete all versions of its name; the data stay where they are, and numbers are not used again."""
        from runwatch.schema.run import Delete

        store = self._in_workspace().store
        found = registry.versions(store, Kind.DATASET, name=self.name)
        store.runs.delete(Delete(run_ids=tuple(each.run_id for each in found)))
        self._record = None

    def add_tags(self, tags: Mapping[str, object]) -> None:
        """Add or replace tags of the registered version."""
        self._change(set_tags=registered.texts(tags))

    def remove_tags(self, tags: Sequence[str]) -> None:
        """Remove tags by name."""
        self._change(remove_tags=tuple(tags))

    def update(self, description: str | None = None, tags: Mapping[str, object] | None = None) -> Self:
        """Change description or tags of the registered version; what is None stays."""
        changes: dict[str, Any] = {} if description is None else {"description": description}
        if tags is not None:
            changes |= {"set_tags": registered.texts(tags), "remove_tags": tuple(set(self.tags) - set(tags))}
        self._change(**changes)
        return self

    def as_named_input(self, name: str) -> DatasetConsumptionConfig:
        """It as an input of a run: give this, or its ``as_mount()``, to the arguments of a `ScriptRunConfig`.

        Args:
            name: A letter or ``_``, then letters, digits and ``_``: ``Run.get_context().input_datasets[name]``.
        """
        return DatasetConsumptionConfig(name, self)

    def as_hdfs(self) -> NoReturn:
        """Not on one's own machines."""
        later.unsupported("HDFS mounts", "Use as_mount() or as_download().")

    def take(self, count: int) -> Self:
        """The first rows, or files."""
        return self._and(Step(kind="take", count=_count(count)))

    def skip(self, count: int) -> Self:
        """All but the first rows, or files."""
        return self._and(Step(kind="skip", count=_count(count)))

    def _draw(self, low: float, high: float, seed: int) -> Self:
        return self._and(Step(kind="draw", low=low, high=high, seed=seed))

    def random_split(self, percentage: float, seed: int | None = None) -> tuple[Self, Self]:
        """Two datasets: each row, or file, is in one of them.

        Args:
            percentage: About this part, above 0 and below 1, is in the first.
            seed: The same one splits the same way; a new one if None, the same for both.
        """
        if not 0 < percentage < 1:
            raise InvalidValueError(f"{percentage} is no part of a dataset.", hint="Give one above 0 and below 1.")
        chosen = _seed(seed)
        return self._draw(0.0, percentage, chosen), self._draw(percentage, 1.0, chosen)

    def _partition(self) -> Partition:
        return Partition(self._definition.options[OPTION])

    def _and(self, more: Step) -> Self:
        return type(self)(replace(self._definition, steps=(*self._definition.steps, more)), self._workspace)

    def _local_path(self) -> Path:
        """A file or folder of this disk that holds the files."""
        return place.local_path(self._workspace, self._items())

    def _items(self) -> list[Item]:
        """The files of all sources, names made different."""
        found: dict[str, Item] = {}
        for number, each in enumerate(self._definition.sources):
            for item in source.items(self._workspace, each):
                name = item.name if item.name not in found else f"{number}/{item.name}"
                found[name] = replace(item, name=name)
        return list(found.values())

    def _in_workspace(self) -> Workspace:
        if self._workspace is None or self._record is None:
            raise UserErrorException("The dataset is not registered.", hint="Call dataset.register(workspace, name).")
        return self._workspace

    def _change(self, **changes: Any) -> None:
        from runwatch.schema.run import UpdateRun

        store = self._in_workspace().store
        assert self._record is not None, "checked before"
        self._record = store.runs.update(UpdateRun(run_id=self._record.run_id, **changes))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AbstractDataset) and (self._definition, self.id) == (other._definition, other.id)

    __hash__ = None  # type: ignore[assignment]  # a definition may hold lists

    def __repr__(self) -> str:
        where = ", ".join(each.path for each in self._definition.sources)
        return f"{type(self).__name__}({where!r}, name={self.name!r}, version={self.version})"


class FileDataset(AbstractDataset):
    """Files. Made by `Dataset.File.from_files`."""

    def to_path(self) -> list[str]:
        """The paths of the files within the dataset, each with a leading ``/``."""
        return [f"/{item.name}" for item in self._chosen()]

    def download(
        self, target_path: str | os.PathLike[str] | None = None, overwrite: bool = False, ignore_not_found: bool = False
    ) -> list[str]:
        """Copy the files into a folder.

        Args:
            target_path: The folder; a new one for temporary files if None.
            overwrite: Replace what is there.
            ignore_not_found: Accepted and ignored.

        Returns:
            The paths of the copies.

        Raises:
            UserErrorException: If one is there, or there are no files.
        """
        folder = Path(tempfile.mkdtemp(prefix="runwatch-data-") if target_path is None else target_path).absolute()
        return [str(path) for path in place.write(self._workspace, self._chosen(), folder, overwrite=overwrite)]

    def mount(self, mount_point: str | os.PathLike[str] | None = None, **kwargs: object) -> MountContext:
        """The files in a folder while a ``with`` block lasts: links to what lies on this machine, copies of the rest.

        Args:
            mount_point: The folder; a new one for temporary files if None.
            **kwargs: Accepted and ignored.
        """
        return MountContext(self._workspace, self._chosen(), mount_point)

    def as_mount(self, path_on_compute: str | None = None) -> DatasetConsumptionConfig:
        """It as an input of a run that is given a path; see `as_named_input`."""
        return DatasetConsumptionConfig(_input_name(), self, mode="mount", path_on_compute=path_on_compute)

    def as_download(self, path_on_compute: str | None = None) -> DatasetConsumptionConfig:
        """As `as_mount`."""
        return DatasetConsumptionConfig(_input_name(), self, mode="download", path_on_compute=path_on_compute)

    def sample(self, probability: float, seed: int | None = None) -> FileDataset:
        """Each file with this probability."""
        return self._draw(0.0, _probability(probability), _seed(seed))

    def _chosen(self) -> list[Item]:
        return list(step.over_files(self._items(), self._definition.steps))

    def _local_path(self) -> Path:
        """A file or folder of this disk that holds the files."""
        sources = self._definition.sources
        only = sources[0].path if len(sources) == 1 and not self._definition.steps and not sources[0].datastore else ""
        plain = only if only and not source.is_url(only) and Path(only).exists() else ""
        return place.local_path(self._workspace, self._chosen(), plain)


class TabularDataset(AbstractDataset):
    """A table. Made by the methods of `Dataset.Tabular`."""

    def __getitem__(self, column: str) -> Field:
        return Field(column)

    def to_pandas_dataframe(self, on_error: str = "null", out_of_range_datetime: str = "null") -> Any:
        """The rows as a data frame.

        Args:
            on_error: Accepted and ignored: what is not of a column's type is missing.
            out_of_range_datetime: Likewise.

        Raises:
            UserErrorException: If a file cannot be read, or a column is not there.
        """
        pandas = table.pandas()
        with tempfile.TemporaryDirectory(prefix="runwatch-data-") as folder:
            files = ((item, place.one(self._workspace, item, Path(folder))) for item in self._items())
            found = list(step.over_frames(table.frames(files, self._definition), self._definition.steps))
        full = [frame for frame in found if len(frame)] or found[:1]
        return pandas.concat(full, ignore_index=True) if full else pandas.DataFrame()

    def keep_columns(self, columns: str | Sequence[str], validate: bool = False) -> TabularDataset:
        """These columns alone, in this order.

        Args:
            columns: Their names.
            validate: Look now whether they are there; else the first read does.
        """
        return self._of_columns("keep", columns, validate)

    def drop_columns(self, columns: str | Sequence[str]) -> TabularDataset:
        """All but these columns."""
        return self._of_columns("drop", columns, False)

    def filter(self, expression: Expression) -> TabularDataset:
        """The rows that meet a condition, such as ``(ds["age"] > 30) & (ds["city"] == "Bern")``."""
        if not isinstance(expression, Expression):
            raise InvalidValueError("The rows cannot be filtered by this.", hint="Give e.g. ds['age'] > 30.")
        return self._and(Step(kind="where", condition=expression.form))

    def sample(self, probability: float, seed: int | None = None) -> TabularDataset:
        """Each row with this probability."""
        return self._draw(0.0, _probability(probability), _seed(seed))

    def to_csv_files(self, separator: str = ",") -> FileDataset:
        """The table as one CSV file in a folder for temporary files."""
        path = Path(tempfile.mkdtemp(prefix="runwatch-data-")) / "data.csv"
        self.to_pandas_dataframe().to_csv(path, sep=separator, index=False)
        return _files_at(path)

    def to_parquet_files(self) -> FileDataset:
        """The table as one Parquet file in a folder for temporary files."""
        path = Path(tempfile.mkdtemp(prefix="runwatch-data-")) / "data.parquet"
        self.to_pandas_dataframe().to_parquet(path, index=False)
        return _files_at(path)

    def to_spark_dataframe(self) -> NoReturn:
        """Not here."""
        later.unsupported("Spark sessions", "Use to_pandas_dataframe().")

    def get_profile(self, **kwargs: object) -> NoReturn:
        """Not here."""
        later.unsupported("profiles of datasets", "Use to_pandas_dataframe().describe().")

    def _of_columns(self, kind: Any, columns: str | Sequence[str], validate: bool) -> TabularDataset:
        names = (columns,) if isinstance(columns, str) else tuple(columns)
        if validate:
            step.check_columns(self.take(1).to_pandas_dataframe(), names)
        return self._and(Step(kind=kind, columns=names))


def dataset_of(definition: Definition, workspace: Workspace | None, record: Record | None) -> AbstractDataset:
    """The dataset of a definition."""
    return (FileDataset if definition.kind == "file" else TabularDataset)(definition, workspace, record)


def _files_at(path: Path) -> FileDataset:
    from runwatch.sdk.dataset.definition import Source

    return FileDataset(Definition(kind="file", sources=(Source(path=str(path)),)))


def _input_name() -> str:
    """A name for an input that was given none."""
    return f"input_{secrets.token_hex(4)}"


def _count(count: int) -> int:
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise InvalidValueError(f"{count!r} is no number of rows.", hint="Give an integer from 0.")
    return count


def _probability(probability: float) -> float:
    if not 0 <= probability <= 1:
        raise InvalidValueError(f"{probability} is no probability.", hint="Give a number from 0 to 1.")
    return float(probability)


def _seed(seed: int | None) -> int:
    return secrets.randbelow(2**31) if seed is None else int(seed)
