"""What a million points of a noisy loss curve take in chunks, against what they take unpacked."""

from __future__ import annotations

import json
from typing import Final

import numpy as np

from bench.figure import Figure
from runwatch.series import chunk, pyramid
from runwatch.series.chunk import Chunk
from runwatch.series.column import Values

POINTS: Final = 1_000_000
RAW_BYTES: Final = 24.0
"""A point unpacked: float64 value, int64 step, int64 time."""

GOAL_BYTES: Final = 6.0
"""What a point may take at most."""


def loss_curve(points: int, seed: int = 0) -> Chunk:
    """A float32 loss that decays with noise, logged at every step, some 20 ms apart with jitter."""
    rng = np.random.default_rng(seed)
    steps = np.arange(points)
    loss = 2.0 * np.exp(-steps / (points / 5)) + 0.3 + rng.normal(0.0, 0.05, points)
    pauses = np.maximum(rng.normal(20_000, 500, points), 1).astype(np.int64)
    values = Values("float", loss.astype(np.float32).astype(np.float64))
    return Chunk(rows=points, columns={"value": values}, times=np.cumsum(pauses) + 1_700_000_000_000_000, steps=steps)


def sizes(points: int = POINTS) -> dict[str, float]:
    """Bytes a point in sealed chunks and their buckets, and unpacked."""
    chunk_bytes = bucket_bytes = 0
    for piece in loss_curve(points).split():
        assert piece.times is not None
        chunk_bytes += len(chunk.encode(piece))
        bucket_bytes += sum(map(len, pyramid.build_levels(piece.columns["value"], piece.steps, piece.times).values()))
    return {
        "bytes_per_point": round((chunk_bytes + bucket_bytes) / points, 3),
        "chunk_bytes_per_point": round(chunk_bytes / points, 3),
        "bucket_bytes_per_point": round(bucket_bytes / points, 3),
        "raw_bytes_per_point": RAW_BYTES,
        "raw_over_stored": round(RAW_BYTES * points / (chunk_bytes + bucket_bytes), 2),
    }


def measure() -> list[Figure]:
    """The encoded size beside its goal."""
    found = sizes()
    stored = found["bytes_per_point"]
    note = f"value, step, time and chart buckets of {POINTS:,} points of a noisy float32 loss; {RAW_BYTES:g} B unpacked"
    return [Figure("a point, encoded", f"{stored:.2f} B", f"{GOAL_BYTES:g} B", stored <= GOAL_BYTES, note)]


def main() -> None:
    """Print the sizes as one line of JSON."""
    print(json.dumps({"bench": "size", "points": POINTS, **sizes()}))


if __name__ == "__main__":
    main()
