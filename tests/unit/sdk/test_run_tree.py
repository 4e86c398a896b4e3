"""Child runs: one by one, by the dozen, listed, and upward."""

from __future__ import annotations

import pytest

from runwatch.schema.error import ConflictError, UserErrorException
from runwatch.sdk.experiment import Experiment
from runwatch.sdk.run import Run


def test_a_child(run: Run) -> None:
    child = run.child_run("fold", outputs="fold-outputs")
    assert child.parent == run
    assert child.parent is child.parent
    assert run.parent is None
    assert child.get_status() == "Running"
    assert child.name == "fold"
    named = child.child_run("deeper", run_id="my-child")
    assert (named.name, named.id) == ("fold>deeper", "my-child")
    with pytest.raises(ConflictError):
        run.child_run(run_id="my-child")


def test_the_parent_of_a_run_read_back(run: Run, experiment: Experiment) -> None:
    child = Run(experiment, run.child_run().id)
    assert child.parent == run


def test_children_by_count(run: Run) -> None:
    children = run.create_children(count=3)
    assert [child.tags for child in children] == [{"azureml.batch_child_number": str(n)} for n in range(3)]
    assert all(child.get_status() == "Running" for child in children)
    children[1].log("x", 1)
    for child in children:
        child.complete()
    assert [child.get_status() for child in children] == ["Completed"] * 3
    assert run.get_metrics(recursive=True) == {children[1].id: {"x": 1}}


def test_children_by_tag(run: Run) -> None:
    children = run.create_children(tag_key="alpha", tag_values=["0.1", "0.2"])
    assert [child.tags for child in children] == [{"alpha": "0.1"}, {"alpha": "0.2"}]
    assert list(run.get_children(tags={"alpha": "0.2"})) == [children[1]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "either"),
        ({"tag_key": "a"}, "without tag_values"),
        ({"tag_values": ["a"]}, "without tag_key"),
        ({"count": 1, "tag_key": "a", "tag_values": ["b"]}, "either"),
        ({"count": 101}, "100"),
    ],
)
def test_what_create_children_refuses(run: Run, arguments: dict[str, object], message: str) -> None:
    with pytest.raises(UserErrorException, match=message):
        run.create_children(**arguments)  # type: ignore[arg-type]


def test_children_are_listed_newest_first(run: Run) -> None:
    one, two = run.child_run(), run.child_run()
    grandchild = one.child_run()
    one.complete()
    assert list(run.get_children()) == [two, one]
    assert set(run.get_children(recursive=True)) == {one, two, grandchild}
    assert list(run.get_children(recursive=True, status="Completed")) == [one]
    assert set(run.get_children(recursive=True, status="Running")) == {two, grandchild}
    assert list(run.get_children(type="other")) == []


def test_children_share_the_watcher_of_their_parent(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from runwatch.sdk import recording

    monkeypatch.setattr(recording, "start_watching", lambda folder: pytest.fail("another watcher was started"))
    child = run.child_run()
    child.log("x", 1)
    assert child.get_metrics() == {"x": 1}
