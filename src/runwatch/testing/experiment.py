"""What every backend promises of experiments."""
# ruff: noqa: D102 - the names of the tests are sentences

from __future__ import annotations

from typing import Any

import pytest

from runwatch.schema import limit
from runwatch.schema.error import ConflictError, InvalidValueError, LimitError, NotFoundError
from runwatch.schema.run import CreateExperiment, Delete, Experiment, ListExperiments, UpdateExperiment
from runwatch.store.protocol import Store
from runwatch.testing.contract import Contract
from runwatch.testing.sample import START_AT, all_pages, new_run, refused


def _create(store: Store, name: str, **tags: str | None) -> Experiment:
    return store.runs.create_experiment(CreateExperiment(name=name, tags=tags))


def _list(store: Store, **conditions: object) -> list[Experiment]:
    return all_pages(lambda cursor: store.runs.list_experiments(ListExperiments(cursor=cursor, **conditions)))  # type: ignore[arg-type]


def _archive(store: Store, experiment: Experiment, archived: bool = True) -> Experiment:
    return store.runs.update_experiment(UpdateExperiment(experiment_id=experiment.experiment_id, archived=archived))


class ExperimentContract(Contract):
    """Experiments: get or create, lists, archive."""

    def test_a_new_experiment_is_active_and_empty(self, store: Store) -> None:
        made = _create(store, "mnist", team="vision", draft=None)
        assert made.name == "mnist"
        assert made.archived_at is None
        assert made.tags == {"team": "vision", "draft": None}
        assert (made.run_count, made.last_run_at) == (0, None)

    def test_creating_it_again_gives_the_one_that_is_there(self, store: Store) -> None:
        first = _create(store, "mnist", team="vision")
        assert _create(store, "mnist", team="other") == first

    def test_experiments_differ_by_letter_case(self, store: Store) -> None:
        assert _create(store, "Mnist").experiment_id != _create(store, "mnist").experiment_id

    @pytest.mark.parametrize("name", ["", "../x", "a b", "-a", "a\n", "é", "x" * 256, "."])
    def test_a_name_with_other_characters_is_refused(self, store: Store, name: str) -> None:
        with refused(InvalidValueError):
            _create(store, name)

    def test_it_counts_its_runs_and_knows_the_newest(self, store: Store) -> None:
        parent = new_run(store, "mnist")
        new_run(store, "mnist", parent_run_id=parent.run_id, created_at=START_AT + 5)
        found = _create(store, "mnist")
        assert (found.run_count, found.last_run_at) == (2, START_AT + 5)

    def test_an_archived_name_is_free_again(self, store: Store) -> None:
        old = _archive(store, _create(store, "mnist"))
        assert old.archived_at is not None
        assert _create(store, "mnist").experiment_id != old.experiment_id

    def test_an_archived_one_comes_back(self, store: Store) -> None:
        made = _create(store, "mnist")
        _archive(store, made)
        assert _archive(store, made, archived=False).archived_at is None
        assert _create(store, "mnist").experiment_id == made.experiment_id

    def test_it_does_not_come_back_while_another_has_its_name(self, store: Store) -> None:
        old = _archive(store, _create(store, "mnist"))
        _create(store, "mnist")
        with refused(ConflictError):
            _archive(store, old, archived=False)

    def test_archiving_twice_changes_nothing(self, store: Store) -> None:
        first = _archive(store, _create(store, "mnist"))
        assert _archive(store, first) == first

    def test_runs_of_an_archived_experiment_stay(self, store: Store) -> None:
        made = new_run(store, "mnist")
        _archive(store, _create(store, "mnist"))
        assert new_run(store, "mnist").experiment_id != made.experiment_id

    def test_tags_of_an_experiment_are_set_and_removed(self, store: Store) -> None:
        made = _create(store, "mnist", a="1", b="2")
        changed = store.runs.update_experiment(
            UpdateExperiment(experiment_id=made.experiment_id, set_tags={"a": None, "c": "3"}, remove_tags=("b", "no"))
        )
        assert changed.tags == {"a": None, "c": "3"}

    def test_a_description_changes_and_what_is_unset_stays(self, store: Store) -> None:
        made = _create(store, "mnist", a="1")
        changed = store.runs.update_experiment(
            UpdateExperiment(experiment_id=made.experiment_id, description="# Digits")
        )
        assert (changed.description, changed.tags, changed.archived_at) == ("# Digits", {"a": "1"}, None)

    def test_an_unknown_one_cannot_be_changed(self, store: Store) -> None:
        with refused(NotFoundError):
            store.runs.update_experiment(UpdateExperiment(experiment_id="none", archived=True))

    @pytest.mark.parametrize("limit", [1, 2, 3])
    def test_pages_show_each_once_and_the_newest_first(self, store: Store, limit: int) -> None:
        made = [_create(store, f"e{number}") for number in range(7)]
        found = _list(store, limit=limit)
        assert [row.experiment_id for row in found] == [row.experiment_id for row in reversed(made)]

    @pytest.mark.parametrize("limit", [1, 2, 100])
    def test_by_the_newest_run_or_birth(self, store: Store, limit: int) -> None:
        early = [new_run(store, name, created_at=START_AT + at).experiment for name, at in (("a", 1), ("b", 3))]
        same = [new_run(store, name, created_at=START_AT + 2).experiment for name in ("c", "d")]
        empty = _create(store, "e")  # made now, long after all these runs
        found = _list(store, order="last_run", limit=limit)
        assert [row.name for row in found] == [empty.name, early[1], *same[::-1], early[0]]
        new_run(store, "a", created_at=empty.created_at + 1)
        assert _list(store, order="last_run", limit=limit)[0].name == "a"

    @pytest.mark.parametrize("limit", [1, 2, 100])
    def test_by_name_letter_case_aside(self, store: Store, limit: int) -> None:
        for name in ("b", "C", "a_1", "A", "a", "a-1"):
            _create(store, name)
        found = [row.name for row in _list(store, order="name", limit=limit)]
        assert found == ["A", "a", "a-1", "a_1", "b", "C"]

    def test_an_order_that_is_none_is_refused_and_so_is_the_cursor_of_another(self, store: Store) -> None:
        for name in ("a", "b"):
            _create(store, name)
        with refused(InvalidValueError):
            _list(store, order="token")
        orders: tuple[Any, ...] = ("created", "last_run", "name")
        for order in orders:
            cursor = store.runs.list_experiments(ListExperiments(order=order, limit=1)).next_cursor
            for other in set(orders) - {order}:
                with refused(InvalidValueError):
                    store.runs.list_experiments(ListExperiments(order=other, cursor=cursor))

    def test_lists_show_active_ones_unless_asked(self, store: Store) -> None:
        old, new = _archive(store, _create(store, "old")), _create(store, "new")
        assert _list(store) == [new]
        assert _list(store, view="archived") == [old]
        assert {row.name for row in _list(store, view="all")} == {"old", "new"}

    def test_lists_filter_by_name_id_text_and_tags(self, store: Store) -> None:
        digits, letters = _create(store, "Digits_1", kind="x", empty=None), _create(store, "letters", kind="y")
        assert _list(store, name="Digits_1") == [digits]
        assert _list(store, experiment_id=letters.experiment_id) == [letters]
        assert _list(store, search="DIGITS_") == [digits]
        assert _list(store, search="s_1") == [digits]
        assert _list(store, search="%") == []
        assert _list(store, tags={"kind": "y"}) == [letters]
        assert _list(store, tags={"kind": None, "empty": None}) == [digits]

    def test_a_cursor_that_the_store_did_not_make_is_refused(self, store: Store) -> None:
        _create(store, "mnist")
        for cursor in ("x", "", "WzFd", "é", "'; DROP TABLE runs; --"):
            with refused(InvalidValueError):
                store.runs.list_experiments(ListExperiments(cursor=cursor))

    def test_a_page_of_experiments_has_a_limit(self, store: Store) -> None:
        assert store.runs.list_experiments(ListExperiments(limit=limit.PAGE_ROWS)).experiments == ()
        with refused(LimitError):
            store.runs.list_experiments(ListExperiments(limit=limit.PAGE_ROWS + 1))
        with refused(InvalidValueError):
            store.runs.list_experiments(ListExperiments(limit=0))

    def test_an_empty_one_is_deleted(self, store: Store) -> None:
        made = _create(store, "mnist")
        deleted = store.runs.delete(Delete(experiment_ids=(made.experiment_id,)))
        assert deleted.experiment_ids == (made.experiment_id,)
        assert _list(store, view="all") == []
        with refused(NotFoundError):
            store.runs.delete(Delete(experiment_ids=(made.experiment_id,)))

    def test_one_with_runs_is_not_deleted(self, store: Store) -> None:
        made = new_run(store, "mnist")
        with refused(ConflictError):
            store.runs.delete(Delete(experiment_ids=(made.experiment_id,)))
        assert len(_list(store)) == 1

    def test_one_is_deleted_together_with_its_runs(self, store: Store) -> None:
        made = new_run(store, "mnist")
        store.runs.delete(Delete(run_ids=(made.run_id,), experiment_ids=(made.experiment_id,)))
        assert _list(store, view="all") == []
