"""Reads the files of a table as pandas data frames, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from runwatch.schema.error import UserErrorException
from runwatch.sdk.dataset.definition import Definition
from runwatch.sdk.dataset.partition import OPTION, Partition
from runwatch.sdk.dataset.source import Item

ALL_SAME: Final = "ALL_FILES_HAVE_SAME_HEADERS"
"""Every file begins with a line of names, and they are the same."""

ONLY_FIRST: Final = "ONLY_FIRST_FILE_HAS_HEADERS"
COMBINE: Final = "COMBINE_ALL_FILES_HEADERS"
"""Every file has names of its own; a row lacks what its file has not."""

NO_HEADERS: Final = "NO_HEADERS"
"""Columns are called ``Column1`` and so on."""

GZIP: Final = b"\x1f\x8b"
"""The first two bytes of what gzip packs."""

HEADERS: Final = (ALL_SAME, ONLY_FIRST, COMBINE, NO_HEADERS)
PATH_COLUMN: Final = "Path"
"""The column that ``include_path`` adds."""


def frames(files: Iterable[tuple[Item, Path]], definition: Definition) -> Iterator[Any]:
    """A frame for each file.

    Args:
        files: The files and where they, or copies of them, lie on this disk.
        definition: Says how they are read.

    Raises:
        UserErrorException: A file cannot be read, or a package is missing.
    """
    pandas()
    names: list[str] | None = None
    given = definition.options.get(OPTION)
    partition = None if given is None else Partition(given)
    for number, (item, path) in enumerate(files):
        try:
            if definition.format == "parquet":
                frame = pandas().read_parquet(path)
            elif definition.format == "jsonl":
                frame = pandas().read_json(path, lines=True, encoding=definition.options.get("encoding", "utf8"))
            else:
                frame = _delimited(path, definition.options, names, first=number == 0)
        except (ValueError, OSError) as error:  # pandas' own errors of form are ValueErrors
            raise UserErrorException(f"{item.name} cannot be read as {definition.format}: {error}.") from error
        names = names or [str(each) for each in frame.columns]
        yield _finished(frame, item, definition.options, partition)


def _delimited(path: Path, options: dict[str, Any], names: list[str] | None, *, first: bool) -> Any:
    header = options.get("header", ALL_SAME)
    bare = header == NO_HEADERS or (header == ONLY_FIRST and not first)
    settings: dict[str, Any] = {
        "sep": options.get("separator", ","),
        "encoding": options.get("encoding", "utf8"),
        "header": None if bare else 0,
        "dtype": None if options.get("infer_column_types", True) else str,
        "compression": "gzip" if is_gzip(path) else None,
    }
    try:
        frame = pandas().read_csv(path, **settings)
    except pandas().errors.EmptyDataError:  # nothing at all in it
        return pandas().DataFrame(columns=names or [])
    if header == NO_HEADERS:
        frame.columns = [f"Column{number + 1}" for number in range(len(frame.columns))]
    elif names is not None and header in {ALL_SAME, ONLY_FIRST} and len(names) == len(frame.columns):
        frame.columns = names
    return frame


def is_gzip(path: Path) -> bool:
    """Whether a file is packed by gzip, whatever its name says."""
    with path.open("rb") as file:
        return file.read(2) == GZIP


def _finished(frame: Any, item: Item, options: dict[str, Any], partition: Partition | None) -> Any:
    """The frame with columns of the path before its own; one of the same name in the file gives way."""
    for position, (column, value) in enumerate(partition.values(item.place).items() if partition else ()):
        frame = frame.drop(columns=column, errors="ignore")
        frame.insert(position, column, pandas().Series([value] * len(frame), index=frame.index, dtype=_kind_of(value)))
    for column, kind in options.get("types", {}).items():
        if column in frame.columns:
            frame[column] = _as(frame[column], kind)
    if options.get("include_path"):
        frame.insert(0, PATH_COLUMN, f"/{item.name}")
    return frame


def _kind_of(value: Any) -> str:
    return "object" if isinstance(value, str) else "datetime64[ns]"


def _as(series: Any, kind: str) -> Any:
    if kind == "datetime":
        return pandas().to_datetime(series, errors="coerce", utc=False)
    if kind in {"float", "int"}:
        found = pandas().to_numeric(series, errors="coerce")
        return found.astype("Int64") if kind == "int" else found
    return series.astype("boolean" if kind == "bool" else str)


def pandas() -> Any:
    """The package that reads tables.

    Raises:
        UserErrorException: It is not installed.
    """
    try:
        import pandas as found
    except ImportError as error:
        raise UserErrorException("Reading a table needs pandas.", hint="pip install 'runwatch[data]'") from error
    return found
