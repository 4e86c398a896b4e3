"""What ``import runwatch`` offers."""

from __future__ import annotations

import importlib.metadata
import re
from pathlib import Path

import pytest

import runwatch
from runwatch import exceptions
from runwatch.schema import error

UNREMARKABLE = {
    "log", "log_list", "log_row", "log_table", "log_image", "log_confusion_matrix", "log_accuracy_table",
    "log_residuals", "log_predictions", "get_snapshot_id", "get_submitted_run", "experiment", "status", "workspace",
    "workspace_object", "setup", "get_docs_url",
}  # fmt: skip
"""Members that are as in the original, with nothing to say about them."""


def test_every_public_name_is_there_and_documented() -> None:
    assert set(runwatch.__all__) <= set(dir(runwatch))
    for name in runwatch.__all__:
        assert getattr(runwatch, name) is not None
    assert all(getattr(runwatch, name).__doc__ for name in ("Experiment", "Run", "Workspace", "get_run"))
    with pytest.raises(AttributeError, match="nonsense"):
        runwatch.nonsense  # noqa: B018


def test_the_version() -> None:
    assert runwatch.VERSION == runwatch.__version__ == importlib.metadata.version("runwatch")


def test_every_error_can_be_caught_by_name() -> None:
    defined = {
        name for name, kind in vars(error).items() if isinstance(kind, type) and issubclass(kind, error.RunwatchError)
    }
    assert set(exceptions.__all__) == defined
    assert all(getattr(exceptions, name) is getattr(error, name) for name in defined)


def test_public_members_are_documented() -> None:
    for kind in (runwatch.Run, runwatch.Experiment, runwatch.Workspace):
        silent = [name for name in dir(kind) if not name.startswith("_") and not getattr(kind, name).__doc__]
        assert silent == [], kind


def test_the_page_on_the_original_names_what_is_there() -> None:
    page = (Path(__file__).parents[3] / "docs" / "azureml.md").read_text(encoding="utf-8")
    described = set(re.findall(r"`(?:Run\.|run\.|ws\.|Workspace\.|Experiment\.)?([a-z_]+)(?:\([^`]*\))?`", page))
    for kind in (runwatch.Run, runwatch.Experiment, runwatch.Workspace):
        members = {name for name in dir(kind) if not name.startswith("_") and not name.isupper()}
        missing = {name for name in members if name not in described} - UNREMARKABLE
        assert missing == set(), kind
