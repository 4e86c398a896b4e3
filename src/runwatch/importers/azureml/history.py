"""Brings runs that the Azure ML SDK v1 left behind as folders and JSON into a store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

from runwatch.importers.azureml import layout, record
from runwatch.importers.azureml.assembly import assemble
from runwatch.importers.azureml.document import Kind
from runwatch.importers.azureml.holding import Holding
from runwatch.importers.family import parents_first
from runwatch.importers.outcome import Candidate, Imported, Outcome, perform
from runwatch.schema.name import check_experiment_name
from runwatch.store.protocol import Store


def import_folders(
    store: Store | None,
    sources: Sequence[Path],
    *,
    experiment: str | None = None,
    dry_run: bool = False,
    advance: Callable[[int], None] = lambda _: None,
    tell: Callable[[Outcome], None] = lambda _: None,
) -> Imported:
    """Bring in runs that were kept as folders and JSON.

    A folder holds one run - files as ``run.download_files()`` or ``az ml job download`` left them - or folders of runs.
    In it or beside it lies, under any name, what ``run.get_details()`` and ``run.get_metrics()`` gave, as JSON; any one
    of the three is enough. A run comes as a whole and once: the same import again changes nothing, or completes what
    was cut short. Nothing outside the store is written, no link is followed, nothing that was read is executed.

    Args:
        store: Where to; None for a dry run in a workspace that is not there yet.
        sources: Folders and JSON files.
        experiment: Where all runs go. None: each to the experiment that its details or its id name.
        dry_run: Only say what would come.
        advance: Told the size, in bytes, of each part read or stored: about twice the size of the files in all.
        tell: Told of each run when it is done.

    Returns:
        What became of each run; what is wrong with one does not keep the others away.

    Raises:
        InvalidValueError: No experiment can have this name.
        StoreUnavailableError: The store takes nothing any more; what was imported stays, and doing it again goes on.
    """
    if experiment is not None:
        check_experiment_name(experiment)
    with layout.search(sources) as found:
        ordered = parents_first({each.run_id: each for each in found.holdings}, _parent_of)
        places = _experiments(ordered)
        candidates = [
            Candidate(
                each.run_id,
                each.source,
                partial(assemble, each, experiment=experiment or places[each.run_id], advance=advance),
            )
            for each in ordered
        ]
        runs = perform(store, candidates, dry_run=dry_run, advance=advance, tell=tell)
        return Imported(runs=runs, unread=found.unread)


def _experiments(holdings: Iterable[Holding]) -> dict[str, str]:
    """Where each run goes: as its details or its id say, else where its parent goes."""
    found: dict[str, str] = {}
    for holding in holdings:
        told = record.read(each.content for each in holding.of(Kind.DETAILS))
        named = record.experiment_of(told, holding.run_id)
        found[holding.run_id] = named or found.get(_parent_of(holding) or "", record.DEFAULT_EXPERIMENT)
    return found


def _parent_of(holding: Holding) -> str | None:
    told = record.read(each.content for each in holding.of(Kind.DETAILS))
    return told.parent_run_id or holding.parent_run_id
