from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from runwatch.schema.error import CorruptDataError, InvalidValueError, NotFoundError
from runwatch.schema.metric import ColumnType, DeleteMetrics, Overview, ReadMetric, ReadOverview
from runwatch.series.chunk import SEALED_ROWS, decode
from runwatch.series.pyramid import LEVELS
from runwatch.store.sql.database import Database
from runwatch.store.sql.metric_arrival import find_late
from runwatch.store.sql.metric_tail import PHASES, TIER_CHUNKS
from runwatch.store.sql.metric_work import HEAVY_CHARS
from runwatch.store.sql.store import SqlStore
from runwatch.store.sql.table.metric import chunk_buckets, chunks, summaries
from runwatch.testing.sample import Writer, from_floats, from_integers, new_run, read, scalars, table


@pytest.fixture
def writer(store: SqlStore) -> Writer:
    return Writer(store, new_run(store).run_id)


@pytest.fixture
def database(writer: Writer, tmp_path: Path) -> Any:
    """The database beneath the store, to look at and to damage."""
    opened = Database(tmp_path / "workspace" / "runwatch.db")
    yield opened
    opened.close()


def layout(database: Database) -> dict[int, bytes]:
    with database.read() as connection:
        rows = connection.execute(select(chunks.c.first_row, chunks.c.data).order_by(chunks.c.first_row)).all()
    return {row[0]: row[1] for row in rows}


def late_rows(database: Database) -> int:
    """Rows of the one metric that are in no chunk yet."""
    with database.read() as connection:
        return sum(rows.rows for rows in find_late(connection, 1).values())


def count(database: Database, table: Any) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def overview(writer: Writer, **changes: Any) -> Overview:
    values: dict[str, Any] = {"run_id": writer.run_id, "name": "loss", "buckets": 10}
    return writer.store.metrics.read_overview(ReadOverview(**values | changes))


def test_sealed_chunks_never_change_and_the_tail_stays_short(writer: Writer, database: Database) -> None:
    sealed: dict[int, bytes] = {}
    longest = rows = 0
    for number in range(120):
        size = 1 + 37 * number % 251
        writer.append(scalars("loss", [float(row) for row in range(rows, rows + size)]))
        rows += size
        there = layout(database)
        assert sealed.items() <= there.items()
        ends = [*list(there)[1:], rows - late_rows(database)]
        sizes = [end - start for start, end in zip(there, ends, strict=True)]
        assert [decode(data).rows for data in there.values()] == sizes
        full = sum(sizes) // SEALED_ROWS
        assert sizes[:full] == [SEALED_ROWS] * full
        assert not full or max(sizes[full:], default=0) < SEALED_ROWS
        sealed = dict(list(there.items())[:full])
        longest = max(longest, len(there) - full)
    assert len(sealed) == (rows - late_rows(database)) // SEALED_ROWS > 0
    assert longest <= 3 * TIER_CHUNKS + PHASES
    assert count(database, chunk_buckets) == len(LEVELS) * len(sealed)


def test_an_overview_of_sealed_rows_reads_no_chunk(writer: Writer, database: Database) -> None:
    writer.append(scalars("loss", [float(row) for row in range(4 * SEALED_ROWS)]))
    wanted = [*({"buckets": buckets} for buckets in (2, 10, 100, 500)), *({"bucket_rows": 2**n} for n in range(6, 14))]
    all_before = [overview(writer, **each) for each in wanted]
    before = overview(writer)
    with database.write() as writing:
        writing.connection.execute(delete(chunks))
    assert [overview(writer, **each) for each in wanted] == all_before
    assert from_floats(before.max)[-1] == 4 * SEALED_ROWS - 1
    with pytest.raises(CorruptDataError):
        overview(writer, first=1)


@pytest.mark.parametrize("first", [0, 100, SEALED_ROWS, SEALED_ROWS + 1])
@pytest.mark.parametrize("end", [2 * SEALED_ROWS, 2 * SEALED_ROWS + 300, 3 * SEALED_ROWS - 1, 3 * SEALED_ROWS + 50])
def test_an_overview_covers_its_rows_and_no_others(writer: Writer, first: int, end: int) -> None:
    writer.append(scalars("loss", [float(row) for row in range(3 * SEALED_ROWS + 100)]))
    found = overview(writer, first=first, count=end - first)
    starts = from_integers(found.first_row)
    assert starts[0] == first
    assert from_floats(found.min) == [float(start) for start in starts]
    assert from_floats(found.max) == [float(start - 1) for start in [*starts[1:], end]]
    assert sum(from_integers(found.count)) == end - first


def test_a_column_that_began_late_has_empty_buckets_before(writer: Writer) -> None:
    writer.append(table("loss", {"a": [1.0] * SEALED_ROWS}))
    writer.append(table("loss", {"a": [1.0] * SEALED_ROWS, "b": [2.0] * SEALED_ROWS}))
    found = overview(writer, column="b", buckets=2)
    assert from_integers(found.first_row) == [0, SEALED_ROWS]
    assert from_integers(found.count) == [0, SEALED_ROWS]
    assert math.isnan(from_floats(found.max)[0])
    assert from_floats(found.max)[1] == 2.0
    assert from_integers(found.first_time)[0] > 0


def test_texts_and_unknown_columns_have_empty_buckets(writer: Writer) -> None:
    writer.append(table("loss", {"a": ["x", "y"]}))
    for column in ("a", "nothing"):
        found = overview(writer, column=column)
        assert (found.points, from_integers(found.count)) == (2, [0, 0])


@pytest.mark.parametrize("buckets", [0, -1, 20_001])
def test_numbers_of_buckets_out_of_range_are_refused(writer: Writer, buckets: int) -> None:
    writer.append(scalars("loss", [1.0]))
    with pytest.raises(InvalidValueError):
        overview(writer, buckets=buckets)


def test_an_overview_of_no_rows_is_empty(writer: Writer) -> None:
    writer.append(scalars("loss", [1.0, 2.0]))
    found = overview(writer, first=2)
    assert (found.total, found.points, found.first_row, found.mean) == (2, 0, b"", b"")


def test_parts_of_a_column_come_as_its_type_over_all_rows(writer: Writer) -> None:
    writer.append(table("t", {"a": [1, 2], "b": [1, 2], "c": [True, False]}))
    writer.append(table("t", {"a": [0.5, None], "b": ["x", None], "d": ["late", "later"]}))

    def types(**changes: Any) -> list[str]:
        found = writer.store.metrics.read(ReadMetric(run_id=writer.run_id, name="t", **changes))
        return [str(column.type) for column in found.block.columns]

    expected = [ColumnType.FLOAT, ColumnType.MIXED, ColumnType.BOOL, ColumnType.STR]
    for part in ({}, {"count": 2}, {"first": 2}, {"first": 3}, {"count": 0}):
        assert types(**part) == expected
    assert read(writer.store, writer.run_id, "t", count=2) == {
        "a": [1.0, 2.0],
        "b": [1, 2],
        "c": [True, False],
        "d": [None, None],
    }
    assert types(columns=("d", "a")) == [ColumnType.STR, ColumnType.FLOAT]


def test_large_integers_keep_their_value_beside_floats(writer: Writer) -> None:
    writer.append(scalars("n", [2**63 - 1]))
    writer.append(scalars("n", [0.5]))
    assert read(writer.store, writer.run_id, "n") == {"value": [2**63 - 1, 0.5]}
    assert read(writer.store, writer.run_id, "n", count=1) == {"value": [2**63 - 1]}


def test_what_is_not_there_is_not_found(writer: Writer) -> None:
    writer.append(scalars("loss", [1.0]))
    for changes in ({"name": "nothing"}, {"columns": ("nothing",)}, {"run_id": "nobody"}):
        with pytest.raises(NotFoundError):
            writer.store.metrics.read(ReadMetric(**{"run_id": writer.run_id, "name": "loss"} | changes))
    with pytest.raises(InvalidValueError):
        read(writer.store, writer.run_id, "loss", count=-1)


def test_damage_is_told_with_its_place(writer: Writer, database: Database) -> None:
    writer.append(scalars("loss", [1.0] * SEALED_ROWS), scalars("acc", [1.0]))
    writer.append(scalars("loss", [2.0]))
    data = bytearray(layout(database)[0])
    data[len(data) // 2] ^= 1
    damaged = update(chunks).where(chunks.c.first_row == 0, chunks.c.metric_key == 1).values(data=bytes(data))
    with database.write() as writing:
        writing.connection.execute(damaged)
    with pytest.raises(CorruptDataError) as caught:
        read(writer.store, writer.run_id, "loss")
    assert (caught.value.file, caught.value.offset) == ("chunks of metric 1", 0)
    assert read(writer.store, writer.run_id, "loss", first=SEALED_ROWS) == {"value": [2.0]}
    assert read(writer.store, writer.run_id, "acc") == {"value": [1.0]}
    assert writer.append(scalars("loss", [3.0])).cursor == SEALED_ROWS + 3


def test_damaged_buckets_are_told(writer: Writer, database: Database) -> None:
    writer.append(scalars("loss", [1.0] * SEALED_ROWS))
    with database.write() as writing:
        writing.connection.execute(update(chunk_buckets).values(data=b"x" * 72))
    for bucket_rows in LEVELS:
        with pytest.raises(CorruptDataError):
            overview(writer, bucket_rows=bucket_rows)


def test_deleted_metrics_leave_nothing_and_give_back_disk(writer: Writer, database: Database) -> None:

    def files() -> int:
        return sum(file.stat().st_size for file in database.file.parent.glob("runwatch.db*"))

    rows = 3 * SEALED_ROWS
    noise = [int.from_bytes(os.urandom(7)) / 1e9 for _ in range(rows)]
    writer.append(scalars("loss", noise), scalars("acc", [1.0]))
    before = files()
    names = ("loss", "nothing", "loss")
    assert writer.store.metrics.delete(DeleteMetrics(run_id=writer.run_id, names=names)).changed == 1
    assert (count(database, chunks), count(database, chunk_buckets), count(database, summaries)) == (1, 0, 1)
    assert files() < before - 3 * rows
    assert writer.store.metrics.delete(DeleteMetrics(run_id=writer.run_id, names=names)).changed == 0
    with pytest.raises(NotFoundError):
        read(writer.store, writer.run_id, "loss")
    writer.append(scalars("loss", [5.0]))
    assert read(writer.store, writer.run_id, "loss") == {"value": [5.0]}


def test_rows_with_much_text_are_sealed_early(writer: Writer, database: Database) -> None:
    texts: list[Any] = []
    for number in range(60):
        text = chr(97 + number % 26) * 60_000
        writer.append(table("loss", {"x": [float(number)], "t": [text]}))
        texts.append(text)
    there = layout(database)
    sizes = [decode(data).rows for data in there.values()]
    assert sum(sizes) == 60
    assert count(database, chunk_buckets) == 2 * len(LEVELS) * sum(1 for size in sizes if size > 17) > 0
    assert max(sizes) * 60_000 < 3 * HEAVY_CHARS
    assert read(writer.store, writer.run_id, "loss", first=5, count=50) == {
        "x": [float(number) for number in range(5, 55)],
        "t": texts[5:55],
    }


def test_an_overview_over_chunks_sealed_early(writer: Writer) -> None:
    heavy = ["x" * 2_000] * 600
    for part in range(6):
        writer.append(table("loss", {"x": [float(600 * part + row) for row in range(600)], "t": heavy}))
        writer.append(table("loss", {"x": [-1.0]}))
    for first in (0, 1, 600, 1_800):
        found = overview(writer, column="x", buckets=3, first=first)
        assert (found.total, found.points) == (3_606, 3_606 - first)
        assert from_integers(found.first_row)[0] == first
        assert sum(from_integers(found.count)) == 3_606 - first
        assert max(from_floats(found.max)) == 3_599.0
        assert from_floats(found.last)[-1] == -1.0


@pytest.mark.parametrize("size", LEVELS)
def test_an_overview_over_a_chunk_that_is_nearly_full(writer: Writer, size: int) -> None:
    rows = SEALED_ROWS - size // 2  # as many buckets as a full one has, the last one of fewer rows
    writer.append(table("loss", {"x": [float(row) for row in range(rows)], "t": ["x" * 200] * rows}))
    writer.append(table("loss", {"x": [1e6] * size}))
    found = overview(writer, column="x", bucket_rows=size)
    assert (found.points, sum(from_integers(found.count))) == (rows + size, rows + size)
    assert from_integers(found.first_row) == sorted(set(from_integers(found.first_row)))
    assert from_floats(found.max)[-1] == 1e6


@pytest.mark.parametrize("size", LEVELS)
def test_an_overview_over_chunks_that_make_up_a_full_one_with_a_gap(writer: Writer, size: int) -> None:
    gap = size // 2
    rows = SEALED_ROWS - gap
    numbers = [float(row) for row in range(rows)]
    writer.append(table("loss", {"x": numbers, "t": ["x" * 200] * rows}))
    writer.append(table("loss", {"t": ["x" * (HEAVY_CHARS // gap + 1)] * gap}))  # sealed without the column
    writer.append(table("loss", {"x": [-1.0] * SEALED_ROWS, "t": ["x" * 200] * SEALED_ROWS}))
    found = overview(writer, column="x", bucket_rows=size)
    assert (found.points, sum(from_integers(found.count))) == (2 * SEALED_ROWS, 2 * SEALED_ROWS - gap)
    assert from_integers(found.first_row) == sorted(set(from_integers(found.first_row)))
    assert max(from_floats(found.max)) == rows - 1.0
