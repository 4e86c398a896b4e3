"""``%%runwatch`` in a real IPython: a cell is a run, and what it raises is raised."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

import runwatch
from runwatch.schema.error import UserErrorException
from runwatch.sdk import home
from runwatch.sdk.workspace import Workspace
from runwatch.store.memory.store import MemoryStore
from runwatch.widget import magic
from tests.unit.sdk.conftest import clean_place

__all__ = ["clean_place"]


@pytest.fixture
def shell(clean_place: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    place = str(clean_place / "workspace")
    home.lend(place, MemoryStore())
    monkeypatch.setenv("RUNWATCH_WORKSPACE", place)
    monkeypatch.setenv("IPYTHONDIR", str(clean_place / "ipython"))
    (clean_place / "ipython").mkdir()
    made = InteractiveShell()  # type: ignore[no-untyped-call]
    runwatch.load_ipython_extension(made)
    yield made
    if made.history_manager is not None:
        made.history_manager.end_session()


def only_run() -> Any:
    (experiment,) = Workspace.from_config().experiments.values()
    (run,) = experiment.get_runs()
    return experiment, run


def test_a_cell_is_a_run(shell: Any) -> None:
    value = shell.run_cell_magic(
        "runwatch", "digits --name first --tag lr=0.1", "run.log('loss', 0.5)\nleft = 3\nleft + 1"
    )
    assert value == 4
    assert shell.user_ns["left"] == 3
    experiment, run = only_run()
    assert (experiment.name, run.display_name, run.status) == ("digits", "first", "Completed")
    assert run.tags["lr"] == "0.1"
    assert run.get_metrics() == {"loss": 0.5}


def test_a_failing_cell_fails_the_run_and_still_raises(shell: Any) -> None:
    with pytest.raises(ZeroDivisionError):
        shell.run_cell_magic("runwatch", "", "1 / 0")
    experiment, run = only_run()
    assert (experiment.name, run.status) == ("notebook", "Failed")


def test_without_a_cell_it_is_the_workspace(shell: Any) -> None:
    assert shell.run_line_magic("runwatch", "") == Workspace.from_config()


@pytest.mark.parametrize("line", ["a b", "--unknown", "'open"])
def test_what_is_not_understood_is_said(shell: Any, line: str) -> None:
    with pytest.raises(UserErrorException):
        magic.record(shell, line, "pass")
