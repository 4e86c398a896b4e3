"""Notebooks as they were written for the original run unchanged, from top to bottom, in a real kernel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from runwatch.importers.azureml.checker import check
from runwatch.importers.azureml.judge import Verdict
from tests.azureml.place import Place

NOTEBOOKS = Path(__file__).parent / "notebooks"

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


class Executed:
    """What the code cells of a notebook gave."""

    def __init__(self, notebook: Any) -> None:
        self.cells = [cell for cell in notebook.cells if cell.cell_type == "code"]

    def printed(self, index: int) -> list[str]:
        """The lines that a cell printed."""
        texts = [each.text for each in self.cells[index].outputs if each.get("name") == "stdout"]
        return "".join(texts).splitlines()

    def shown(self, index: int, kind: str = "text/html") -> str:
        """The first thing that a cell showed."""
        found = next(each.data for each in self.cells[index].outputs if "data" in each)
        return str(found[kind])


def executed(place: Place, name: str) -> Executed:
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    assert all(not cell.outputs for cell in notebook.cells if cell.cell_type == "code")
    here = place.fresh(f"notebook-{name}")
    NotebookClient(notebook, timeout=200, resources={"metadata": {"path": str(here)}}).execute()
    made = Executed(notebook)
    assert made.printed(0)[0].startswith("SDK version: 1.62.0+runwatch")
    assert made.printed(0)[1] == "ws"
    return made


def test_the_checker_finds_nothing_in_them_that_is_not_supported() -> None:
    report = check([NOTEBOOKS])
    assert (report.of(Verdict.ABSENT), report.unread, report.files) == ([], (), 6)


def test_train_within_notebook(place: Place) -> None:
    made = executed(place, "train_within_notebook")
    assert made.printed(2) == ["best alpha: 0.4"]
    assert made.printed(3) == ["best_model 1"]
    assert "Completed" in made.shown(3)
    (root,) = place.runs("train-within-notebook")
    assert len(list(root.get_children())) == 3


def test_script_run_widget(place: Place) -> None:
    made = executed(place, "script_run_widget")
    assert "Completed" in made.shown(2)
    assert 'aria-label="Cosine Wave' in made.shown(2)
    assert "trained" in made.printed(3)
    assert made.printed(4) == ["True ['Cosine Wave', 'Fibonacci']"]


def test_manage_runs(place: Place) -> None:
    made = executed(place, "manage_runs")
    assert (made.printed(1), made.shown(1, "text/plain")) == (["Running"], "'Completed'")
    assert made.shown(2, "text/plain").count("Status: Completed") == 1
    assert "manage-runs True" in made.printed(3)
    assert "manage-runs" in made.shown(3)
    assert made.printed(4) == ["False", "True"]


def test_past_run(place: Place) -> None:
    made = executed(place, "past_run")
    assert 'aria-label="accuracy' in made.shown(2)
    assert made.printed(3)[0].startswith("Completed 0.83")


def test_datasets(place: Place) -> None:
    made = executed(place, "datasets")
    assert made.shown(2, "text/plain").splitlines()[1:3] == ["a    4.0", "b    2.0"]
    assert made.printed(3) == ["nb-flowers 1 2"]


def test_pipeline(place: Place) -> None:
    made = executed(place, "pipeline")
    assert "Completed" in made.shown(4)
    assert made.printed(5) == ["Completed {'sum': 6} ['make.py', 'add.py']"]
