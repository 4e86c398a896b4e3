"""Brings the runs of an archive into a store: each as a whole, and once, however often it is tried."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Final

from msgspec import Struct

from runwatch.archive import form
from runwatch.archive.content import Content
from runwatch.archive.form import ExperimentEntry, RunEntry
from runwatch.archive.indexing import make_index
from runwatch.archive.reading import Archive, ArchivedRun, open_archive
from runwatch.archive.table import arrow
from runwatch.schema.error import ConflictError, GoneError, NotFoundError
from runwatch.schema.run import (
    CreateExperiment,
    CreateRun,
    GetRun,
    Run,
    RunLife,
    RunStatus,
    RunWarning,
    UpdateExperiment,
    UpdateRun,
)
from runwatch.store.mark import IMPORTING, is_incomplete
from runwatch.store.protocol import Store

SOURCE: Final = "archive"
"""Who speaks in the warnings that an import adds."""

_TRIES: Final = 1_000


class Imported(Struct, frozen=True, kw_only=True):
    """What an import did.

    Attributes:
        run_ids: The runs it brought in or completed, as they are called here.
        present: Those that were there already, equal in all they hold.
        renamed: The new id of each run that did not keep its own.
    """

    run_ids: tuple[str, ...]
    present: tuple[str, ...]
    renamed: dict[str, str]


def import_runs(
    store: Store, place: Path, *, as_new: bool = False, advance: Callable[[int], None] = lambda _: None
) -> Imported:
    """Bring in all runs of an archive; see `bring_in`."""
    with open_archive(place) as archive:
        return bring_in(store, archive, as_new=as_new, advance=advance)


def bring_in(
    store: Store, archive: Archive, *, as_new: bool = False, advance: Callable[[int], None] = lambda _: None
) -> Imported:
    """Bring in all runs of an archive.

    The whole archive is verified, and looked through for conflicts, before the store is touched. A run that an
    interrupted import left incomplete bears the tag ``runwatch.importing``; the same import again completes it.

    Args:
        store: Where to.
        archive: Where from.
        as_new: Give every run a new id, the same one each time: importing twice makes no second copy.
        advance: Told the size, in bytes, of each part read; in all, about twice the size of the archive.

    Raises:
        CorruptDataError: The archive is damaged; the error names the file.
        ConflictError: A run of this id is there, and holds something else; the error names it.
        GoneError: A run of this id was deleted here.
    """
    arrow()
    archive.verify(advance)
    return _Intake(store, archive, advance).run(as_new=as_new)


class _Intake:
    """One import at work."""

    def __init__(self, store: Store, archive: Archive, advance: Callable[[int], None]) -> None:
        self._store = store
        self._archive = archive
        self._advance = advance
        self._ids: dict[str, str] = {}

    def run(self, *, as_new: bool) -> Imported:
        for entry in self._archive.runs:
            self._ids[entry.run_id] = self._new_id(entry) if as_new else entry.run_id
        present = {entry.run_id for entry in self._archive.runs if self._is_present(entry)}
        for experiment in self._archive.experiments:
            self._describe(experiment)
        done = []
        for entry in self._archive.runs:
            if entry.run_id not in present:
                self._bring(self._archive.read_run(entry))
                done.append(self._ids[entry.run_id])
        return Imported(
            run_ids=tuple(done),
            present=tuple(self._ids[entry.run_id] for entry in self._archive.runs if entry.run_id in present),
            renamed={old: new for old, new in self._ids.items() if old != new},
        )

    def _new_id(self, entry: RunEntry) -> str:
        """The id of the copy of a run: derived from its content, and never one that was deleted here."""
        for number in range(_TRIES):
            found = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{entry.run_id} {entry.content} {number}"))
            try:
                self._find(found)
            except GoneError:
                continue
            return found
        raise ConflictError(f"Too many copies of the run {entry.run_id} were deleted here.")

    def _find(self, run_id: str) -> Run | None:
        try:
            return self._store.runs.get(GetRun(run_id=run_id))
        except NotFoundError:
            return None

    def _is_present(self, entry: RunEntry) -> bool:
        """Whether the run is there as a whole, so that nothing is to be done.

        Raises:
            ConflictError: Another run has its id.
            GoneError: It was deleted.
        """
        run_id = self._ids[entry.run_id]
        try:
            there = self._find(run_id)
        except GoneError as error:
            raise GoneError(
                f"The run {run_id} was deleted here, and its id does not come back.",
                hint="Use --as-new to import it under another id.",
                run_id=run_id,
            ) from error
        archived = self._archive.read_run(entry)
        if there is None:
            return False
        try:
            mine = self._store.runs.create(self._request(archived))
        except ConflictError as error:
            if is_incomplete(there):
                raise ConflictError(
                    f"The run {run_id} is there in part: the import of another archive was not completed.",
                    hint="Import that archive again, delete the run, or use --as-new.",
                    run_id=run_id,
                ) from error
            index = make_index(self._store, run_id, None, files=not archived.index.without_files)
            if form.content_digest(there, index) == entry.content:
                return True
            raise ConflictError(
                f"There is a run {run_id} already, and it holds something else.",
                hint="Use --as-new to import the run under another id.",
                run_id=run_id,
            ) from error
        return not is_incomplete(mine)

    def _describe(self, entry: ExperimentEntry) -> None:
        """Make an experiment that is not there; one that is keeps its tags, and its description if it has one."""
        there = self._store.runs.create_experiment(CreateExperiment(name=entry.name, tags=entry.tags))
        if entry.description and not there.description:
            self._store.runs.update_experiment(
                UpdateExperiment(experiment_id=there.experiment_id, description=entry.description)
            )

    def _bring(self, archived: ArchivedRun) -> None:
        run_id = self._ids[archived.run.run_id]
        made = self._store.runs.create(self._request(archived))
        content = Content(self._store, self._archive, archived, run_id, self._advance)
        content.bring_metrics()
        content.bring_artifacts()
        self._complete(archived, made)

    def _request(self, archived: ArchivedRun) -> CreateRun:
        run = archived.run
        return CreateRun(
            experiment=run.experiment,
            run_id=self._ids[run.run_id],
            token=f"archive {archived.entry.content}",
            number=run.number,
            status=RunStatus.PREPARING,
            parent_run_id=self._parent(run),
            created_at=run.created_at,
            type=run.type,
            name=run.name,
            display_name=run.display_name,
            description=run.description,
            target=run.target,
            submitted_by=run.submitted_by,
            host=run.host,
            tags={IMPORTING: archived.entry.content},
            properties=run.properties,
            params=run.params,
            definition=run.definition,
        )

    def _parent(self, run: Run) -> str | None:
        """The parent as it is called here; None if neither the archive nor the store has it."""
        parent = run.parent_run_id
        if parent is None or parent in self._ids:
            return None if parent is None else self._ids[parent]
        try:
            return None if self._find(parent) is None else parent
        except GoneError:
            return None

    def _complete(self, archived: ArchivedRun, made: Run) -> None:
        """All that tells the run from one in the making, in one change."""
        run = archived.run
        warnings = [*run.warnings]
        if run.parent_run_id is not None and made.parent_run_id is None:
            warnings.append(RunWarning(source=SOURCE, message=f"Its parent {run.parent_run_id} was not imported."))
        if archived.index.without_files:
            warnings.append(RunWarning(source=SOURCE, message="Its files were left out when it was exported."))
        self._store.runs.update(
            UpdateRun(
                run_id=made.run_id,
                life=RunLife(
                    status=run.status,
                    history=run.history,
                    started_at=run.started_at,
                    ended_at=run.ended_at,
                    contact_at=run.contact_at,
                    attempt=run.attempt,
                ),
                remove_tags=(IMPORTING,),
                set_tags={name: value for name, value in run.tags.items() if name != IMPORTING},
                error=run.error,
                exit=run.exit,
                add_warnings=tuple(warnings),
                hidden=run.hidden,
            )
        )
