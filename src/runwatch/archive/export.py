"""Writes runs of a store into an archive."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from runwatch.archive import form
from runwatch.archive.form import ExperimentEntry, FileEntry, Manifest, RunEntry
from runwatch.archive.indexing import make_index
from runwatch.archive.table import arrow
from runwatch.archive.target import Target, create_target
from runwatch.schema.error import ConflictError
from runwatch.schema.name import RESERVED
from runwatch.schema.run import GetRun, ListExperiments, Run
from runwatch.store.mark import is_incomplete
from runwatch.store.protocol import Store
from runwatch.store.zip.page import list_children


class Exported(Struct, frozen=True, kw_only=True):
    """What an export wrote.

    Attributes:
        run_ids: The runs, parents before their children.
        metrics: How many.
        rows: Of all metrics.
        artifacts: Files of the runs, Runwatch's own not counted.
        size_bytes: Of all files of the archive, unpacked.
    """

    run_ids: tuple[str, ...]
    metrics: int
    rows: int
    artifacts: int
    size_bytes: int


def export_runs(
    store: Store,
    run_ids: Sequence[str],
    place: Path,
    *,
    children: bool = True,
    files: bool = True,
    advance: Callable[[int], None] = lambda _: None,
) -> Exported:
    """Write runs as they stand into a new archive; one that has not ended is a snapshot.

    The same content always gives the same bytes.

    Args:
        store: Where the runs are.
        run_ids: Which runs.
        place: A zip if it ends with ``.zip``, else a folder; it appears when it is whole.
        children: With all their descendants, hidden ones too.
        files: With their artifacts.
        advance: Told the size, in bytes, of each part written.

    Raises:
        NotFoundError: There is no such run.
        GoneError: It was deleted, perhaps just now.
        ConflictError: The place is taken, or a run is itself not completely imported.
        CorruptDataError: An artifact does not have the content it was recorded with.
        LimitError: The archive would have more files than any import takes.
    """
    arrow()
    runs = _choose(store, run_ids, children=children)
    with create_target(place) as target:
        return _Export(store, target, advance).write(runs, files=files)


def _choose(store: Store, run_ids: Sequence[str], *, children: bool) -> list[Run]:
    """The runs, each once; one that another brings along stands below it, and siblings stand by number."""
    found: dict[str, Run] = {}
    waiting = [store.runs.get(GetRun(run_id=run_id)) for run_id in dict.fromkeys(run_ids)]
    while waiting:
        run = waiting.pop()
        if is_incomplete(run):
            raise ConflictError(
                f"The import of the run {run.run_id} was not completed.", hint="Import its archive again first."
            )
        found[run.run_id] = run
        if children:
            waiting.extend(child for child in list_children(store, run.run_id) if child.run_id not in found)
    return sorted(found.values(), key=lambda run: (_depth(run, found), run.experiment, run.number))


def _depth(run: Run, found: dict[str, Run]) -> int:
    depth = 0
    while run.parent_run_id in found:
        run = found[run.parent_run_id]
        depth += 1
    return depth


class _Export:
    """One archive in the making."""

    def __init__(self, store: Store, target: Target, advance: Callable[[int], None]) -> None:
        self._store = store
        self._target = target
        self._advance = advance
        self._files: list[FileEntry] = []
        self._folder = ""
        self._metrics = self._rows = self._artifacts = 0

    def write(self, runs: Sequence[Run], *, files: bool) -> Exported:
        entries = [self._write_run(number, run, files=files) for number, run in enumerate(runs, start=1)]
        manifest = Manifest(
            format=form.FORMAT,
            version=form.VERSION,
            workspace_id=self._store.info().workspace_id,
            experiments=tuple(_experiments(self._store, runs)),
            runs=tuple(entries),
            files=tuple(self._files),
        )
        self._folder = ""
        self._write(form.MANIFEST, form.encode(manifest))
        return Exported(
            run_ids=tuple(run.run_id for run in runs),
            metrics=self._metrics,
            rows=self._rows,
            artifacts=self._artifacts,
            size_bytes=sum(file.size_bytes for file in self._files),
        )

    def keep(self, name: str, parts: Iterable[bytes], size_bytes: int) -> FileEntry:
        """Write a file into the folder of the present run."""
        file = self._target.add(f"{self._folder}{name}", self._counted(parts), size_bytes)
        self._files.append(file)
        return file

    def _write_run(self, number: int, run: Run, *, files: bool) -> RunEntry:
        folder = f"runs/{number:05}"
        self._folder = f"{folder}/"
        index = make_index(self._store, run.run_id, self, files=files)
        self._write("run.json", form.encode(run))
        self._write("index.json", form.encode(index))
        self._metrics += len(index.metrics)
        self._rows += sum(metric.rows for metric in index.metrics)
        self._artifacts += sum(not each.path.startswith(RESERVED) for each in index.artifacts)
        return RunEntry(
            run_id=run.run_id,
            experiment=run.experiment,
            parent_run_id=run.parent_run_id,
            folder=folder,
            content=form.content_digest(run, index),
        )

    def _write(self, name: str, document: bytes) -> None:
        self.keep(name, [document], len(document))

    def _counted(self, parts: Iterable[bytes]) -> Iterator[bytes]:
        for part in parts:
            yield part
            self._advance(len(part))


def _experiments(store: Store, runs: Iterable[Run]) -> Iterator[ExperimentEntry]:
    """The experiments of the runs by name, as the newest of each name is described."""
    found = {run.experiment: run.experiment_id for run in runs}
    for name, experiment_id in sorted(found.items()):
        (there,) = store.runs.list_experiments(ListExperiments(experiment_id=experiment_id, view="all")).experiments
        yield ExperimentEntry(name=name, description=there.description, tags=there.tags)
