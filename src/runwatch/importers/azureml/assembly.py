"""Makes of the parts of a run - documents and files - the run that is brought in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import PurePosixPath
from typing import Any, Final

from runwatch.importers.azureml import metric, record
from runwatch.importers.azureml.document import Kind
from runwatch.importers.azureml.holding import Holding
from runwatch.importers.azureml.record import Record
from runwatch.importers.azureml.tree import Tree
from runwatch.importers.found import FoundFile, FoundRun
from runwatch.schema import limit
from runwatch.schema.error import ConflictError, InvalidValueError, RunwatchError
from runwatch.schema.metric import Block, MetricKind
from runwatch.schema.name import check_artifact_path, check_run_id
from runwatch.schema.run import CreateRun
from runwatch.series.error import ValuesError
from runwatch.store.text import clean, from_json

ORIGINALS: Final = "azureml-import"
"""The folder of a run in which the documents are kept that it was made of."""

_IMAGES: Final = frozenset({".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".svg", ".tif", ".tiff"})
_CHARTS: Final = {kind.value: kind for kind in (
    MetricKind.CONFUSION_MATRIX, MetricKind.ACCURACY_TABLE, MetricKind.RESIDUALS, MetricKind.PREDICTIONS,
)}  # fmt: skip
_CHART_BYTES: Final = 64 << 20

Make = Callable[[], Iterator[Block]]


def assemble(holding: Holding, *, experiment: str, advance: Callable[[int], None]) -> FoundRun:
    """The run that a holding is. All its files are read, since their content says whether it is there already.

    Args:
        holding: The parts.
        experiment: Where it goes.
        advance: Told the size of each part read.

    Raises:
        InvalidValueError: No run can have this id, or two of its files one path.
    """
    run_id = check_run_id(holding.run_id)
    notes: list[str] = []
    files = {file.path: file for file in _files(holding, advance, notes)}
    for original in _originals(holding):
        if original.path in files:
            raise ConflictError(f"{holding.source} has a file {original.path!r}, where the import keeps the original.")
        files[original.path] = original
    told = record.read([each.content for each in holding.of(Kind.DETAILS)])
    created_at = _created_at(told, holding)
    metrics = _metrics(holding, told, created_at, files, notes)
    return FoundRun(
        source=holding.source,
        born=_born(run_id, told, created_at, experiment, _token(run_id, files), holding.parent_run_id),
        life=record.life(told, created_at),
        blocks=lambda: (block for make in metrics.values() for block in make()),
        files=lambda: iter(files.values()),
        tags=told.tags,
        error=told.error,
        warnings=told.warnings,
        metrics=len(metrics),
        file_count=len(files),
        size_bytes=sum(file.size_bytes for file in files.values()),
        notes=tuple(notes),
    )


def _born(
    run_id: str, told: Record, created_at: float, experiment: str, token: str, parent_run_id: str | None
) -> CreateRun:  # fmt: skip
    return CreateRun(
        experiment=experiment,
        run_id=run_id,
        token=token,
        number=told.number,
        parent_run_id=told.parent_run_id or parent_run_id,
        created_at=created_at,
        type=told.type,
        name=told.name,
        display_name=told.display_name,
        description=told.description,
        target=told.target,
        submitted_by=told.submitted_by,
        properties=told.properties,
        definition=told.definition,
    )


def _token(run_id: str, files: dict[str, FoundFile]) -> str:
    """Stands for all that the run holds: its documents are files of it too."""
    digest = hashlib.sha256(run_id.encode())
    for path in sorted(files):
        digest.update(f"\n{len(path)} {path} {files[path].sha256}".encode())
    return f"azureml {digest.hexdigest()}"


def _created_at(told: Record, holding: Holding) -> float:
    times = (told.created_at, told.started_at, told.ended_at)
    return next((at for at in times if at is not None), holding.changed_at)


def _files(holding: Holding, advance: Callable[[int], None], notes: list[str]) -> Iterator[FoundFile]:
    if holding.folder is None:
        return
    tree, taken = holding.tree, set[str]()
    for path, size_bytes in tree.walk(holding.folder, set(holding.left_out)):
        if size_bytes is None:
            notes.append(f"{path!r} is a link or no plain file and was left out.")
            continue
        try:
            kept = check_artifact_path(clean(_within(holding, path)))
            sha256 = _digest(tree, path, advance)
        except RunwatchError as error:
            notes.append(f"{path!r} was left out: {error.message}")
            continue
        if kept in taken:
            kept = check_artifact_path(clean(path))
        taken.add(kept)
        yield FoundFile(path=kept, size_bytes=size_bytes, opened=partial(tree.open, path), sha256=sha256)


def _within(holding: Holding, path: str) -> str:
    for above in (holding.inner, holding.folder):
        if above and path.startswith(f"{above}/"):
            return path[len(above) + 1 :]
    return path


def _digest(tree: Tree, path: str, advance: Callable[[int], None]) -> str:
    digest = hashlib.sha256()
    with tree.open(path) as file:
        while part := file.read(limit.PART_BYTES):
            digest.update(part)
            advance(len(part))
    return digest.hexdigest()


def _originals(holding: Holding) -> Iterator[FoundFile]:
    """The documents as files of the run, one of each content."""
    taken: dict[str, str] = {}
    for tree, document in holding.documents:
        name = clean(document.name)
        path = f"{ORIGINALS}/{name}"
        if document.sha256 in taken.values():
            continue
        if path in taken:
            path = f"{ORIGINALS}/{document.sha256[:8]}-{name}"
        taken[path] = document.sha256
        yield FoundFile(
            path=check_artifact_path(path),
            size_bytes=document.size_bytes,
            opened=partial(tree.open, document.path),
            sha256=document.sha256,
        )


def _metrics(
    holding: Holding, told: Record, created_at: float, files: dict[str, FoundFile], notes: list[str]
) -> dict[str, Make]:  # fmt: skip
    """What makes the rows of each metric; records count for more than values, since they have steps and times."""
    at = told.started_at if told.started_at is not None else created_at
    options: dict[str, Any] = {"run_id": holding.run_id, "at": at, "kind_of_file": partial(_kind_of_file, files)}
    found: dict[str, Make] = {}
    for name, value in _values(holding):
        found[name] = partial(metric.blocks, name, value, **options)
    for document in holding.of(Kind.RECORDS):
        for each in document.content:
            found[each["name"]] = partial(metric.of_record, each, **options)
    for name, make in list(found.items()):
        try:
            next(make())
        except (InvalidValueError, ValuesError) as error:
            del found[name]
            notes.append(f"The metric {name[:80]!r} stands in {ORIGINALS} alone: {error.args[0]}")
    return found


def _values(holding: Holding) -> Iterable[tuple[str, Any]]:
    for document in holding.of(Kind.TREE_METRICS):
        yield from document.content.get(holding.run_id, {}).items()
    for document in holding.of(Kind.METRICS):
        yield from document.content.items()


def _kind_of_file(files: dict[str, FoundFile], path: str) -> MetricKind | None:
    """An image by its suffix, a structured chart by its schema."""
    file = files.get(path)
    if file is None:
        return None
    if PurePosixPath(path).suffix.lower() in _IMAGES:
        return MetricKind.IMAGE
    if file.size_bytes > _CHART_BYTES:
        return None
    try:
        with file.opened() as content:
            data = from_json(content.read(_CHART_BYTES).decode())
    except (ValueError, RecursionError, RunwatchError):
        return None
    return _CHARTS.get(str(data.get("schema_type"))) if isinstance(data, dict) else None
