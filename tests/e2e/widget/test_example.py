"""The notebook in ``examples`` runs from top to bottom, and its outputs are not stored."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import psutil
import pytest
from nbclient import NotebookClient

from tests.e2e.widget.test_nbconvert import ROOT, clean_kernels

__all__ = ["clean_kernels"]

EXAMPLE = ROOT / "examples" / "azureml_page.ipynb"

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def end_agent(workspace: Path) -> None:
    """End the agent that the submission has started, and wait until it has gone."""
    log = workspace / "compute" / "agent.log"
    (number,) = re.findall(r"process (\d+)$", log.read_text(encoding="utf-8"), flags=re.MULTILINE)
    agent = psutil.Process(int(number))
    agent.terminate()
    agent.wait(20)


def test_the_page_of_the_original_runs_from_top_to_bottom(tmp_path: Path) -> None:
    notebook = nbformat.read(EXAMPLE, as_version=4)  # type: ignore[no-untyped-call]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    try:
        NotebookClient(notebook, timeout=200).execute()
    finally:
        end_agent(tmp_path / "workspace")
    submitted, past, logged = (cell.outputs[0].data["text/html"] for cell in code if "RunDetails(" in cell.source)
    assert "Completed" in submitted
    assert "Completed" in past
    for name in ("Fibonacci", "Sigmoid", "Cosine Wave", "Sine Wave"):
        assert f'aria-label="{name}: last' in logged
    printed = [output.get("text", "") for cell in code for output in cell.outputs]
    assert "0.3\n" in printed
    assert any("Execution Summary" in text for text in printed)
