"""Notices of changes: from a number on, each subject and kind once, whoever wrote."""

from __future__ import annotations

from runwatch.schema.change import ChangeKind, ListChanges
from runwatch.schema.run import UpdateRun
from runwatch.store.sql.store import SqlStore
from tests.unit.store.sql.sample import make_run


def test_readers_go_on_from_where_they_were(store: SqlStore) -> None:
    assert store.changes.list(ListChanges()).changes == ()
    for name in "abc":
        make_run(store, name)
    page = store.changes.list(ListChanges(limit=2))
    rest = store.changes.list(ListChanges(after=page.sequence))
    assert [(each.kind, each.sequence) for each in page.changes] == [(ChangeKind.EXPERIMENT, 1), (ChangeKind.RUN, 2)]
    assert [each.subject for each in rest.changes] == ["b", "c"]
    assert rest.sequence == store.changes.list(ListChanges(after=-1)).sequence == 4
    assert store.changes.list(ListChanges(after=4)).changes == ()
    assert store.changes.list(ListChanges(after=99)).sequence == 4


def test_a_reader_that_was_away_learns_of_each_subject_once(store: SqlStore) -> None:
    make_run(store, "a")
    for _ in range(5):
        store.runs.update(UpdateRun(run_id="a", contact=True))
    found = store.changes.list(ListChanges(subjects=("a", "absent")))
    assert [(each.subject, each.sequence) for each in found.changes] == [("a", 7)]
    assert found.sequence == 7


def test_two_stores_of_one_folder_see_each_other(store: SqlStore) -> None:
    other = SqlStore(store._folder)
    seen = other.changes.list(ListChanges(after=-1)).sequence
    make_run(store, "a")
    assert [each.subject for each in other.changes.list(ListChanges(after=seen)).changes][-1] == "a"
    other.close()
