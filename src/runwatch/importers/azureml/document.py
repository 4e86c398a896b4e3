"""JSON that was kept of a run - details, metrics, metric records - told apart by what is in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct

from runwatch.schema import limit
from runwatch.schema.error import InvalidValueError
from runwatch.store.text import from_json


class Kind(StrEnum):
    """What a document says."""

    DETAILS = "details"
    """What the run is: ``run.get_details()``, a record of the service, or ``az ml job show``."""

    METRICS = "metrics"
    """``run.get_metrics()``."""

    TREE_METRICS = "tree_metrics"
    """``run.get_metrics(recursive=True)``: from run ids to metrics."""

    RECORDS = "records"
    """Metrics as the service keeps them, each value with its step and time."""


class Document(Struct, frozen=True, kw_only=True, eq=False):
    """A document.

    Attributes:
        path: Its file, from the folder that was given.
        kind: What it says.
        content: What stands in it.
        sha256: The digest of the file, which may hold several documents.
        size_bytes: Its size.
        named: Somebody said that it is about a run, or its name does.
    """

    path: str
    kind: Kind
    content: Any
    sha256: str
    size_bytes: int
    named: bool = True

    @property
    def name(self) -> str:
        """The name of its file."""
        return self.path.rpartition("/")[2]


_DETAIL_KEYS: Final = frozenset({
    "status", "startTimeUtc", "endTimeUtc", "runDefinition", "properties", "logFiles", "experimentName", "createdUtc",
    "target", "runType", "parentRunId",
})  # fmt: skip
_GENERATED_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|_\d{9,11}_[0-9a-f]{8}")
_SCALARS: Final = (str, int, float, bool, type(None))


def parse(path: str, data: bytes) -> Any:
    """The content of a JSON file; NaN and infinities may stand in it as Python writes them.

    Raises:
        InvalidValueError: It is no JSON, or is nested too deeply.
    """
    try:
        found = from_json(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        why = "is nested too deeply" if isinstance(error, RecursionError) else "is no JSON that can be read"
        raise InvalidValueError(f"{path!r} {why}.") from error
    if _is_deep(found):
        raise InvalidValueError(f"{path!r} is nested too deeply: {limit.IMPORT_DOCUMENT_DEPTH} levels are read.")
    return found


def recognise(path: str, data: bytes, content: Any, *, named: bool) -> list[Document]:
    """What a parsed file says of runs; nothing if it is a file like any other.

    Args:
        path: The file.
        data: Its bytes.
        content: What was parsed.
        named: Somebody says that it is about a run: it was given by name, or its name speaks of metrics. Then any
            object may be metrics, since a metric may have any name and any value.
    """
    parts = list(_told(content, named=named))
    if not parts:
        return []
    sha256 = hashlib.sha256(data).hexdigest()
    return [
        Document(path=path, kind=kind, content=part, sha256=sha256, size_bytes=len(data), named=named)
        for kind, part in parts
    ]


def _told(content: Any, *, named: bool) -> Iterator[tuple[Kind, Any]]:
    """What stands in a file, part by part."""
    details = [part for part in _parts(content) if is_details(part)]
    records = [part for part in _parts(content) if _is_record(part)]
    if details:
        yield from ((Kind.DETAILS, part) for part in details)
    elif records:
        yield Kind.RECORDS, records
    elif isinstance(content, dict) and "schema_type" not in content and (content or named):
        if content and _is_tree(content):
            yield Kind.TREE_METRICS, content
        elif named or all(_is_metric(each) for each in content.values()):
            yield Kind.METRICS, content


def is_details(content: Any) -> bool:
    """Whether an object says what a run is."""
    if not isinstance(content, dict):
        return False
    if isinstance(run_id_of(content), str) and not _DETAIL_KEYS.isdisjoint(content):
        return True
    return isinstance(content.get("name"), str) and {"experiment_name", "status"} <= content.keys()


def run_id_of(details: Mapping[str, Any]) -> str | None:
    """The id of the run that details are of."""
    for key in ("runId", "run_id"):
        if isinstance(details.get(key), str):
            return str(details[key])
    found = details.get("name") if "experiment_name" in details else None
    return found if isinstance(found, str) else None


def _parts(content: Any) -> Iterator[Any]:
    """The things a file holds: one, or the entries of a list, be it alone or a page of the service."""
    if isinstance(content, dict):
        yield content
        for key in ("value", "metrics", "runs"):
            if isinstance(content.get(key), list):
                yield from content[key]
    elif isinstance(content, list):
        yield from content


def _is_record(content: Any) -> bool:
    if not isinstance(content, dict) or not isinstance(content.get("name"), str):
        return False
    rows = content.get("value")
    return isinstance(rows, list) and all(isinstance(row, dict) and isinstance(row.get("data"), dict) for row in rows)


def _is_metric(value: Any) -> bool:
    if isinstance(value, list):
        return all(isinstance(each, _SCALARS) for each in value)
    if isinstance(value, dict):
        return all(isinstance(cells, _SCALARS) or _is_metric(cells) for cells in value.values() if cells != {})
    return isinstance(value, int | float) or (isinstance(value, str) and value.startswith("aml://"))


def _is_tree(content: dict[str, Any]) -> bool:
    """Whether an object goes from run ids to metrics, and not from metrics to columns.

    Columns hold values or lists of them. So some run of a tree has a table, or the keys look like ids of runs.
    """
    if not all(isinstance(each, dict) for each in content.values()):
        return False
    if any(isinstance(value, dict) for each in content.values() for value in each.values()):
        return True
    return all(_looks_like_id(key) for key in content)


def _looks_like_id(text: str) -> bool:
    """Whether the original made it as the id of a run: from a UUID, or from a time and eight hexadecimal digits."""
    return _GENERATED_ID.search(text) is not None


def _is_deep(content: Any) -> bool:
    level = [content]
    for _ in range(limit.IMPORT_DOCUMENT_DEPTH):
        inner = [each for each in level if isinstance(each, dict | list)]
        if not inner:
            return False
        level = [part for each in inner for part in (each.values() if isinstance(each, dict) else each)]
    return any(isinstance(each, dict | list) for each in level)
