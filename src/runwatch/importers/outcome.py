"""Brings runs in one after the other, and says what became of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, Literal

from msgspec import Struct

from runwatch.importers import intake
from runwatch.importers.found import FoundRun
from runwatch.importers.intake import Standing
from runwatch.schema.error import RunwatchError, StoreUnavailableError, WorkspaceException
from runwatch.store.protocol import Store

State = Literal["imported", "completed", "present", "failed", "new", "partial"]

_PLANNED: Final[dict[Standing, State]] = {
    Standing.ABSENT: "new",
    Standing.PARTIAL: "partial",
    Standing.PRESENT: "present",
}
_DONE: Final[dict[Standing, State]] = {
    Standing.ABSENT: "imported",
    Standing.PARTIAL: "completed",
    Standing.PRESENT: "present",
}


class Unread(Struct, frozen=True):
    """Something that was not understood.

    Attributes:
        place: The file or folder.
        why: One sentence.
    """

    place: str
    why: str


class Outcome(Struct, frozen=True, kw_only=True):
    """What became, or would become, of one run.

    Attributes:
        run_id: Its id, here as there.
        experiment: Where it goes.
        state: ``imported``; ``completed``, where an earlier import was cut short; ``present``, where it was there
            already; ``failed``. Of a dry run ``new``, ``partial``, ``present`` or ``failed``.
        source: Where it was found.
        status: How the run itself stands.
        metrics: How many it has.
        files: How many, the originals of its documents among them.
        size_bytes: Of the files, where known.
        why: What is wrong with one that failed.
        notes: What of it was left out.
    """

    run_id: str
    experiment: str = ""
    state: State
    source: str
    status: str = ""
    metrics: int = 0
    files: int = 0
    size_bytes: int = 0
    why: str = ""
    notes: tuple[str, ...] = ()


class Imported(Struct, frozen=True, kw_only=True):
    """What an import did, or would do.

    Attributes:
        runs: One entry a run, parents before their children.
        unread: What was not understood.
    """

    runs: tuple[Outcome, ...]
    unread: tuple[Unread, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether everything was understood, and no run failed."""
        return not self.unread and not any(run.state == "failed" for run in self.runs)


class Candidate(Struct, frozen=True):
    """A run that may be brought in.

    Attributes:
        run_id: Its id.
        source: Where it was found.
        make: Reads it; raises what is wrong with it.
    """

    run_id: str
    source: str
    make: Callable[[], FoundRun]


def perform(
    store: Store | None,
    candidates: Iterable[Candidate],
    *,
    dry_run: bool = False,
    advance: Callable[[int], None] = lambda _: None,
    tell: Callable[[Outcome], None] = lambda _: None,
) -> tuple[Outcome, ...]:
    """Bring in each run; what is wrong with one does not keep the others away.

    Args:
        store: Where to; None for a dry run in a workspace that is not there yet.
        candidates: Parents before their children.
        dry_run: Change nothing.
        advance: Told the size, in bytes, of each part of a file that is stored.
        tell: Told of each run when it is done.

    Raises:
        StoreUnavailableError: The store takes nothing any more; so is `WorkspaceException`.
    """
    outcomes = []
    for candidate in candidates:
        try:
            outcome = _one(store, candidate.make(), advance, dry_run=dry_run)
        except (StoreUnavailableError, WorkspaceException):
            raise
        except RunwatchError as error:
            hint = f" {error.hint}" if error.hint else ""
            outcome = Outcome(
                run_id=candidate.run_id, state="failed", source=candidate.source, why=f"{error.message}{hint}"
            )  # fmt: skip
        outcomes.append(outcome)
        tell(outcome)
    return tuple(outcomes)


def _one(store: Store | None, found: FoundRun, advance: Callable[[int], None], *, dry_run: bool) -> Outcome:
    if store is None:
        state: State = "new"
    elif dry_run:
        state = _PLANNED[intake.standing(store, found)]
    else:
        state = _DONE[intake.bring_in(store, found, advance=advance)]
    return Outcome(
        run_id=found.born.run_id,
        experiment=found.born.experiment,
        state=state,
        source=found.source,
        status=found.life.status.value,
        metrics=found.metrics,
        files=found.file_count,
        size_bytes=found.size_bytes,
        notes=found.notes,
    )
