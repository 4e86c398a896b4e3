"""The contract itself: it is complete, and no promise hides another."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from runwatch.schema.metric import AppendBatch, Appended, Overview, ReadOverview
from runwatch.schema.operation import OPERATIONS
from runwatch.schema.run import Delete, ListRuns, Run, RunOrder, RunPage
from runwatch.store.memory import run_filter
from runwatch.store.memory.metric import MemoryMetricShelf
from runwatch.store.memory.page import Place
from runwatch.store.memory.run import MemoryRunShelf
from runwatch.store.memory.state import Entry
from runwatch.store.memory.store import MemoryStore
from runwatch.testing import DurabilityContract, StoreContract
from runwatch.testing.lifetime import CALLS
from runwatch.testing.sample import new_run


def test_no_two_promises_have_the_same_name() -> None:
    parts = {part for whole in (StoreContract, DurabilityContract) for part in whole.__mro__}
    names = Counter(name for part in parts for name in vars(part) if name.startswith("test_"))
    assert len(names) > 270
    assert [name for name, count in names.items() if count > 1] == []


def test_every_operation_is_tried_on_a_closed_store() -> None:
    assert set(CALLS) == {f"{row.shelf}.{row.name}" for row in OPERATIONS} | {"info"}


def test_users_of_the_library_need_no_pytest() -> None:
    code = (
        "import sys, runwatch, runwatch.store.memory.store, runwatch.store.sql.store; sys.exit('pytest' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def _doubles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forgets what it has: each batch counts again."""
    append = MemoryMetricShelf.append

    def forgetful(self: MemoryMetricShelf, request: AppendBatch) -> Appended:
        self._state.entry(request.run_id).writers.clear()
        return append(self, replace(request, first=0))

    monkeypatch.setattr(MemoryMetricShelf, "append", forgetful)


def _thins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shows the last point of a bucket as its extremes."""
    read = MemoryMetricShelf.read_overview

    def thinning(self: MemoryMetricShelf, request: ReadOverview) -> Overview:
        found = read(self, request)
        return replace(found, min=found.last, max=found.last)

    monkeypatch.setattr(MemoryMetricShelf, "read_overview", thinning)


def _skips(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loses a run at the end of each page."""
    ask = MemoryRunShelf.list

    def skipping(self: MemoryRunShelf, request: ListRuns) -> RunPage:
        page = ask(self, request)
        return replace(page, runs=page.runs[:-1]) if page.next_cursor and len(page.runs) > 1 else page

    monkeypatch.setattr(MemoryRunShelf, "list", skipping)


def _lets_all_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes no notice of filters."""
    monkeypatch.setattr(run_filter, "read_filter", lambda text, now: None)


def _sorts_missing_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes a missing label for an empty one."""
    place = run_filter.place

    def wrong(entry: Entry, order: RunOrder, now: float) -> Place:
        value, *rest = place(entry, order, now)
        return "" if value is None else value, *rest

    monkeypatch.setattr(run_filter, "place", wrong)


def _by_tag(suite: StoreContract, store: MemoryStore, run: Run) -> None:
    store.runs.delete(Delete(run_ids=(run.run_id,)))
    suite.test_by_every_other_column(store, {"field": "tag", "key": "k"}, [{"tags": {"k": "a"}}], 1, False)


@pytest.mark.parametrize(
    ("fault", "promise"),
    [
        (_lets_all_through, lambda suite, store, run: suite.test_by_labels(store)),
        (_lets_all_through, lambda suite, store, run: suite.test_a_filtered_list_is_sorted_and_paged(store)),
        (_sorts_missing_first, _by_tag),
        (_doubles, lambda suite, store, run: suite.test_a_repeated_batch_changes_nothing(store, run)),
        (_doubles, lambda suite, store, run: suite.test_an_old_batch_that_comes_late_is_skipped(store, run)),
        (_thins, lambda suite, store, run: suite.test_no_spike_is_lost_at_any_width(store, run)),
        (_thins, lambda suite, store, run: suite.test_buckets_say_what_the_rows_say(store, run, 257)),
        (_skips, lambda suite, store, run: suite.test_runs_of_one_moment_are_shown_once_each(store, 2, True)),
    ],
)
def test_a_store_that_breaks_a_promise_is_found_out(
    fault: Callable[[pytest.MonkeyPatch], None],
    promise: Callable[[StoreContract, MemoryStore, Run], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = MemoryStore()
    run = new_run(store)
    fault(monkeypatch)
    with pytest.raises(AssertionError):
        promise(StoreContract(), store, run)
