"""The package with the original's names holds names and nothing else: what they do is Runwatch's."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.house.test_floor import imports

PACKAGE = Path(__file__).parents[2] / "packages" / "azureml" / "azureml"

MODULES = sorted(PACKAGE.rglob("*.py"))

CODE = {"_guard.py", "core/__init__.py"}
"""What refuses the original, and what loads names when they are first used."""

PARTS = ("runwatch.sdk.", "runwatch.schema.error", "runwatch.widget.")
"""Where the names live; the face ``runwatch`` itself gives the version."""


BESIDE = {
    "_version.py": {"runwatch", "runwatch.__version__"},
    "_guard.py": {"runwatch.importers.azureml.judge", "runwatch.importers.azureml.judge.of_module"},
}
"""What is no name of the original: the version, and the table of what is not here."""


def is_name_only(tree: ast.Module) -> bool:
    """Whether a module imports, lists what it exports, and does nothing else."""
    plain = (ast.Import, ast.ImportFrom, ast.Assign, ast.Expr)
    calls = any(isinstance(node, ast.Call | ast.FunctionDef | ast.Lambda | ast.ClassDef) for node in ast.walk(tree))
    return not calls and all(isinstance(node, plain) for node in tree.body)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_there_is_no_logic(path: Path) -> None:
    name = path.relative_to(PACKAGE).as_posix()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if name == "__init__.py":  # it has the guard look, and that is all
        assert [type(node) for node in tree.body] == [ast.Expr, ast.ImportFrom, ast.Expr]
    else:
        assert is_name_only(tree) or name in CODE


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_names_come_from_where_they_live(path: Path) -> None:
    name = path.relative_to(PACKAGE).as_posix()
    foreign = {each for _, each in imports(path) if each.startswith("runwatch") and not f"{each}.".startswith(PARTS)}
    assert foreign == BESIDE.get(name, set())


def test_the_check_can_fail() -> None:
    for code in ("def f(): ...", "x = f()", "class A: ...", "if x: y = 1"):
        assert not is_name_only(ast.parse(code))
