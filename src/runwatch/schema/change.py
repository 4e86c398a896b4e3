"""What a change notice is, and the request of the changes shelf."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class ChangeKind(StrEnum):
    """What changed."""

    EXPERIMENT = "experiment"
    RUN = "run"  # status, tags, properties, parameters, names
    METRICS = "metrics"
    FILES = "files"
    JOBS = "jobs"
    DELETED = "deleted"  # the run or experiment is gone


class Change(Struct, frozen=True, kw_only=True):
    """A notice that something changed; the reader then asks for what it shows.

    The store keeps the latest notice for each (subject, kind) and no history, so that the list stays as short as the
    workspace is: a reader that was away for long learns what to read anew, each once.

    Attributes:
        sequence: Grows with every write of the workspace.
        kind: What changed.
        subject: The run id, experiment id or target name.
        experiment_id: The experiment, for runs.
        at: When, seconds UTC.
    """

    sequence: int
    kind: ChangeKind
    subject: str
    at: float
    experiment_id: str = ""


class ListChanges(Struct, frozen=True, kw_only=True):
    """What changed since; ``after=-1`` answers with the present sequence and no notices.

    Attributes:
        after: A sequence number seen before; 0 means everything.
        subjects: Only these runs, experiments or targets.
        limit: At most so many, 1 to `limit.PAGE_ROWS`.
    """

    after: int = 0
    subjects: tuple[str, ...] | None = None
    limit: int = 1_000


class Changes(Struct, frozen=True, kw_only=True):
    """Notices, oldest first.

    Attributes:
        changes: The notices.
        sequence: Go on from here.
    """

    changes: tuple[Change, ...]
    sequence: int
