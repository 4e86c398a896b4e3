"""Cut, flipped and foreign bytes: what can be read is read, the rest is counted and told, nothing raises."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from runwatch.journal.format import HEADER_BYTES
from runwatch.journal.reader import JournalReader
from runwatch.journal.stream import Stream
from runwatch.journal.taken import DAMAGED
from runwatch.journal.writer import JournalWriter
from tests.unit.journal.reading import Contents, read_all

VALUES: list[object] = [1.5, 2, "text of some length", True, None, 3.25, "", 4]


def write(folder: Path) -> Path:
    """A journal of one segment, as a process leaves it that was killed."""
    writer = JournalWriter(folder, folder.name, segment_bytes=1 << 16)
    for step, value in enumerate(VALUES):
        writer.point("x", value, step)
    writer.param("lr", 0.5)
    writer.event("end", {"status": "Completed"})
    (path,) = folder.glob("*.rwj")
    return path


def record_starts(data: bytes) -> list[int]:
    starts = [HEADER_BYTES]
    while length := int.from_bytes(data[starts[-1] : starts[-1] + 4], "little"):
        starts.append(starts[-1] + (length + 7) // 8 * 8)
    return starts


@pytest.fixture
def journal(tmp_path: Path) -> tuple[Path, bytes, list[int]]:
    """The segment, its bytes, and where its records start; the last entry is where the next one would."""
    path = write(tmp_path / "run")
    data = path.read_bytes()
    return path, data, record_starts(data)


def expected() -> list[tuple[int, object]]:
    return list(enumerate(VALUES))


def is_part_of(part: list[tuple[int | None, object]], whole: list[tuple[int, object]]) -> bool:
    """Whether all of it stands there, in this order."""
    rest = iter(whole)

    def is_same(row: tuple[int | None, object], other: tuple[int, object]) -> bool:
        return row == other and isinstance(row[1], bool) == isinstance(other[1], bool)

    return all(any(is_same(row, other) for other in rest) for row in part)


def missing(contents: Contents) -> int:
    return len(VALUES) + 2 - len(contents.rows["x"]) - len(contents.params) - len(contents.events)


def test_cut_at_every_byte_of_the_last_records(journal: tuple[Path, bytes, list[int]]) -> None:
    path, data, starts = journal
    for cut in range(starts[-6], starts[-1] + 9):
        path.write_bytes(data[:cut])
        contents = read_all(path.parent, final=True)
        whole = sum(start + int.from_bytes(data[start : start + 4], "little") <= cut for start in starts[:-1])
        assert contents.position == {path.name[:32]: whole}
        assert contents.rows["x"] == expected()[: len(contents.rows["x"])]
        assert missing(contents) == len(VALUES) + 3 - whole  # a key record comes first
        assert any("cut off" in notice for notice in contents.notices)
        torn = any(start < cut < start + int.from_bytes(data[start : start + 4], "little") for start in starts[:-1])
        assert any("torn record" in notice for notice in contents.notices) == torn
        assert not contents.dropped


@pytest.mark.parametrize("mask", [0xFF, 0x01, 0x80])
def test_every_byte_flipped(journal: tuple[Path, bytes, list[int]], mask: int) -> None:
    path, data, starts = journal
    for place in range(starts[-1]):
        damaged = bytearray(data)
        damaged[place] ^= mask
        path.write_bytes(damaged)
        contents = read_all(path.parent, final=True)
        assert is_part_of(contents.rows["x"], expected())
        lost = missing(contents)
        if place < HEADER_BYTES:
            assert contents.notices
            assert lost == 0  # salt and first number are known from the name and the cursor
        elif place < starts[1]:  # the name of the metric
            assert lost in {0, len(VALUES)}
            assert lost == 0 or contents.dropped[DAMAGED] == len(VALUES) + 1
        else:
            record = max(index for index, start in enumerate(starts) if start <= place)
            length = int.from_bytes(data[starts[record] : starts[record] + 4], "little")
            assert lost == (1 if place < starts[record] + length else 0)
            assert bool(contents.notices) == bool(lost)
            if lost and record < len(starts) - 2:
                assert contents.dropped == {DAMAGED: 1}
                assert contents.position == {path.name[:32]: len(starts) - 1}


def test_hole_in_the_middle(journal: tuple[Path, bytes, list[int]]) -> None:
    """A power cut may keep later pages and lose earlier ones."""
    path, data, starts = journal
    path.write_bytes(data[: starts[3]] + bytes(starts[6] - starts[3]) + data[starts[6] :])
    contents = read_all(path.parent, final=True)
    assert contents.dropped == {DAMAGED: 3}
    assert contents.rows["x"] == expected()[:2] + expected()[5:]
    assert "3 records from number 3" in contents.notices[0]


def segments(folder: Path, count: int = 4_000) -> Iterator[Path]:
    writer = JournalWriter(folder, folder.name, segment_bytes=1 << 16)
    for i in range(count):
        writer.point("x", i, i)
    yield from sorted(folder.glob("*.rwj"))
    writer.close()


def test_missing_segment_is_a_gap(tmp_path: Path) -> None:
    first, second, third, *_ = segments(tmp_path / "run")
    second.unlink()
    contents = read_all(tmp_path / "run", final=True)
    lost = contents.dropped[DAMAGED]
    found = contents.values("x")
    assert lost > 1_000
    assert found[0] == 0
    assert found[-1] == 3_999
    assert len(found) + lost - 1 == 4_000  # one of the lost ones was a key
    assert [notice for notice in contents.notices if "begins behind them" in notice]
    assert first.exists()
    assert third.exists()


def test_oldest_segment_missing_is_a_gap(tmp_path: Path) -> None:
    first, *_ = segments(tmp_path / "run")
    first.unlink()
    contents = read_all(tmp_path / "run", final=True)
    assert contents.dropped[DAMAGED] + len(contents.values("x")) > 4_000
    assert contents.values("x")[-1] == 3_999


def test_live_writer_gets_time_before_damage_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *_ = segments(tmp_path / "run")
    data = bytearray(first.read_bytes())
    place = HEADER_BYTES + 32 + 48 * 100 + 30
    data[place] ^= 1
    first.write_bytes(data)
    reader = JournalReader(tmp_path / "run")
    (writer,) = reader.writers()
    reading = reader.read(writer, 0)
    again = reader.read(writer, reading.batch.count)
    assert (reading.batch.count, again.batch.count, again.at_end) == (101, 0, True)
    monkeypatch.setattr(Stream, "patience_s", 0.0)
    after = reader.read(writer, 101)
    assert after.batch.dropped == {DAMAGED: 1}
    assert after.batch.count > 1_000
    assert "damaged at byte" in after.notices[0]
    reader.close()


def test_last_segment_of_a_live_writer_is_waited_for(journal: tuple[Path, bytes, list[int]]) -> None:
    path, data, starts = journal
    damaged = bytearray(data)
    damaged[starts[-3] + 10] ^= 1
    path.write_bytes(damaged)
    reader = JournalReader(path.parent)
    (writer,) = reader.writers()
    live = reader.read(writer, 0)
    assert (live.batch.count, live.notices, live.at_end) == (len(starts) - 3, (), True)
    path.write_bytes(data)  # it was not complete yet
    assert reader.read(writer, live.batch.count).batch.count == 2
    reader.close()


def test_segment_of_another_run(tmp_path: Path) -> None:
    foreign, own = write(tmp_path / "foreign"), write(tmp_path / "own")
    shutil.copy(foreign, own.parent / foreign.name)
    contents = read_all(own.parent, final=True)
    assert contents.rows["x"] == expected()
    assert [notice for notice in contents.notices if "another run" in notice]


def test_spilled_block_missing_or_damaged(tmp_path: Path) -> None:
    writer = JournalWriter(tmp_path / "run", "run")
    for letter in "abc":
        writer.point("x", letter * 70_000)
    writer.close()
    one, two, _ = sorted((tmp_path / "run" / "block").iterdir())
    one.unlink()
    data = bytearray(two.read_bytes())
    data[1_000] ^= 1
    two.write_bytes(data)
    contents = read_all(tmp_path / "run", final=True)
    assert contents.values("x") == ["c" * 70_000]
    assert contents.dropped == {DAMAGED: 2}
    assert len(contents.notices) == 2


def test_names_in_records_never_become_paths(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    reader = JournalReader(tmp_path / "run", "run")
    for name in ("../../secret", "/etc/passwd", "..", "", "a.rwb", f"{'a' * 32}-1.rwb/../x", f"{'a' * 32}-1.rwb\0"):
        assert reader._load_block(name, 6, 0) is None


def test_random_bytes(tmp_path: Path) -> None:
    path = write(tmp_path / "run")
    data = np.frombuffer(path.read_bytes()[:1_500], np.uint8)
    chance = np.random.default_rng(3)
    for _ in range(300):
        damaged = data.copy()
        start = int(chance.integers(0, len(damaged)))
        damaged[start : start + int(chance.integers(1, 400))] = chance.integers(0, 256)
        places = chance.integers(0, len(damaged), int(chance.integers(0, 5)))
        damaged[places] = chance.integers(0, 256, len(places))
        path.write_bytes(damaged.tobytes())
        contents = read_all(path.parent, final=True)
        assert is_part_of(contents.rows["x"], expected())
        assert missing(contents) == 0 or contents.notices
