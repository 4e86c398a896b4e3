"""What every backend promises of runs: making, changing and deleting them."""
# ruff: noqa: D102, S106 - the names of the tests are sentences; a token is no password

from __future__ import annotations

from typing import Any

import pytest

from runwatch.schema import limit
from runwatch.schema.error import ConflictError, GoneError, InvalidValueError, LimitError, NotFoundError
from runwatch.schema.run import (
    CreateRun,
    Delete,
    ExitCause,
    ExitKind,
    GetRun,
    ListExperiments,
    Run,
    RunError,
    RunLife,
    RunStatus,
    RunWarning,
    StatusChange,
    UpdateRun,
)
from runwatch.store.protocol import Store
from runwatch.testing.contract import Contract
from runwatch.testing.sample import START_AT, Writer, get_run, new_run, put_file, refused, run_ids, scalars


def _update(store: Store, run: Run, **changes: Any) -> Run:
    return store.runs.update(UpdateRun(run_id=run.run_id, **changes))


class RunCreationContract(Contract):
    """Runs are made once, numbered, and form trees."""

    def test_a_run_is_as_it_was_asked_for(self, store: Store) -> None:
        request = CreateRun(
            experiment="mnist",
            run_id="mnist_1.2~a:b@c+d-e",
            token="t",
            status=RunStatus.RUNNING,
            created_at=START_AT,
            type="azureml.scriptrun",
            name="first",
            display_name="First",
            description="*new*",
            target="local",
            submitted_by="ada",
            host="machine",
            tags={"a": "1", "b": None},
            properties={"p": "q"},
            params={"lr": 0.1, "deep": {"list": [1, None, "x"]}, "on": True},
            definition={"script": "train.py"},
        )
        made = store.runs.create(request)
        for name in ("run_id", "status", "created_at", "type", "name", "display_name", "description", "target"):
            assert getattr(made, name) == getattr(request, name)
        for name in ("submitted_by", "host", "tags", "properties", "params", "definition"):
            assert getattr(made, name) == getattr(request, name)
        assert (made.experiment, made.number, made.attempt, made.hidden) == ("mnist", 1, 1, False)
        assert made.root_run_id == made.run_id
        assert made.history == (StatusChange(status=RunStatus.RUNNING, at=START_AT),)
        assert made.started_at == START_AT
        assert store.runs.get(GetRun(run_id=made.run_id)) == made

    def test_repeating_the_request_gives_the_same_run(self, store: Store) -> None:
        request = CreateRun(experiment="mnist", run_id="r", token="t", created_at=START_AT)
        assert store.runs.create(request) == store.runs.create(request)
        assert run_ids(store) == ["r"]

    def test_another_token_with_the_same_id_is_a_conflict(self, store: Store) -> None:
        new_run(store, run_id="r", token="one")
        with refused(ConflictError):
            new_run(store, run_id="r", token="two")

    def test_ids_differ_by_letter_case(self, store: Store) -> None:
        new_run(store, run_id="r")
        assert new_run(store, run_id="R").run_id == "R"

    def test_numbers_are_dense_in_an_experiment(self, store: Store) -> None:
        assert [new_run(store, "a").number for _ in range(3)] == [1, 2, 3]
        assert new_run(store, "b").number == 1

    def test_a_refused_run_takes_no_number_and_makes_no_experiment(self, store: Store) -> None:
        with refused(NotFoundError):
            new_run(store, "a", parent_run_id="none")
        assert new_run(store, "a").number == 1

    def test_the_number_of_a_deleted_run_does_not_come_back(self, store: Store) -> None:
        new_run(store, "a")
        second = new_run(store, "a")
        store.runs.delete(Delete(run_ids=(second.run_id,)))
        assert new_run(store, "a").number == 3

    def test_a_number_from_elsewhere_is_kept_if_it_is_free(self, store: Store) -> None:
        assert [new_run(store, "a", number=wanted).number for wanted in (7, 3, 7, None)] == [7, 3, 8, 9]
        assert new_run(store, "b", number=7).number == 7

    @pytest.mark.parametrize("number", [0, -1, 2**60])
    def test_a_number_that_counts_nothing_is_refused(self, store: Store, number: int) -> None:
        with refused(InvalidValueError):
            new_run(store, number=number)

    def test_an_unknown_parent_is_not_found(self, store: Store) -> None:
        with refused(NotFoundError):
            new_run(store, parent_run_id="none")

    def test_a_deleted_parent_is_gone(self, store: Store, run: Run) -> None:
        store.runs.delete(Delete(run_ids=(run.run_id,)))
        with refused(GoneError):
            new_run(store, parent_run_id=run.run_id)

    def test_a_grandchild_knows_its_root(self, store: Store, run: Run) -> None:
        child = new_run(store, parent_run_id=run.run_id)
        grandchild = new_run(store, parent_run_id=child.run_id)
        assert (grandchild.parent_run_id, grandchild.root_run_id) == (child.run_id, run.run_id)

    @pytest.mark.parametrize("run_id", ["", "../x", "a/b", "a\0b", "a\n", ".", "..", "a b", "x" * 257])
    def test_an_id_with_other_characters_is_refused(self, store: Store, run_id: str) -> None:
        with refused(InvalidValueError):
            new_run(store, run_id=run_id)

    def test_labels_have_limits(self, store: Store) -> None:
        fine = {"k" * limit.NAME_CHARS: "v"}
        assert new_run(store, tags=fine, properties=fine, params=fine).tags == fine
        for field in ("tags", "properties", "params"):
            with refused(LimitError):
                new_run(store, "sample", **{field: {"k" * (limit.NAME_CHARS + 1): "v"}})
            with refused(LimitError):
                new_run(store, "sample", **{field: {"k": "v" * (limit.VALUE_CHARS + 1)}})

    def test_a_description_has_a_limit(self, store: Store) -> None:
        with refused(LimitError):
            new_run(store, description="x" * (limit.DESCRIPTION_CHARS + 1))

    @pytest.mark.parametrize("text", ["../x", "a'; DROP TABLE runs; --", "x\0y\n", "🙂\u202e", "{{7*7}}", "con"])
    def test_texts_are_kept_as_they_are(self, store: Store, text: str) -> None:
        made = new_run(store, name=text, display_name=text, tags={text: text}, params={text: text}, type=text)
        assert (made.name, made.display_name, made.tags, made.params) == (text, text, {text: text}, {text: text})

    def test_an_unknown_run_is_not_found(self, store: Store) -> None:
        with refused(NotFoundError):
            get_run(store, "none")


class RunUpdateContract(Contract):
    """A run's life: statuses, attempts, labels, warnings."""

    def test_each_status_stands_in_the_history(self, store: Store, run: Run) -> None:
        _update(store, run, status=RunStatus.RUNNING, at=START_AT + 1)
        ended = _update(store, run, status=RunStatus.COMPLETED, at=START_AT + 2, reason="done")
        assert ended.history[1:] == (
            StatusChange(status=RunStatus.RUNNING, at=START_AT + 1),
            StatusChange(status=RunStatus.COMPLETED, at=START_AT + 2, reason="done"),
        )
        assert (ended.started_at, ended.ended_at) == (START_AT + 1, START_AT + 2)

    def test_the_same_status_again_is_no_new_step(self, store: Store, run: Run) -> None:
        first = _update(store, run, status=RunStatus.RUNNING, at=START_AT + 1)
        again = _update(store, run, status=RunStatus.RUNNING, at=START_AT + 2)
        assert (again.history, again.started_at) == (first.history, first.started_at)

    @pytest.mark.parametrize("status", [RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELED])
    def test_a_terminal_status_sticks(self, store: Store, run: Run, status: RunStatus) -> None:
        ended = _update(store, run, status=status, at=START_AT + 1)
        after = _update(store, run, status=RunStatus.RUNNING, set_tags={"late": "yes"}, at=START_AT + 2)
        assert (after.status, after.ended_at, after.history) == (status, START_AT + 1, ended.history)
        assert after.tags == {"late": "yes"}

    def test_no_contact_is_no_end(self, store: Store, run: Run) -> None:
        _update(store, run, status=RunStatus.NOT_RESPONDING)
        assert _update(store, run, status=RunStatus.RUNNING).status is RunStatus.RUNNING

    def test_reopening_starts_a_new_attempt(self, store: Store, run: Run) -> None:
        error = RunError(message="boom")
        _update(store, run, status=RunStatus.RUNNING, at=START_AT + 1)
        _update(store, run, status=RunStatus.FAILED, error=error, exit=ExitCause(kind=ExitKind.EXCEPTION))
        again = _update(store, run, status=RunStatus.RUNNING, reopen=True, at=START_AT + 9)
        assert (again.status, again.attempt, again.ended_at) == (RunStatus.RUNNING, 2, None)
        assert again.started_at == START_AT + 1
        assert (again.error, again.exit) == (None, None)
        assert [step.status for step in again.history[-2:]] == [RunStatus.FAILED, RunStatus.RUNNING]

    def test_a_life_led_elsewhere_is_taken_as_it_is(self, store: Store, run: Run) -> None:
        _update(store, run, status=RunStatus.COMPLETED)
        life = RunLife(
            status=RunStatus.QUEUED,
            history=(
                StatusChange(status=RunStatus.FAILED, at=5.0, reason="no"),
                StatusChange(status=RunStatus.FAILED, at=4.0),
                StatusChange(status=RunStatus.QUEUED, at=7.0),
            ),
            started_at=3.0,
            ended_at=None,
            contact_at=6.5,
            attempt=3,
        )
        changed = _update(store, run, life=life, add_properties={"from": "elsewhere"})
        for name in RunLife.__struct_fields__:
            assert getattr(changed, name) == getattr(life, name)
        assert changed.properties == {"from": "elsewhere"}
        assert get_run(store, run.run_id) == changed
        assert _update(store, run, status=RunStatus.RUNNING).history == (
            *life.history,
            get_run(store, run.run_id).history[-1],
        )

    def test_a_life_comes_alone(self, store: Store, run: Run) -> None:
        life = RunLife(status=RunStatus.FAILED, history=())
        for more in ({"status": RunStatus.RUNNING}, {"reopen": True}):
            with refused(InvalidValueError):
                _update(store, run, life=life, **more)
        assert get_run(store, run.run_id) == run

    def test_properties_are_written_once(self, store: Store, run: Run) -> None:
        _update(store, run, add_properties={"a": "1"})
        assert _update(store, run, add_properties={"a": "1", "b": "2"}).properties == {"a": "1", "b": "2"}
        with refused(ConflictError):
            _update(store, run, add_properties={"c": "3", "a": "other"})

    def test_a_refused_update_changes_nothing(self, store: Store, run: Run) -> None:
        before = _update(store, run, add_properties={"a": "1"})
        with refused(ConflictError):
            _update(
                store,
                run,
                status=RunStatus.RUNNING,
                set_tags={"t": "1"},
                set_params={"p": 1},
                add_properties={"a": "2"},
                description="new",
                add_warnings=(RunWarning(source="x", message="y"),),
            )
        assert get_run(store, run.run_id) == before

    def test_tags_are_set_and_removed(self, store: Store) -> None:
        made = new_run(store, tags={"a": "1", "b": "2", "c": None})
        assert _update(store, made, set_tags={"a": None, "d": ""}, remove_tags=("b", "no")).tags == {
            "a": None,
            "c": None,
            "d": "",
        }

    @pytest.mark.parametrize(
        "value", [None, True, 0, -1, 2**70, 0.1, 1e308, "", "é🙂", [], [1, [2, {"x": None}]], {}, {"k": [False]}]
    )
    def test_params_take_any_json(self, store: Store, run: Run, value: Any) -> None:
        found = _update(store, run, set_params={"p": value}).params["p"]
        assert found == value
        assert type(found) is type(value)

    def test_params_take_infinity_and_nan(self, store: Store, run: Run) -> None:
        found = _update(store, run, set_params={"inf": float("inf"), "nan": float("nan")}).params
        assert found["inf"] == float("inf")
        assert found["nan"] != found["nan"]

    def test_params_keep_the_last_value(self, store: Store, run: Run) -> None:
        _update(store, run, set_params={"a": 1, "b": 2})
        assert _update(store, run, set_params={"a": [3]}).params == {"a": [3], "b": 2}

    def test_warnings_of_one_source_and_message_add_up(self, store: Store, run: Run) -> None:
        lost = RunWarning(source="journal", message="Points were lost.", count=3)
        other = RunWarning(source="disk", message="Full.")
        _update(store, run, add_warnings=(lost, other))
        found = _update(store, run, add_warnings=(lost,)).warnings
        assert {(row.source, row.count) for row in found} == {("journal", 6), ("disk", 1)}

    def test_a_watcher_leaves_its_time(self, store: Store, run: Run) -> None:
        assert _update(store, run, contact=True, at=START_AT + 7).contact_at == START_AT + 7

    def test_how_it_ended_is_kept(self, store: Store, run: Run) -> None:
        cause = ExitCause(kind=ExitKind.SIGNAL, signal=9, evidence="The kernel said so.", at=START_AT)
        error = RunError(message="killed", code="System", details="…")
        found = _update(store, run, status=RunStatus.FAILED, exit=cause, error=error)
        assert (found.exit, found.error) == (cause, error)

    def test_plain_fields_change_and_what_is_unset_stays(self, store: Store, run: Run) -> None:
        changes: dict[str, Any] = {
            "display_name": "New",
            "description": "# Text",
            "target": "gpu",
            "host": "node7",
            "definition": {"a": [1]},
            "hidden": True,
        }
        _update(store, run, **changes)
        found = _update(store, run, set_tags={"t": "1"})
        assert {name: getattr(found, name) for name in changes} == changes
        assert _update(store, run, display_name=None).display_name is None

    def test_a_time_of_zero_means_now(self, store: Store, run: Run) -> None:
        assert _update(store, run, contact=True).contact_at > START_AT  # type: ignore[operator]

    def test_an_unknown_run_cannot_be_changed(self, store: Store) -> None:
        with refused(NotFoundError):
            store.runs.update(UpdateRun(run_id="none", description="x"))

    def test_a_deleted_run_cannot_be_changed(self, store: Store, run: Run) -> None:
        store.runs.delete(Delete(run_ids=(run.run_id,)))
        with refused(GoneError):
            _update(store, run, description="x")

    def test_limits_hold_for_changes_too(self, store: Store, run: Run) -> None:
        with refused(LimitError):
            _update(store, run, description="x" * (limit.DESCRIPTION_CHARS + 1))
        with refused(LimitError):
            _update(store, run, set_params={"k": "v" * (limit.VALUE_CHARS + 1)})


class RunDeletionContract(Contract):
    """Delete deletes."""

    def test_children_go_with_their_parent(self, store: Store, run: Run) -> None:
        child = new_run(store, parent_run_id=run.run_id)
        grandchild = new_run(store, parent_run_id=child.run_id)
        other = new_run(store)
        deleted = store.runs.delete(Delete(run_ids=(run.run_id,)))
        assert set(deleted.run_ids) == {run.run_id, child.run_id, grandchild.run_id}
        assert run_ids(store) == [other.run_id]

    def test_a_deleted_run_is_gone(self, store: Store, run: Run) -> None:
        store.runs.delete(Delete(run_ids=(run.run_id,)))
        with refused(GoneError):
            get_run(store, run.run_id)
        with refused(GoneError):
            store.runs.delete(Delete(run_ids=(run.run_id,)))

    def test_the_id_of_a_deleted_run_is_not_given_again(self, store: Store, run: Run) -> None:
        store.runs.delete(Delete(run_ids=(run.run_id,)))
        with refused(GoneError):
            new_run(store, run_id=run.run_id)

    def test_nothing_is_deleted_if_one_is_unknown(self, store: Store, run: Run) -> None:
        with refused(NotFoundError):
            store.runs.delete(Delete(run_ids=(run.run_id, "none")))
        with refused(NotFoundError):
            store.runs.delete(Delete(run_ids=(run.run_id,), experiment_ids=("none",)))
        assert run_ids(store) == [run.run_id]

    def test_the_experiment_counts_the_rest(self, store: Store, run: Run) -> None:
        new_run(store)
        store.runs.delete(Delete(run_ids=(run.run_id,)))
        (experiment,) = store.runs.list_experiments(ListExperiments()).experiments
        assert experiment.run_count == 1

    def test_what_it_held_is_gone(self, store: Store, run: Run) -> None:
        Writer(store, run.run_id).append(scalars("loss", [1.0]))
        put_file(store, run.run_id, "outputs/a.txt", b"12345")
        deleted = store.runs.delete(Delete(run_ids=(run.run_id,)))
        assert deleted.freed_bytes == 5
        with refused(GoneError):
            Writer(store, run.run_id).append(scalars("loss", [1.0]))
        with refused(GoneError):
            put_file(store, run.run_id, "outputs/a.txt")

    def test_content_that_another_run_has_stays(self, store: Store, run: Run) -> None:
        other = new_run(store)
        for owner in (run, other):
            put_file(store, owner.run_id, "a", b"same")
        assert store.runs.delete(Delete(run_ids=(run.run_id,))).freed_bytes == 0
        assert store.runs.delete(Delete(run_ids=(other.run_id,))).freed_bytes == 4

    def test_a_run_named_twice_is_deleted_once(self, store: Store, run: Run) -> None:
        child = new_run(store, parent_run_id=run.run_id)
        deleted = store.runs.delete(Delete(run_ids=(child.run_id, run.run_id, run.run_id)))
        assert sorted(deleted.run_ids) == sorted([run.run_id, child.run_id])

    def test_naming_nothing_deletes_nothing(self, store: Store, run: Run) -> None:
        deleted = store.runs.delete(Delete())
        assert (deleted.run_ids, deleted.experiment_ids, deleted.freed_bytes) == ((), (), 0)
        assert run_ids(store) == [run.run_id]
