"""No bytes whatever make the reader raise, and none that fail their checksum come through."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from runwatch.journal.format import HEADER_BYTES, segment_name
from runwatch.journal.reader import JournalReader
from runwatch.journal.writer import JournalWriter
from tests.unit.journal.reading import read_all
from tests.unit.journal.test_scan import record


def whole() -> bytes:
    with tempfile.TemporaryDirectory() as temporary:
        writer = JournalWriter(Path(temporary) / "run", "run", segment_bytes=1 << 16)
        for i in range(20):
            writer.point("x", i, i)
        writer.point("t", "text")
        writer.param("p", [1, 2])
        writer.close()
        (path,) = (Path(temporary) / "run").glob("*.rwj")
        return path.name[:32].encode() + path.read_bytes()[:2_000]


WHOLE = whole()
WRITER, DATA = WHOLE[:32].decode(), WHOLE[32:]

EDITS = st.lists(
    st.tuples(st.integers(0, len(DATA)), st.integers(0, 80), st.binary(max_size=80)), min_size=1, max_size=5
)


def put(folder: Path, data: bytes) -> None:
    folder.mkdir()
    (folder / segment_name(WRITER, 0)).write_bytes(data)


@settings(max_examples=150, deadline=None)
@given(edits=EDITS)
def test_edited_segments(edits: list[tuple[int, int, bytes]]) -> None:
    data = DATA
    for place, length, new in edits:
        data = data[:place] + new + data[place + length :]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "run"
        put(folder, data)
        contents = read_all(folder, final=True)
        assert set(contents.rows) <= {"x", "t"}
        found = contents.rows["x"]
        assert found == [(step, step) for step, _ in found]
        steps = [step for step, _ in found if step is not None]
        assert steps == sorted(set(steps))
        reader = JournalReader(folder)
        reader.read(WRITER, 3, limit=5)
        reader.release(WRITER, 10)
        reader.close()


@settings(max_examples=60, deadline=None)
@given(payloads=st.lists(st.tuples(st.integers(0, 20), st.integers(0, 2**32 - 1), st.binary(max_size=100)), max_size=8))
def test_valid_records_of_nonsense(payloads: list[tuple[int, int, bytes]]) -> None:
    """A hostile journal: each record is whole, but says nothing that makes sense."""
    salt = JournalReader(Path("none"), "run")._stream(WRITER)._salt
    data = DATA[:HEADER_BYTES]
    for number, (kind, key, payload) in enumerate(payloads):
        data += record(number, payload, salt, kind, key)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "run"
        put(folder, data + bytes(64))
        contents = read_all(folder, final=True)
        assert contents.position == ({WRITER: len(payloads)} if payloads else {})
