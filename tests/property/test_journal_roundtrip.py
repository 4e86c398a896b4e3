"""Whatever is logged in whatever order comes back the same, read in whatever portions from whatever cursor."""

from __future__ import annotations

import struct
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from runwatch.journal.format import NO_STEP
from runwatch.journal.pen import PenKind, native
from runwatch.journal.writer import JournalWriter
from tests.unit.journal.reading import read_all

NAMES = st.sampled_from(["loss", "acc", "a/b c", "ü" * 40, "x" * 2_000])
STEPS = st.none() | st.integers(NO_STEP + 1, 2**63 - 1)
VALUES = st.one_of(
    st.floats(),
    st.integers(-(2**63), 2**63 - 1),
    st.booleans(),
    st.none(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=300),
)
POINTS = st.lists(st.tuples(NAMES, VALUES, STEPS), max_size=60)
PENS: list[PenKind] = ["map", "write"] if native is None else ["native", "map", "write"]


def same(logged: Any, found: Any, *, joined: bool) -> bool:
    """Bit for bit; an integer may come back as the float of the same value where its metric has floats."""
    if isinstance(logged, float) and isinstance(found, float):
        return struct.pack("<d", logged) == struct.pack("<d", found)
    if joined and type(logged) is int and isinstance(found, float):
        return int(found) == logged
    return type(logged) is type(found) and bool(logged == found)


@settings(max_examples=60, deadline=None)
@given(points=POINTS, pen=st.sampled_from(PENS), portion=st.integers(1, 70))
def test_round_trip(points: list[tuple[str, Any, int | None]], pen: PenKind, portion: int) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "run"
        writer = JournalWriter(folder, "run", pen=pen, segment_bytes=1 << 16)
        for name, value, step in points:
            if not writer.scalar(name, value, step):
                writer.point(name, value, step)
        writer.close()
        contents = read_all(folder, limit=portion, final=True)
    logged: dict[str, list[tuple[int | None, Any]]] = {}
    for name, value, step in points:
        logged.setdefault(name, []).append((step, value))
    found = {name if name in logged else "x" * 2_000: rows for name, rows in contents.rows.items()}
    assert found.keys() == logged.keys()
    for name, rows in logged.items():
        joined = any(isinstance(value, float) for _, value in rows)
        assert len(rows) == len(found[name])
        for before, after in zip(rows, found[name], strict=True):
            assert before[0] == after[0]
            assert same(before[1], after[1], joined=joined)
    assert not contents.notices
