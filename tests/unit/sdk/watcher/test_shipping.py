"""Each record arrives once, in order, and nothing leaves the journal before the store has it."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import msgspec
import pytest

from runwatch.journal.writer import JournalWriter
from runwatch.schema import limit
from runwatch.schema.error import (
    FencedError,
    GoneError,
    LimitError,
    SequenceGapError,
    StoreUnavailableError,
)
from runwatch.schema.metric import AppendBatch, ListCursors
from runwatch.schema.run import Delete
from runwatch.sdk.watcher import shipping
from runwatch.sdk.watcher.shipping import Shipper
from runwatch.store.memory.store import MemoryStore
from tests.unit.sdk.watcher.faulty import FaultyStore
from tests.unit.sdk.watcher.scene import log, make_journal, run_of, values

SMALL = 1 << 16
"""The smallest segment: about 1,360 points."""


def test_all_that_was_logged_is_in_the_store(tmp_path: Path) -> None:
    folder, store = make_journal(tmp_path), MemoryStore()
    log(folder, 100)
    shipper = Shipper(folder, store)
    shipped = shipper.ship()
    assert values(store) == list(range(100))
    assert shipped.records >= 100
    assert not shipped.more
    assert shipper.ship().records == 0
    log(folder, 50, first=100)
    shipper.ship()
    assert values(store) == list(range(150))
    assert sorted(shipper.position()) == shipper.reader.writers()


def test_the_run_is_made_if_the_store_has_none_and_only_once(tmp_path: Path) -> None:
    folder, store = make_journal(tmp_path), MemoryStore()
    Shipper(folder, store).ship()
    made = run_of(store)
    Shipper(folder, store, epoch=2).ship()
    assert run_of(store) == made


def test_a_new_shipper_goes_on_where_the_store_stands(tmp_path: Path) -> None:
    folder, store = make_journal(tmp_path), MemoryStore()
    log(folder, 100)
    Shipper(folder, store, epoch=1).ship()
    log(folder, 100, first=100)
    shipped = Shipper(folder, store, epoch=2).ship()
    assert values(store) == list(range(200))
    assert 100 <= shipped.records < 200


def test_an_answer_that_was_lost_doubles_nothing(tmp_path: Path) -> None:
    folder, store = make_journal(tmp_path), FaultyStore(MemoryStore())
    log(folder, 100)

    def lose(call: str, request: Any) -> None:
        if call == "metrics.append":
            store.after = None
            raise StoreUnavailableError("The connection broke after the commit.")

    store.after = lose
    shipper = Shipper(folder, store)
    with pytest.raises(StoreUnavailableError):
        shipper.ship()
    log(folder, 10, first=100)
    shipper.ship()
    assert values(store) == list(range(110))


@pytest.mark.parametrize("seed", range(5))
def test_failures_anywhere_lose_and_double_nothing(tmp_path: Path, seed: int) -> None:
    folder, inner, draw = make_journal(tmp_path), MemoryStore(), random.Random(seed)

    def trouble(call: str, request: Any) -> None:
        if draw.random() < 0.3:
            raise StoreUnavailableError("Not now.")

    writer = JournalWriter(folder, "run", segment_bytes=SMALL)
    logged, epoch, shipper = 0, 1, None
    for _ in range(60):
        for _ in range(draw.randrange(200)):
            writer.point("loss", float(logged), logged)
            logged += 1
        if shipper is None or draw.random() < 0.2:
            epoch += 1
            shipper = Shipper(folder, FaultyStore(inner, before=trouble, after=trouble), epoch=epoch)
        try:
            shipper.ship()
        except StoreUnavailableError:
            continue
    writer.close()
    Shipper(folder, inner, epoch=epoch + 1).ship(final=True)
    assert values(inner) == list(range(logged))


def test_an_older_shipper_is_fenced(tmp_path: Path) -> None:
    folder, store = make_journal(tmp_path), MemoryStore()
    writer = JournalWriter(folder, "run")
    writer.point("loss", 0.0)
    old, new = Shipper(folder, store, epoch=1), Shipper(folder, store, epoch=2)
    old.ship()
    new.ship()
    writer.point("loss", 1.0)
    new.ship()
    writer.point("loss", 2.0)
    with pytest.raises(FencedError):
        old.ship()
    new.ship()
    writer.close()
    assert values(store) == [0, 1, 2]


def test_a_shipper_that_starts_with_a_lost_counter_goes_above_the_store(tmp_path: Path) -> None:
    folder, store = make_journal(tmp_path), MemoryStore()
    log(folder, 10)
    Shipper(folder, store, epoch=7).ship()
    again = Shipper(folder, store, epoch=1)
    again.ship()
    assert again.epoch == 8


def test_a_deleted_run_is_gone(tmp_path: Path) -> None:
    folder, store = make_journal(tmp_path), MemoryStore()
    log(folder, 10)
    shipper = Shipper(folder, store)
    shipper.ship()
    store.runs.delete(Delete(run_ids=("run",)))
    log(folder, 10)
    with pytest.raises(GoneError):
        shipper.ship()
    with pytest.raises(GoneError):
        Shipper(folder, store, epoch=2).ship()


def test_segments_go_only_below_the_cursor_of_the_store(tmp_path: Path) -> None:
    folder, store = make_journal(tmp_path), FaultyStore(MemoryStore())
    writer = JournalWriter(folder, "run", segment_bytes=SMALL)
    for value in range(6_000):
        writer.point("loss", float(value), value)

    def refuse(call: str, request: Any) -> None:
        if call == "metrics.append":
            raise StoreUnavailableError("Not now.")

    store.before = refuse
    before = sorted(path.name for path in folder.glob("*.rwj"))
    shipper = Shipper(folder, store)
    with pytest.raises(StoreUnavailableError):
        shipper.ship()
    assert sorted(path.name for path in folder.glob("*.rwj")) == before
    assert len(before) > 3
    store.before = None
    shipper.ship()
    assert len(list(folder.glob("*.rwj"))) < len(before)
    writer.close()
    Shipper(folder, store, epoch=2).ship(final=True)
    assert values(store) == list(range(6_000))


def test_events_come_after_the_records_before_them(tmp_path: Path) -> None:
    folder, store = make_journal(tmp_path), MemoryStore()
    log(folder, 10, end="Completed")
    (event,) = Shipper(folder, store).ship().events
    assert (event.kind, event.data) == ("end", {"status": "Completed", "error": None})
    assert values(store) == list(range(10))


def test_the_next_shipper_still_finds_the_end_of_the_run(tmp_path: Path) -> None:
    """The one before it may have died between shipping the event and acting upon it."""
    folder, store = make_journal(tmp_path), MemoryStore()
    writer = JournalWriter(folder, "run", segment_bytes=SMALL)
    for value in range(3_000):
        writer.point("loss", value, value)
    writer.event("end", {"status": "Completed", "error": None})
    for value in range(3_000, 9_000):
        writer.point("loss", value, value)
    first = Shipper(folder, store, epoch=1)
    assert [event.kind for event in first.ship().events] == ["end"]
    first.ship()
    second = Shipper(folder, store, epoch=2)
    assert [event.kind for event in second.ship().events] == ["end"]
    assert [event.kind for event in second.ship().events] == []
    writer.close()
    assert values(store) == list(range(9_000))


def test_a_record_that_the_store_refuses_for_good_goes_into_quarantine_alone(tmp_path: Path) -> None:
    folder, inner = make_journal(tmp_path), MemoryStore()
    writer = JournalWriter(folder, "run")
    for value in range(40):
        writer.point("bad" if value == 17 else "loss", float(value), value)
    writer.close()

    def picky(call: str, request: Any) -> None:
        if isinstance(request, AppendBatch) and any(block.metric == "bad" for block in request.blocks):
            raise LimitError("Too much.")

    shipper = Shipper(folder, FaultyStore(inner, before=picky))
    shipped = shipper.ship()
    while shipped.more:
        more = shipper.ship()
        shipped.notices += more.notices
        shipped.more = more.more
    assert values(inner) == [float(value) for value in range(40) if value != 17]
    (kept,) = (folder / "quarantine").iterdir()
    batch = msgspec.msgpack.decode(kept.read_bytes(), type=AppendBatch)
    assert [block.metric for block in batch.blocks] == ["bad"]
    assert shipped.notices == ["The store refused a record of bad: Too much."]
    assert [(warning.message, warning.count) for warning in run_of(inner).warnings] == [
        ("Points could not be recorded: refused (limit_exceeded).", 1)
    ]


def test_a_cursor_behind_ours_is_followed(tmp_path: Path) -> None:
    """As after the store was restored from a backup."""
    folder, old, new = make_journal(tmp_path), MemoryStore(), MemoryStore()
    writer = JournalWriter(folder, "run")
    for value in range(100):
        writer.point("loss", value)
    shipper = Shipper(folder, old)
    shipper.ship()
    new.runs.create(shipper.manifest.create)
    shipper.store = new
    writer.point("loss", 100)
    shipper.ship()
    shipper.ship()
    writer.close()
    assert values(new) == list(range(101))


def test_a_cursor_inside_the_batch_is_followed(tmp_path: Path) -> None:
    folder, store = make_journal(tmp_path), FaultyStore(MemoryStore())
    log(folder, 100)
    shipper = Shipper(folder, store)
    (writer,) = shipper.reader.writers()

    def other_was_here(call: str, request: Any) -> None:
        if call == "metrics.append":
            store.before = None
            part = shipper.reader.read(writer, 0, limit=31, final=False).batch
            store.inner.metrics.append(msgspec.structs.replace(part, epoch=1))

    store.before = other_was_here
    shipper.ship()
    assert values(store) == list(range(100))


def test_one_call_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, store = make_journal(tmp_path), MemoryStore()
    log(folder, 1_000)
    monkeypatch.setattr(limit, "BATCH_RECORDS", 10)
    shipper = Shipper(folder, store)
    first = shipper.ship()
    assert first.more
    assert first.records == 10 * shipping.BATCHES_PER_CALL
    while shipper.ship().more:
        pass
    assert values(store) == list(range(1_000))


def test_gap_errors_without_end_do_not_hang(tmp_path: Path) -> None:
    folder = make_journal(tmp_path)
    log(folder, 10)

    def gap(call: str, request: Any) -> None:
        if call == "metrics.append":
            raise SequenceGapError("Never right.", cursor=0)

    store = FaultyStore(MemoryStore(), before=gap)
    with pytest.raises(SequenceGapError):
        Shipper(folder, store).ship()
    assert store.inner.metrics.list_cursors(ListCursors(run_id="run")).cursors == {}
