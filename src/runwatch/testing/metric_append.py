"""What every backend promises of appending rows: each record counts once, and stays bit for bit."""
# ruff: noqa: D102 - the names of the tests are sentences

from __future__ import annotations

import math
import struct

import pytest

from runwatch.schema import limit
from runwatch.schema.error import FencedError, GoneError, InvalidValueError, NotFoundError, SequenceGapError
from runwatch.schema.metric import Block, ColumnType, DeleteMetrics, ListCursors, ListMetrics, MetricKind, ReadMetric
from runwatch.schema.run import Delete, Run
from runwatch.store.protocol import Store
from runwatch.testing.contract import Contract
from runwatch.testing.sample import (
    NO_STEP,
    Value,
    Writer,
    block,
    column,
    describe,
    from_integers,
    get_run,
    integers,
    read,
    refused,
    scalars,
    table,
)


class ExactlyOnceContract(Contract):
    """Batches of a journal arrive repeated, late and from several writers."""

    def test_a_receipt_says_where_to_go_on(self, store: Store, run: Run) -> None:
        writer = Writer(store, run.run_id)
        receipt = writer.append(scalars("loss", [1.0, 2.0]))
        assert (receipt.cursor, receipt.repeated) == (2, False)
        assert writer.append(scalars("loss", [3.0])).cursor == 3
        assert read(store, run.run_id, "loss") == {"value": [1.0, 2.0, 3.0]}

    def test_a_repeated_batch_changes_nothing(self, store: Store, run: Run) -> None:
        writer = Writer(store, run.run_id)
        first = writer.batch(scalars("loss", [1.0, 2.0]), params={"p": 1}, tags={"t": "1"}, dropped={"full": 5})
        store.metrics.append(first)
        before = get_run(store, run.run_id)
        for _ in range(3):
            receipt = store.metrics.append(first)
            assert (receipt.cursor, receipt.repeated) == (2, True)
        assert read(store, run.run_id, "loss") == {"value": [1.0, 2.0]}
        assert get_run(store, run.run_id) == before

    def test_an_old_batch_that_comes_late_is_skipped(self, store: Store, run: Run) -> None:
        writer = Writer(store, run.run_id)
        old = writer.batch(scalars("loss", [1.0]))
        writer.append(scalars("loss", [1.0]))
        writer.append(scalars("loss", [2.0]))
        assert store.metrics.append(old).repeated
        assert store.metrics.append(old).cursor == 2
        assert read(store, run.run_id, "loss") == {"value": [1.0, 2.0]}

    def test_a_gap_is_refused_with_the_cursor(self, store: Store, run: Run) -> None:
        writer = Writer(store, run.run_id)
        writer.append(scalars("loss", [1.0]))
        with refused(SequenceGapError) as caught:
            store.metrics.append(writer.batch(scalars("loss", [3.0]), first=2))
        assert caught.value.detail["cursor"] == 1
        assert read(store, run.run_id, "loss") == {"value": [1.0]}

    def test_the_first_batch_begins_at_record_0(self, store: Store, run: Run) -> None:
        with refused(SequenceGapError) as caught:
            Writer(store, run.run_id).append(scalars("loss", [1.0]), first=7)
        assert caught.value.detail["cursor"] == 0

    def test_a_batch_that_overlaps_is_refused_with_the_cursor(self, store: Store, run: Run) -> None:
        writer = Writer(store, run.run_id)
        writer.append(scalars("loss", [1.0, 2.0, 3.0]))
        with refused(SequenceGapError) as caught:
            store.metrics.append(writer.batch(scalars("loss", [3.0, 4.0]), first=2))
        assert caught.value.detail["cursor"] == 3
        assert read(store, run.run_id, "loss")["value"] == [1.0, 2.0, 3.0]

    def test_an_older_epoch_is_fenced(self, store: Store, run: Run) -> None:
        Writer(store, run.run_id, epoch=2).append(scalars("loss", [1.0]))
        late = Writer(store, run.run_id, epoch=1)
        late.next = 1
        with refused(FencedError):
            late.append(scalars("loss", [2.0]))
        assert read(store, run.run_id, "loss")["value"] == [1.0]

    def test_an_older_epoch_is_fenced_even_if_it_repeats(self, store: Store, run: Run) -> None:
        Writer(store, run.run_id, epoch=2).append(scalars("loss", [1.0]))
        with refused(FencedError):
            Writer(store, run.run_id, epoch=1).append(scalars("loss", [1.0]))

    def test_a_newer_epoch_takes_over_with_a_repeated_batch(self, store: Store, run: Run) -> None:
        old = Writer(store, run.run_id, epoch=1)
        old.append(scalars("loss", [1.0]))
        assert Writer(store, run.run_id, epoch=2).append(scalars("loss", [1.0])).repeated
        with refused(FencedError):
            old.append(scalars("loss", [2.0]))

    def test_writers_of_a_run_are_apart(self, store: Store, run: Run) -> None:
        first, second = Writer(store, run.run_id, "aa"), Writer(store, run.run_id, "bb", epoch=9)
        first.append(scalars("loss", [1.0]))
        second.append(scalars("loss", [2.0]))
        first.append(scalars("loss", [3.0]))
        assert read(store, run.run_id, "loss")["value"] == [1.0, 2.0, 3.0]
        found = store.metrics.list_cursors(ListCursors(run_id=run.run_id))
        assert found.cursors == {"aa": 2, "bb": 1}
        assert found.epochs == {"aa": 1, "bb": 9}

    def test_a_new_run_has_no_writers(self, store: Store, run: Run) -> None:
        found = store.metrics.list_cursors(ListCursors(run_id=run.run_id))
        assert (found.cursors, found.epochs) == ({}, {})

    def test_records_without_rows_move_the_cursor(self, store: Store, run: Run) -> None:
        writer = Writer(store, run.run_id)
        assert writer.append(count=5).cursor == 5
        assert writer.append(scalars("loss", [1.0])).cursor == 6

    def test_params_tags_and_drops_arrive_with_the_rows(self, store: Store, run: Run) -> None:
        writer = Writer(store, run.run_id)
        writer.append(params={"lr": 0.1}, tags={"a": "1", "b": None}, dropped={"too fast": 3})
        writer.append(params={"lr": 0.2}, tags={"a": "2"}, dropped={"too fast": 4})
        found = get_run(store, run.run_id)
        assert found.params == {"lr": 0.2}
        assert found.tags == {"a": "2", "b": None}
        assert [warning.count for warning in found.warnings] == [7]
        assert "too fast" in found.warnings[0].message

    def test_a_refused_batch_leaves_nothing(self, store: Store, run: Run) -> None:
        writer = Writer(store, run.run_id)
        with refused(SequenceGapError):
            writer.append(scalars("loss", [1.0]), first=1, params={"p": 1}, tags={"t": "1"}, dropped={"x": 1})
        assert get_run(store, run.run_id) == run
        assert store.metrics.list(ListMetrics(run_id=run.run_id)).metrics == ()
        assert store.metrics.list_cursors(ListCursors(run_id=run.run_id)).cursors == {}

    def test_negative_records_are_refused(self, store: Store, run: Run) -> None:
        with refused(InvalidValueError):
            Writer(store, run.run_id).append(first=-1)
        with refused(InvalidValueError):
            Writer(store, run.run_id).append(count=-1)

    def test_an_unknown_run_is_not_found_and_a_deleted_one_gone(self, store: Store, run: Run) -> None:
        with refused(NotFoundError):
            Writer(store, "none").append(scalars("loss", [1.0]))
        with refused(NotFoundError):
            store.metrics.list_cursors(ListCursors(run_id="none"))
        store.runs.delete(Delete(run_ids=(run.run_id,)))
        with refused(GoneError):
            Writer(store, run.run_id).append(scalars("loss", [1.0]))

    def test_a_block_that_makes_no_sense_is_counted_and_holds_nothing_up(self, store: Store, run: Run) -> None:
        bad = Block(
            metric="bad", kind=MetricKind.SCALAR, rows=2, columns=(column("value", [1.0]),), times=integers([1, 2])
        )
        receipt = Writer(store, run.run_id).append(bad, scalars("good", [1.0]))
        assert receipt.cursor == 3
        assert read(store, run.run_id, "good") == {"value": [1.0]}
        assert [warning.count for warning in get_run(store, run.run_id).warnings] == [2]

    def test_columns_beyond_the_limit_are_counted(self, store: Store, run: Run) -> None:
        names = [f"c{place}" for place in range(limit.COLUMNS + 2)]
        Writer(store, run.run_id).append(table("wide", {name: [1] for name in names}))
        assert list(read(store, run.run_id, "wide")) == names[: limit.COLUMNS]
        assert [warning.count for warning in get_run(store, run.run_id).warnings] == [2]

    def test_deleting_a_metric_leaves_the_cursor(self, store: Store, run: Run) -> None:
        writer = Writer(store, run.run_id)
        first = writer.batch(scalars("loss", [1.0]))
        store.metrics.append(first)
        store.metrics.delete(DeleteMetrics(run_id=run.run_id, names=("loss",)))
        assert store.metrics.append(first).repeated
        assert store.metrics.list(ListMetrics(run_id=run.run_id)).metrics == ()


_PATTERNS = [
    0x0000000000000000,  # 0.0
    0x8000000000000000,  # -0.0
    0x7FF0000000000000,  # infinity
    0xFFF0000000000000,
    0x7FF8000000000000,  # the usual NaN
    0xFFF8000000000001,  # NaN with a sign and a payload
    0x7FF0000000000001,  # a signalling NaN
    0x0000000000000001,  # the smallest denormal
    0x7FEFFFFFFFFFFFFF,  # the largest number
    0x3FB999999999999A,  # 0.1
]


class BitExactContract(Contract):
    """Whatever was logged comes back as it was."""

    @pytest.mark.parametrize("repeat", [1, 30, 1_000])
    def test_floats_keep_every_bit(self, store: Store, run: Run, repeat: int) -> None:
        data = struct.pack(f"<{len(_PATTERNS) * repeat}Q", *(_PATTERNS * repeat))
        whole = column("value", [0.0] * (len(data) // 8))
        sent = block("bits", (type(whole)(name="value", type=ColumnType.FLOAT, data=data),), len(data) // 8)
        Writer(store, run.run_id).append(sent)
        found = store.metrics.read(ReadMetric(run_id=run.run_id, name="bits")).block
        assert found.columns[0].data == data
        assert found.columns[0].valid == b""
        assert (found.times, found.steps) == (sent.times, b"")

    @pytest.mark.parametrize("repeat", [1, 100])
    def test_integers_keep_64_bits(self, store: Store, run: Run, repeat: int) -> None:
        numbers = [2**63 - 1, -(2**63), 0, -1, 2**53 + 1] * repeat
        Writer(store, run.run_id).append(scalars("n", numbers))
        assert read(store, run.run_id, "n") == {"value": numbers}
        assert describe(store, run.run_id, "n").columns[0].type is ColumnType.INT

    def test_booleans_and_texts_stay_what_they_are(self, store: Store, run: Run) -> None:
        texts = ["", "é", "🙂", "a\0b", "x" * 100_000, "NaN", "\u202e"]
        Writer(store, run.run_id).append(scalars("b", [True, False]), scalars("s", texts))
        assert read(store, run.run_id, "b") == {"value": [True, False]}
        assert read(store, run.run_id, "s") == {"value": texts}

    def test_mixed_values_keep_their_own_types(self, store: Store, run: Run) -> None:
        logged: list[Value] = [1, 1.0, True, "1", None, 2**63 - 1, math.inf, ""]
        Writer(store, run.run_id).append(scalars("m", logged))
        found = read(store, run.run_id, "m")["value"]
        assert found == logged
        assert [type(value) for value in found] == [type(value) for value in logged]
        assert describe(store, run.run_id, "m").columns[0].type is ColumnType.MIXED

    def test_steps_may_be_huge_repeated_falling_and_missing(self, store: Store, run: Run) -> None:
        steps = [2**63 - 1, -(2**63) + 1, 5, 5, 3, NO_STEP, 0]
        Writer(store, run.run_id).append(scalars("loss", [float(place) for place in range(7)], steps))
        found = store.metrics.read(ReadMetric(run_id=run.run_id, name="loss")).block
        assert from_integers(found.steps) == steps
        assert describe(store, run.run_id, "loss").last_step == 0

    def test_rows_without_steps_join_rows_with_steps(self, store: Store, run: Run) -> None:
        writer = Writer(store, run.run_id)
        writer.append(scalars("loss", [1.0]))
        assert not describe(store, run.run_id, "loss").has_steps
        writer.append(scalars("loss", [2.0], [7]))
        writer.append(scalars("loss", [3.0]))
        found = store.metrics.read(ReadMetric(run_id=run.run_id, name="loss")).block
        assert from_integers(found.steps) == [NO_STEP, 7, NO_STEP]
        metric = describe(store, run.run_id, "loss")
        assert (metric.has_steps, metric.last_step) == (True, None)

    def test_integers_and_floats_join_as_floats(self, store: Store, run: Run) -> None:
        writer = Writer(store, run.run_id)
        writer.append(scalars("loss", [1]))
        writer.append(scalars("loss", [0.5]))
        found = store.metrics.read(ReadMetric(run_id=run.run_id, name="loss")).block.columns[0]
        assert found.type is ColumnType.FLOAT
        assert read(store, run.run_id, "loss")["value"] == [1.0, 0.5]
        assert describe(store, run.run_id, "loss").columns[0].type is ColumnType.FLOAT

    def test_other_types_join_as_mixed(self, store: Store, run: Run) -> None:
        writer = Writer(store, run.run_id)
        for value in (1, 0.5, "x", True):
            writer.append(scalars("m", [value]))
        found = read(store, run.run_id, "m")["value"]
        assert found == [1, 0.5, "x", True]
        assert type(found[3]) is bool
        assert describe(store, run.run_id, "m").columns[0].type is ColumnType.MIXED

    def test_a_range_has_the_type_of_the_whole_column(self, store: Store, run: Run) -> None:
        writer = Writer(store, run.run_id)
        writer.append(scalars("loss", [1]))
        writer.append(scalars("loss", [0.5]))
        found = store.metrics.read(ReadMetric(run_id=run.run_id, name="loss", count=1)).block.columns[0]
        assert (found.type, found.data) == (ColumnType.FLOAT, struct.pack("<d", 1.0))

    def test_rows_may_lack_columns(self, store: Store, run: Run) -> None:
        writer = Writer(store, run.run_id)
        writer.append(table("t", {"a": [1, None], "b": ["x", "y"]}))
        writer.append(table("t", {"b": [None, "z"], "c": [0.5, None]}))
        assert read(store, run.run_id, "t") == {
            "a": [1, None, None, None],
            "b": ["x", "y", None, "z"],
            "c": [None, None, 0.5, None],
        }
        counts = {row.column: row.count for row in describe(store, run.run_id, "t").columns}
        assert counts == {"a": 1, "b": 3, "c": 1}

    def test_a_column_may_lack_all_its_values(self, store: Store, run: Run) -> None:
        Writer(store, run.run_id).append(table("t", {"a": [None, None], "b": [1, 2]}))
        assert read(store, run.run_id, "t") == {"a": [None, None], "b": [1, 2]}
        assert describe(store, run.run_id, "t").columns[0].count == 0

    def test_names_are_kept_as_they_are(self, store: Store, run: Run) -> None:
        names = ["a/b", "val loss (@5)", "é🙂", "..", "'; DROP TABLE metrics; --", "a\0b", " ", "x" * limit.NAME_CHARS]
        Writer(store, run.run_id).append(*(table(name, {name: [1]}) for name in names))
        for name in names:
            assert read(store, run.run_id, name) == {name: [1]}

    def test_a_very_long_name_is_cut_and_still_found(self, store: Store, run: Run) -> None:
        first, second = "x" * 5_000 + "a", "x" * 5_000 + "b"
        Writer(store, run.run_id).append(scalars(first, [1.0]), scalars(second, [2.0]))
        assert read(store, run.run_id, first) == {"value": [1.0]}
        assert read(store, run.run_id, second) == {"value": [2.0]}
