"""Runwatch's own place in an environment."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from runwatch.compute.environment.provision import NOT_IN_JOBS, Provision

ROOT = Path(__file__).parents[4]
SOURCE = ROOT / "src" / "runwatch"


def test_what_a_job_needs_of_it() -> None:
    own = Provision.running()
    names = {each.split(">")[0] for each in own.requirements}
    assert {"msgspec", "numpy", "sqlalchemy", "psutil"} <= names
    assert names.isdisjoint(NOT_IN_JOBS | {"scikit-learn", "pytest"})
    assert (Path(own.source) / "sdk").is_dir()


def test_what_is_left_out_is_imported_by_nothing_that_a_job_uses() -> None:
    left_out = {name.replace("-", "_") for name in NOT_IN_JOBS}
    found = set()
    for part in ("schema", "series", "store", "journal", "sdk"):
        for path in (SOURCE / part).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                found |= {f"{path.name}: {name}" for name in names if name.split(".")[0] in left_out}
    assert found == set()


def test_the_oldest_python() -> None:
    own = Provision(source="", version="1", requirements=())
    assert [own.fits(version) for version in ("3.11", "3.10.18", "3.9", "3.13.0")] == [True, False, False, True]


def test_the_names_of_the_original_are_ours_or_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Path(Provision.running().original) == ROOT / "packages" / "azureml" / "azureml"
    (tmp_path / "azureml").mkdir()
    (tmp_path / "azureml" / "__init__.py").write_text("raise ImportError('the original')")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "azureml", raising=False)
    assert Provision.running().original == ""
