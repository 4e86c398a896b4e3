"""What every backend promises of registered things: lists, counts and surveys leave them out unless asked for them."""
# ruff: noqa: D102 - the names of the tests are sentences

from __future__ import annotations

from typing import Any

import pytest

from runwatch.schema import registry
from runwatch.schema.error import ConflictError, GoneError, InvalidValueError
from runwatch.schema.registry import Kind
from runwatch.schema.run import CreateExperiment, Delete, ListExperiments, Run, RunStatus, UpdateExperiment
from runwatch.schema.survey import GroupKey, GroupRuns, ListNames, RankRuns
from runwatch.store.protocol import Store
from runwatch.store.survey.reader import SurveyReader
from runwatch.testing.contract import Contract
from runwatch.testing.sample import all_pages, get_run, new_run, refused, run_ids


def new_version(store: Store, name: str = "net", version: int = 1, kind: Kind = Kind.MODEL, **changes: Any) -> Run:
    """Register a version, as a client would."""
    values: dict[str, Any] = {
        "run_id": registry.record_id(kind, name, version),
        "type": kind.type,
        "name": name,
        "status": RunStatus.COMPLETED,
        "properties": {registry.NAME: name, registry.VERSION: str(version)},
    }
    return new_run(store, kind.experiment, **values | changes)


def _experiments(store: Store, **conditions: Any) -> list[str]:
    pages = all_pages(lambda cursor: store.runs.list_experiments(ListExperiments(cursor=cursor, **conditions)))
    return [each.name for each in pages]


class RegisteredContract(Contract):
    """Registered things."""

    def test_lists_of_runs_leave_them_out(self, store: Store) -> None:
        mine = new_run(store, "mine").run_id
        new_version(store)
        assert run_ids(store) == [mine]
        assert run_ids(store, hidden=True) == [mine]
        assert run_ids(store, search="net") == []
        assert run_ids(store, filter="status = 'Completed'") == []
        assert run_ids(store, properties={registry.NAME: "net"}) == []

    def test_they_are_found_by_what_names_them(self, store: Store) -> None:
        new_run(store, "mine")
        version = new_version(store, tags={"stage": "test"})
        there = [version.run_id]
        assert get_run(store, version.run_id).experiment == ".models"
        for asked in (
            {"run_ids": (version.run_id,)},
            {"experiment_id": version.experiment_id},
            {"root_run_id": version.run_id},
            {"type": Kind.MODEL.type},
            {"filter": "type = 'runwatch.model'"},
            {"filter": "status = 'Completed' and not (experiment != '.models')"},
            {"type": Kind.MODEL.type, "properties": {registry.NAME: "net"}, "tags": {"stage": None}},
        ):
            assert run_ids(store, **asked) == there, asked
        assert run_ids(store, type=Kind.DATASET.type) == []

    def test_a_filter_that_names_another_type_does_not_ask_for_them(self, store: Store) -> None:
        mine = new_run(store, "mine", type="mine").run_id
        new_version(store)
        assert run_ids(store, filter="type != 'other'") == [mine]

    def test_lists_of_experiments_leave_theirs_out(self, store: Store) -> None:
        new_run(store, "mine")
        version = new_version(store)
        for view in ("active", "all"):
            assert _experiments(store, view=view) == ["mine"]
        assert _experiments(store, search="models") == []
        assert _experiments(store, name=".models") == [".models"]
        assert _experiments(store, experiment_id=version.experiment_id) == [".models"]

    def test_counts_and_surveys_leave_them_out(self, store: Store) -> None:
        mine = new_run(store, "mine", tags={"shared": "1"}).run_id
        new_version(store, tags={"shared": "1", "own": "1"})
        assert store.info().runs == 1
        survey = SurveyReader(store)
        ranked = survey.rank(RankRuns())
        assert ranked.total == 1
        groups = survey.group(GroupRuns(by=(GroupKey(field="experiment"),)))
        assert [run_id for group in groups.groups for run_id in group.run_ids] == [mine]
        names = survey.list_names(ListNames(kind="tag")).names
        assert [(each.name, each.runs) for each in names] == [("shared", 1)]

    def test_a_version_is_handed_out_once(self, store: Store) -> None:
        version = new_version(store)
        with refused(ConflictError):
            new_version(store)
        store.runs.delete(Delete(run_ids=(version.run_id,)))
        with refused(GoneError):
            new_version(store)
        assert new_version(store, version=2).number == 2

    @pytest.mark.parametrize("kind", list(Kind))
    def test_nothing_else_gets_into_a_reserved_experiment(self, store: Store, kind: Kind) -> None:
        with refused(InvalidValueError):
            new_run(store, kind.experiment)
        with refused(InvalidValueError):
            new_run(store, kind.experiment, type="azureml.scriptrun")
        with refused(InvalidValueError):
            new_run(store, "mine", type=kind.type)
        with refused(InvalidValueError):
            new_run(store, ".others")
        assert _experiments(store, view="all") == []

    def test_a_reserved_experiment_is_not_archived(self, store: Store) -> None:
        made = store.runs.create_experiment(CreateExperiment(name=Kind.DATASET.experiment))
        with refused(InvalidValueError):
            store.runs.update_experiment(UpdateExperiment(experiment_id=made.experiment_id, archived=True))
