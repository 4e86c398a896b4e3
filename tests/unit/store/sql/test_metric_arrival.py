"""Rows of small batches wait together for their chunks, and nobody who reads can tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, update

from runwatch.schema.error import CorruptDataError, GoneError
from runwatch.schema.metric import DeleteMetrics, ReadOverview, RenameMetric
from runwatch.schema.run import Delete
from runwatch.store.sql import metric_row, seen
from runwatch.store.sql.database import Database
from runwatch.store.sql.metric_choice import FEW_ROWS, FEW_VALUES, MOST, PHASES
from runwatch.store.sql.store import SqlStore
from runwatch.store.sql.table.metric import arrivals, chunks
from runwatch.testing.sample import Writer, describe, from_floats, from_integers, new_run, read, scalars, table


@pytest.fixture
def writer(store: SqlStore) -> Writer:
    return Writer(store, new_run(store).run_id)


@pytest.fixture
def database(writer: Writer, tmp_path: Path) -> Iterator[Database]:
    """The database beneath the store, to look at and to damage."""
    opened = Database(tmp_path / "workspace" / "runwatch.db")
    yield opened
    opened.close()


def count(database: Database, table: Any) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def check(writer: Writer, name: str, expected: list[float]) -> None:
    """That all ways to read a metric agree."""
    store, run_id = writer.store, writer.run_id
    assert read(store, run_id, name) == {"value": expected}
    assert read(store, run_id, name, first=-3) == {"value": expected[-3:]}
    assert read(store, run_id, name, first=1, count=4) == {"value": expected[1:5]}
    metric = describe(store, run_id, name)
    (summary,) = metric.columns
    assert (metric.rows, summary.count, summary.last) == (len(expected), len(expected), expected[-1])
    assert (summary.min, summary.max, summary.sum) == (min(expected), max(expected), sum(expected))
    overview = store.metrics.read_overview(ReadOverview(run_id=run_id, name=name, buckets=5))
    assert (overview.total, sum(from_integers(overview.count))) == (len(expected), len(expected))
    assert max(from_floats(overview.max)) == max(expected)


def test_a_small_batch_is_one_row_until_there_are_enough_for_chunks(writer: Writer, database: Database) -> None:
    names, expected, most = [f"m{number}" for number in range(5)], [0.0], 0
    writer.append(*(scalars(name, [0.0]) for name in names))
    for number in range(1, 4 * (MOST + PHASES)):
        before = count(database, chunks), count(database, arrivals)
        writer.append(*(scalars(name, [float(number)], steps=[number]) for name in names))
        expected.append(float(number))
        check(writer, names[number % 5], expected)
        after = count(database, chunks), count(database, arrivals)
        assert after == (before[0], before[1] + 1) or after[1] == 0
        most = max(most, after[1])
    assert MOST <= most < MOST + PHASES
    metric = describe(writer.store, writer.run_id, "m1")
    assert (metric.has_steps, metric.last_step) == (True, number)
    for name in names:
        check(writer, name, expected)


@pytest.mark.parametrize(
    "bring",
    [
        pytest.param(lambda: scalars("loss", [5.0] * 4 * FEW_ROWS), id="many rows"),
        pytest.param(lambda: table("loss", {"value": [5.0], "more": [1.0]}), id="a new column"),
        pytest.param(lambda: table("loss", {"value": ["text"]}), id="texts"),
        pytest.param(lambda: scalars("loss", [5.0], description="what it is"), id="a description"),
        pytest.param(lambda: table("loss", {"more": []}), id="a column without rows"),
    ],
)
def test_what_belongs_in_chunks_comes_behind_what_waited(writer: Writer, database: Database, bring: Any) -> None:
    for value in (1.0, 2.0, 3.0):
        writer.append(scalars("loss", [value]), scalars("acc", [-value]))
    assert count(database, arrivals) == 2
    writer.append(bring())
    assert count(database, arrivals) == 0
    writer.append(scalars("loss", [9.0]), scalars("acc", [-4.0]))
    values = read(writer.store, writer.run_id, "loss")["value"]
    assert values[:3] == [1.0, 2.0, 3.0]
    assert values[-1] == 9.0
    check(writer, "acc", [-1.0, -2.0, -3.0, -4.0])


def test_a_metric_in_large_pieces_leaves_the_others_waiting(writer: Writer, database: Database) -> None:
    expected: list[float] = []
    for number in range(MOST):
        rows = [float(number)] * 300
        writer.append(scalars("fast", rows), scalars("slow", [float(number)]))
        expected += rows
    assert count(database, arrivals) == MOST - 1
    check(writer, "fast", expected)
    check(writer, "slow", [float(number) for number in range(MOST)])


def test_a_rate_about_the_bound_does_not_move_the_rows_each_time(writer: Writer, database: Database) -> None:
    writer.append(scalars("loss", [0.0]))
    for _ in range(4):
        writer.append(scalars("loss", [1.0] * (FEW_ROWS - 1)))
        writer.append(scalars("loss", [1.0] * (FEW_ROWS + 1)))
    assert count(database, arrivals) == 8
    check(writer, "loss", [0.0] + [1.0] * 8 * FEW_ROWS)


def test_a_batch_of_very_many_metrics_goes_into_chunks(writer: Writer, database: Database) -> None:
    names = [f"m{number}" for number in range(FEW_VALUES // 3 + 1)]
    for value in (1.0, 2.0, 3.0):
        writer.append(*(scalars(name, [value]) for name in names))
    assert count(database, arrivals) == 0
    check(writer, names[-1], [1.0, 2.0, 3.0])


def test_odd_numbers_and_gaps_are_kept_bit_for_bit(writer: Writer, database: Database) -> None:
    rows: dict[str, list[Any]] = {
        "a": [float("inf"), None, -0.0], "b": [2**63 - 1, -(2**63), 0], "c": [True, None, False]
    }  # fmt: skip
    for _ in range(4):
        writer.append(table("t", rows))
        writer.append(table("t", {"c": [True], "b": [None]}))
    assert count(database, arrivals) == 7
    found = read(writer.store, writer.run_id, "t")
    assert found == {"a": [*rows["a"], None] * 4, "b": [*rows["b"], None] * 4, "c": [*rows["c"], True] * 4}
    assert [str(value) for value in found["a"][:3]] == ["inf", "None", "-0.0"]


def test_waiting_rows_follow_their_metric(writer: Writer, database: Database) -> None:
    store, run_id = writer.store, writer.run_id
    for value in (1.0, 2.0, 3.0):
        writer.append(scalars("loss", [value]), scalars("acc", [-value]))
    assert store.metrics.delete(DeleteMetrics(run_id=run_id, names=("nothing",))).changed == 0
    assert count(database, arrivals) == 2
    store.metrics.rename(RenameMetric(run_id=run_id, name="loss", new_name="old"))
    writer.append(scalars("loss", [7.0]), scalars("acc", [-4.0]))
    writer.append(scalars("loss", [8.0]), scalars("acc", [-5.0]))
    check(writer, "old", [1.0, 2.0, 3.0])
    check(writer, "loss", [7.0, 8.0])
    store.metrics.delete(DeleteMetrics(run_id=run_id, names=("loss",)))
    writer.append(scalars("loss", [9.0]), scalars("acc", [-6.0]))
    check(writer, "loss", [9.0])
    check(writer, "acc", [-1.0, -2.0, -3.0, -4.0, -5.0, -6.0])
    store.runs.delete(Delete(run_ids=(run_id,)))
    assert (count(database, arrivals), count(database, chunks)) == (0, 0)


def test_another_process_goes_on_with_what_waits(writer: Writer, tmp_path: Path) -> None:
    expected: list[float] = []
    with closing(SqlStore(tmp_path / "workspace")) as other:
        second = Writer(other, writer.run_id, "bb")
        for number in range(MOST + PHASES):
            writer.append(scalars("loss", [float(number)]))
            check(second, "loss", [*expected, float(number)])
            second.append(scalars("loss", [-float(number)]))
            expected += [float(number), -float(number)]
            check(writer, "loss", expected)


def test_readers_keep_nothing_of_a_batch_that_failed(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    for value in (1.0, 2.0):
        writer.append(scalars("loss", [value]))
    check(writer, "loss", [1.0, 2.0])
    with monkeypatch.context() as patch:
        patch.setattr("runwatch.store.sql.metric_append._note", _fail)  # after the rows were written
        with pytest.raises(OSError, match="power"):
            writer.append(scalars("loss", [3.0]))
    check(writer, "loss", [1.0, 2.0])
    writer.append(scalars("loss", [4.0]))
    check(writer, "loss", [1.0, 2.0, 4.0])


def _fail(*_: object) -> None:
    raise OSError("power")


def test_a_glance_sees_what_waited_at_its_start(store: SqlStore, writer: Writer, tmp_path: Path) -> None:
    with closing(SqlStore(tmp_path / "workspace")) as other:
        second = Writer(other, writer.run_id, "bb")
        second.append(scalars("loss", [0.0]))
        for number in range(1, MOST + PHASES + 2):
            with store.glance():
                before = read(store, writer.run_id, "loss")
                assert len(before["value"]) == number  # nothing is kept from the glance before
                second.append(scalars("loss", [float(number)]))
                assert read(other, writer.run_id, "loss") == {"value": [*before["value"], float(number)]}
                assert read(store, writer.run_id, "loss") == before


def test_a_metric_is_looked_up_once_while_nothing_changes(
    store: SqlStore, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.append(scalars("loss", [1.0]), scalars("acc", [2.0]))
    asked: list[list[str]] = []

    def find_rows(connection: Connection, run_key: int, names: Iterable[str]) -> list[Any]:
        asked.append(list(names))
        return found(connection, run_key, names)

    found = metric_row.find_rows
    monkeypatch.setattr(metric_row, "find_rows", find_rows)
    with store.glance():
        for name in ("loss", "acc", "loss", "acc"):
            assert len(read(store, writer.run_id, name)["value"]) == 1
        assert asked == [["loss"], ["acc"]]
    assert len(read(store, writer.run_id, "loss")["value"]) == 1
    assert asked == [["loss"], ["acc"]]
    new_run(store)  # any change will do
    assert len(read(store, writer.run_id, "loss")["value"]) == 1
    assert asked == [["loss"], ["acc"], ["loss"]]
    writer.append(scalars("loss", [3.0]))
    assert len(read(store, writer.run_id, "loss")["value"]) == 2
    store.runs.delete(Delete(run_ids=(writer.run_id,)))
    with pytest.raises(GoneError):
        read(store, writer.run_id, "loss")


def test_what_is_taken_along_is_bounded(store: SqlStore, writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "MOST", 2)
    writer.append(*(scalars(name, [1.0]) for name in "abc"))
    for name in "abc":
        assert len(read(store, writer.run_id, name)["value"]) == 1
    with store._database.read() as connection:
        assert [name for _, name in seen.of(connection)] == ["c"]


def test_damage_is_told_and_stays_within_the_run(writer: Writer, database: Database) -> None:
    other = Writer(writer.store, new_run(writer.store).run_id)
    for value in (1.0, 2.0):
        writer.append(scalars("loss", [value]))
        other.append(scalars("loss", [value]))
    check(writer, "loss", [1.0, 2.0])
    with database.write() as writing:
        data = bytearray(writing.connection.execute(select(arrivals.c.data)).scalars().first() or b"")
        data[-1] ^= 1
        first = select(func.min(arrivals.c.number)).scalar_subquery()
        writing.connection.execute(update(arrivals).where(arrivals.c.number == first).values(data=bytes(data)))
    with closing(SqlStore(database.file.parent)) as store:
        with pytest.raises(CorruptDataError) as caught:
            read(store, writer.run_id, "loss")
        assert caught.value.file.startswith("arrival ")
        assert read(store, other.run_id, "loss") == {"value": [1.0, 2.0]}
