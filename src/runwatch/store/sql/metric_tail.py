"""How the chunks at the end of a metric are laid out: small new ones are merged now and then, full ones are sealed.

A metric's rows lie in chunks without gaps. All chunks but the last few are sealed and never change again; the rest is
the *tail*: fewer than `SEALED_ROWS` rows in some 60 chunks at most. Chunks fall into tiers by size: below 16 rows,
below 256, below 4,096, and the rest. The tiers of a tail never rise from old to new, and each time a row is rewritten
it moves up at least one tier or is sealed, so that it is rewritten four times at most however small the batches were.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from runwatch.series.chunk import SEALED_ROWS

TIER_CHUNKS: Final = 16
"""Chunks of one tier; one more and they become one, of a higher tier since tiers are so many times apart."""

PHASES: Final = 16
"""Metrics logged together would all merge in the same transaction: some wait for up to so many chunks longer."""


class Plan(NamedTuple):
    """What to do with new rows.

    Attributes:
        rewritten: How many chunks at the end of the tail are read and rewritten together with the new rows.
        sizes: Rows of each chunk to write, in order.
        tail: Rows of each chunk of the tail afterwards.
    """

    rewritten: int
    sizes: list[int]
    tail: list[int]


def plan(tail: list[int], rows: int, *, phase: int = 0) -> Plan:
    """Where new rows go.

    Args:
        tail: Rows of each chunk of the tail, oldest first; fewer than `SEALED_ROWS` in all.
        rows: New rows, at least one.
        phase: Any number that differs between metrics.
    """
    total = sum(tail) + rows
    if total >= SEALED_ROWS:
        rest = [total % SEALED_ROWS] if total % SEALED_ROWS else []
        return Plan(len(tail), [SEALED_ROWS] * (total // SEALED_ROWS) + rest, rest)
    kept, size = len(tail), rows
    while due := _due(tail, kept, tier(size), phase):
        size += sum(tail[kept - due : kept])
        kept -= due
    return Plan(len(tail) - kept, [size], [*tail[:kept], size])


def tier(rows: int) -> int:
    """The size class of a chunk: 0 below 16 rows, 1 below 256, 2 below 4,096, then 3."""
    return (rows.bit_length() - 1) // 4


def _due(tail: list[int], kept: int, new_tier: int, phase: int) -> int:
    """How many chunks before ``kept`` are merged with a new one of this tier: all of lower tiers, or a full tier."""
    if smaller := _run(tail, kept, 16**new_tier):
        return smaller
    room = TIER_CHUNKS + (phase % PHASES if new_tier == 0 else 0)
    if kept < room:
        return 0
    same = _run(tail, kept, 16 ** (new_tier + 1))
    return same if same >= room else 0


def _run(tail: list[int], kept: int, rows: int) -> int:
    """The number of chunks directly before ``kept`` that have fewer than so many rows."""
    start = kept
    while start and tail[start - 1] < rows:
        start -= 1
    return kept - start
