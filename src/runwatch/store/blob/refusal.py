"""What every artifacts shelf refuses, in the same words whichever backend speaks."""

from __future__ import annotations

from typing import Final

from runwatch.schema import limit
from runwatch.schema.artifact import AppendArtifact, ReadArtifact
from runwatch.schema.error import (
    ConflictError,
    CorruptDataError,
    InvalidValueError,
    LimitError,
    NotFoundError,
    SequenceGapError,
)

AGAIN: Final = "Send it again from the start."


def check_append(request: AppendArtifact) -> None:
    """Refuse a part that cannot be appended to anything.

    Raises:
        InvalidValueError: Its offset is negative.
        LimitError: It is too large.
    """
    if request.offset < 0:
        raise InvalidValueError(f"Bytes cannot be appended at {request.offset}.", hint="Give an offset from the start.")
    if len(request.data) > limit.PART_BYTES:
        raise LimitError(
            f"A part of {len(request.data):,} bytes is too large.", hint=f"Send at most {limit.PART_BYTES:,} at once."
        )


def read_range(request: ReadArtifact, size_bytes: int) -> tuple[int, int]:
    """Where to read and how much, within an artifact of a size.

    Raises:
        InvalidValueError: The count is negative.
    """
    if request.count is not None and request.count < 0:
        raise InvalidValueError(f"{request.count} bytes cannot be read.", hint="Give a count of 0 or more.")
    start = request.offset if request.offset >= 0 else max(0, size_bytes + request.offset)
    count = limit.PART_BYTES if request.count is None else min(request.count, limit.PART_BYTES)
    return start, max(0, min(count, size_bytes - start))


def missing(run_id: str, path: str) -> NotFoundError:
    """The run has no such artifact."""
    return NotFoundError(f"The run {run_id!r} has no artifact {path!r}.", hint="List its artifacts to see them.")


def taken(run_id: str, path: str) -> ConflictError:
    """The artifact is complete and is not to be replaced."""
    return ConflictError(
        f"The run {run_id!r} has a complete artifact {path!r} already.", hint="Choose another path, or overwrite it."
    )


def gap(run_id: str, path: str, size_bytes: int) -> SequenceGapError:
    """A part starts beyond the end."""
    return SequenceGapError(
        f"The artifact {path!r} of run {run_id!r} has {size_bytes:,} bytes so far.",
        hint="Go on from there.",
        cursor=size_bytes,
    )


def wrong_digest(path: str, expected: str, found: str) -> CorruptDataError:
    """The content is not what was promised."""
    return CorruptDataError(
        f"The content of the artifact {path!r} has another SHA-256 than was promised.",
        file=path,
        hint=AGAIN,
        expected=expected,
        found=found,
    )


def lost(path: str, blob_id: str) -> CorruptDataError:
    """Content that was stored is not there any more."""
    return CorruptDataError(f"Content of the artifact {path!r} is missing.", file=blob_id, hint=AGAIN)
