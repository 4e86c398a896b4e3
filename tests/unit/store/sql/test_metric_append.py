from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from runwatch.schema import limit
from runwatch.schema.change import Change, ListChanges
from runwatch.schema.error import FencedError, GoneError, InvalidValueError, NotFoundError, SequenceGapError
from runwatch.schema.metric import (
    Appended,
    Column,
    ColumnType,
    DeleteMetrics,
    ListCursors,
    ListMetrics,
    MetricKind,
    RenameMetric,
)
from runwatch.schema.run import Delete, RunWarning
from runwatch.store.protocol import Store
from runwatch.store.sql import metric_state
from runwatch.store.sql.store import SqlStore
from runwatch.testing.sample import Writer, block, column, describe, get_run, new_run, read, scalars, table


@pytest.fixture
def writer(store: SqlStore) -> Writer:
    return Writer(store, new_run(store).run_id)


def notices(store: Store, run_id: str, after: int) -> list[str]:
    found: tuple[Change, ...] = store.changes.list(ListChanges(after=after, subjects=(run_id,))).changes
    return [str(change.kind) for change in found]


def warnings(writer: Writer) -> dict[str, int]:
    found: tuple[RunWarning, ...] = get_run(writer.store, writer.run_id).warnings
    assert {warning.source for warning in found} <= {"journal"}
    return {warning.message: warning.count for warning in found}


def test_a_batch_counts_once(writer: Writer) -> None:
    batch = writer.batch(scalars("loss", [1.0, 2.0]))
    assert writer.store.metrics.append(batch) == Appended(cursor=2)
    assert writer.store.metrics.append(batch) == Appended(cursor=2, repeated=True)
    assert read(writer.store, writer.run_id, "loss") == {"value": [1.0, 2.0]}


@pytest.mark.parametrize("first", [1, 3])
def test_a_batch_that_does_not_continue_is_refused_with_the_cursor(writer: Writer, first: int) -> None:
    writer.append(scalars("loss", [1.0, 2.0]))
    with pytest.raises(SequenceGapError) as caught:
        writer.append(scalars("loss", [3.0, 4.0]), first=first)
    assert caught.value.detail == {"cursor": 2}
    assert read(writer.store, writer.run_id, "loss") == {"value": [1.0, 2.0]}


def test_an_older_epoch_is_fenced_even_if_it_only_repeats(writer: Writer) -> None:
    writer.append(scalars("loss", [1.0]), epoch=4)
    repeated = writer.batch(scalars("loss", [1.0]), first=0, epoch=5)
    assert writer.store.metrics.append(repeated).repeated
    for batch in (writer.batch(scalars("loss", [2.0]), epoch=4), replace(repeated, epoch=4)):
        with pytest.raises(FencedError) as caught:
            writer.store.metrics.append(batch)
        assert caught.value.detail == {"epoch": 5}
    cursors = writer.store.metrics.list_cursors(ListCursors(run_id=writer.run_id))
    assert (cursors.cursors, cursors.epochs) == ({"aa": 1}, {"aa": 5})


def test_writers_have_cursors_of_their_own(writer: Writer) -> None:
    other = Writer(writer.store, writer.run_id, "bb")
    writer.append(scalars("loss", [1.0]))
    other.append(scalars("loss", [2.0, 3.0]))
    writer.append(scalars("loss", [4.0]))
    assert read(writer.store, writer.run_id, "loss") == {"value": [1.0, 2.0, 3.0, 4.0]}
    cursors = writer.store.metrics.list_cursors(ListCursors(run_id=writer.run_id))
    assert cursors.cursors == {"aa": 2, "bb": 2}


def test_negative_numbers_of_records_are_refused(writer: Writer) -> None:
    for changes in ({"first": -1}, {"count": -1}):
        with pytest.raises(InvalidValueError):
            writer.append(scalars("loss", [1.0]), **changes)


def test_a_run_that_is_not_there_or_deleted(writer: Writer) -> None:
    with pytest.raises(NotFoundError):
        Writer(writer.store, "nobody").append(scalars("loss", [1.0]))
    writer.append(scalars("loss", [1.0]))
    writer.store.runs.delete(Delete(run_ids=(writer.run_id,)))
    with pytest.raises(GoneError):
        writer.append(scalars("loss", [2.0]))


def test_params_tags_and_drops_come_with_the_cursor(writer: Writer) -> None:
    before = writer.store.changes.list(ListChanges(after=-1)).sequence
    batch = writer.batch(params={"lr": 0.1, "layers": [1, 2]}, tags={"a": "b", "c": None}, dropped={"disk full": 3})
    writer.store.metrics.append(batch)
    writer.store.metrics.append(batch)
    run = get_run(writer.store, writer.run_id)
    assert (run.params, run.tags) == ({"lr": 0.1, "layers": [1, 2]}, {"a": "b", "c": None})
    assert warnings(writer) == {"Points could not be recorded: disk full.": 3}
    assert notices(writer.store, writer.run_id, before) == ["run"]
    writer.next += 1
    writer.append(scalars("loss", [1.0]), dropped={"disk full": 2})
    assert warnings(writer) == {"Points could not be recorded: disk full.": 5}
    assert sorted(notices(writer.store, writer.run_id, before)) == ["metrics", "run"]


def test_a_repeated_or_refused_batch_gives_no_notice(writer: Writer) -> None:
    batch = writer.batch(scalars("loss", [1.0]))
    writer.store.metrics.append(batch)
    before = writer.store.changes.list(ListChanges(after=-1)).sequence
    writer.store.metrics.append(batch)
    with pytest.raises(SequenceGapError):
        writer.append(scalars("loss", [1.0]), first=9)
    assert writer.store.changes.list(ListChanges(after=-1)).sequence == before


@pytest.mark.parametrize(
    "bad",
    [
        replace(scalars("loss", [1.0]), times=b""),
        replace(scalars("loss", [1.0]), steps=b"123"),
        replace(scalars("loss", [1.0]), rows=2),
        block("loss", (Column(name="value", type=ColumnType.STR, data=b"\xc1"),), 1),
        block("loss", (column("value", [1.0, 2.0]),), 1),
        replace(scalars("loss", [1.0]), metric=""),
    ],
)
def test_a_block_that_makes_no_sense_is_counted_and_holds_nothing_up(writer: Writer, bad: Any) -> None:
    assert writer.append(bad, scalars("acc", [0.5])).cursor == bad.rows + 1
    assert read(writer.store, writer.run_id, "acc") == {"value": [0.5]}
    assert list(warnings(writer).values()) == [bad.rows]
    assert [metric.name for metric in writer.store.metrics.list(ListMetrics(run_id=writer.run_id)).metrics] == ["acc"]


def test_a_parameter_without_a_json_form_is_counted(writer: Writer) -> None:
    writer.append(scalars("loss", [1.0]), params={"good": 1, "bad": {1, 2}})
    assert get_run(writer.store, writer.run_id).params == {"good": 1}
    assert list(warnings(writer).values()) == [1]


def test_of_two_columns_with_one_name_the_first_counts(writer: Writer) -> None:
    writer.append(block("t", (column("x", [1.0]), column("x", [2.0])), 1))
    assert read(writer.store, writer.run_id, "t") == {"x": [1.0]}
    assert list(warnings(writer).values()) == [1]


def test_columns_beyond_the_limit_are_counted(writer: Writer) -> None:
    names = [f"c{number}" for number in range(limit.COLUMNS - 1)]
    writer.append(table("t", {name: [1.0] for name in names}))
    writer.append(table("t", {"a": [1.0, 2.0], "b": [3.0, None], "c0": [4.0, 5.0]}))
    found = read(writer.store, writer.run_id, "t", columns=("a", "c0"))
    assert found == {"a": [None, 1.0, 2.0], "c0": [1.0, 4.0, 5.0]}
    assert len(describe(writer.store, writer.run_id, "t").columns) == limit.COLUMNS
    assert list(warnings(writer).values()) == [1]


def test_kind_stays_and_the_description_is_the_last_one_given(writer: Writer) -> None:
    writer.append(scalars("loss", [1.0], description="first"), scalars("loss", [2.0]))
    writer.append(block("loss", (column("value", [3.0]),), 1, kind=MetricKind.LIST, description="last"))
    metric = describe(writer.store, writer.run_id, "loss")
    assert (metric.kind, metric.description, metric.rows) == (MetricKind.SCALAR, "last", 3)


def test_a_metric_may_have_no_rows_and_rows_no_columns(writer: Writer) -> None:
    writer.append(block("empty", (column("value", []),), 0), block("bare", (), 2))
    assert read(writer.store, writer.run_id, "empty") == {"value": []}
    assert describe(writer.store, writer.run_id, "empty").rows == 0
    assert read(writer.store, writer.run_id, "bare") == {}
    assert describe(writer.store, writer.run_id, "bare").rows == 2
    writer.append(scalars("empty", [1.0], steps=[7]))
    assert read(writer.store, writer.run_id, "empty") == {"value": [1.0]}


def test_long_names_are_cut_alike_everywhere(writer: Writer) -> None:
    name = "n" * 5_000
    writer.append(scalars(name, [1.0]))
    writer.append(scalars(name, [2.0]))
    assert read(writer.store, writer.run_id, name) == {"value": [1.0, 2.0]}
    metric = describe(writer.store, writer.run_id, name)
    assert len(metric.name) == limit.NAME_CHARS
    assert read(writer.store, writer.run_id, metric.name) == {"value": [1.0, 2.0]}


def test_what_is_kept_in_memory_never_hides_what_others_wrote(writer: Writer, tmp_path: Path) -> None:
    other = SqlStore(tmp_path / "workspace")
    second = Writer(other, writer.run_id, "bb")
    for number in range(40):
        writer.append(scalars("loss", [float(number)]))
        second.append(scalars("loss", [-float(number)]), scalars("only", [1.0]))
    other.metrics.rename(RenameMetric(run_id=writer.run_id, name="loss", new_name="old"))
    writer.append(scalars("loss", [5.0]))
    other.metrics.delete(DeleteMetrics(run_id=writer.run_id, names=("only",)))
    writer.append(scalars("only", [6.0]))
    other.close()
    expected = [value for number in range(40) for value in (float(number), -float(number))]
    assert read(writer.store, writer.run_id, "old") == {"value": expected}
    assert read(writer.store, writer.run_id, "loss") == {"value": [5.0]}
    assert read(writer.store, writer.run_id, "only") == {"value": [6.0]}
    summary = describe(writer.store, writer.run_id, "old").columns[0]
    assert (summary.count, summary.min, summary.max, summary.last) == (80, -39.0, 39.0, -39.0)


def test_a_failed_batch_leaves_nothing_in_memory(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    writer.append(scalars("loss", [1.0]))
    with monkeypatch.context() as patch:
        patch.setattr("runwatch.store.sql.metric_work.Work.write", _fail)
        with pytest.raises(OSError, match="power"):
            writer.append(scalars("loss", [2.0]), scalars("new", [2.0]))
    writer.append(scalars("loss", [3.0]))
    assert read(writer.store, writer.run_id, "loss") == {"value": [1.0, 3.0]}
    assert describe(writer.store, writer.run_id, "loss").columns[0].count == 2


def _fail(*_: object) -> None:
    raise OSError("power")


def test_memory_is_bounded(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metric_state, "KEPT_ITEMS", 20)
    monkeypatch.setattr(metric_state, "KEPT_PIECES", 6)
    writers = [Writer(store, new_run(store).run_id) for _ in range(4)]
    for number in range(40):
        for writer in writers:
            writer.append(scalars("a", [float(number)]), scalars("b", [0.0]))
    for writer in writers:
        assert read(store, writer.run_id, "a") == {"value": [float(number) for number in range(40)]}


def test_threads_append_to_one_run(store: SqlStore) -> None:
    run_id = new_run(store).run_id

    def log(name: str) -> None:
        writer = Writer(store, run_id, name)
        for number in range(25):
            writer.append(scalars("loss", [float(number)]), scalars(name, [float(number)]))

    threads = [threading.Thread(target=log, args=(name,)) for name in ("w1", "w2", "w3")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(read(store, run_id, "loss")["value"]) == sorted([float(number) for number in range(25)] * 3)  # type: ignore[type-var]
    for name in ("w1", "w2", "w3"):
        assert read(store, run_id, name) == {"value": [float(number) for number in range(25)]}
