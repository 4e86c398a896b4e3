"""Folders of completed runs as datasets: once each, whatever else the definition says."""

from __future__ import annotations

from typing import Any

import pytest

from runwatch.schema.registry import Kind
from runwatch.schema.run import Run
from runwatch.sdk import detail
from runwatch.sdk.dataset.completion import Registration, register_outputs, to_output
from runwatch.store import registry
from runwatch.store.memory.store import MemoryStore
from runwatch.testing.sample import append_file, new_run, put_file


def run_with(store: MemoryStore, outputs: Any) -> Run:
    return new_run(store, definition={"outputData": outputs})


def names(store: MemoryStore) -> list[str]:
    return [each.run_id for each in registry.versions(store, Kind.DATASET)]


def test_doing_it_again_makes_no_second_version() -> None:
    store = MemoryStore()
    run = run_with(store, {"made": to_output(Registration(path="outputs/made", name="rows", description="# about"))})
    put_file(store, run.run_id, "outputs/made/a/b.txt")
    put_file(store, run.run_id, "outputs/made2/other.txt")
    assert [*register_outputs(store, run), *register_outputs(store, run)] == []
    (version,) = registry.versions(store, Kind.DATASET)
    assert (version.name, version.description) == ("rows", "# about")
    home = f"dataset/{run.run_id}/made"
    assert version.definition["sources"] == [{"path": home, "datastore": "workspaceblobstore"}]
    kept = registry.find(store, Kind.DATASTORE, "workspaceblobstore")
    assert [each.path for each in detail.list_artifacts(store, kept.run_id)] == [f"{home}/a/b.txt"]


def test_what_cannot_be_registered_is_told() -> None:
    store = MemoryStore()
    wishes = (
        Registration(path="outputs/empty", name="rows"),
        Registration(path="outputs/open", name="rows"),
        Registration(path="../../etc", name="rows"),
        Registration(path="outputs/made", name="../rows"),
        Registration(path="outputs/made", name="good"),
    )
    run = run_with(store, {str(number): to_output(wish) for number, wish in enumerate(wishes)})
    put_file(store, run.run_id, "outputs/made/a")
    append_file(store, run.run_id, b"x", path="outputs/open/a")
    assert len(list(register_outputs(store, run))) == 4
    assert names(store) == [registry.find(store, Kind.DATASET, "good").run_id]


@pytest.mark.parametrize(
    "outputs", [None, [], "x", {"a": None}, {"a": {"additionalOptions": {"registrationOptions": 5}}}]
)
def test_definitions_of_other_programs(outputs: Any) -> None:
    store = MemoryStore()
    odd = {"a": {"path": "x", "additionalOptions": {"registrationOptions": {"name": 5}}}}
    assert list(register_outputs(store, run_with(store, outputs))) == []
    assert list(register_outputs(store, run_with(store, odd))) == []
