"""The repository speaks of the project alone."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FORBIDDEN = re.compile(
    r"(?<![\w/])/(?:root|farm|home/\w+)/|(?:index-url|find-links)\W{1,4}(?:https?://(?!\w+\.example\b)|file:|/)"
    r"|\"resolved\": \"https?://|files\.pythonhosted|registry\.npmjs"
)


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in done.stdout.splitlines() if (ROOT / name).is_file()]


def test_no_path_of_a_machine_and_no_registry() -> None:
    found = []
    for path in tracked():
        if path == Path(__file__) or path.suffix in {".png", ".ico"}:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{path.relative_to(ROOT)}: {match.group()}" for match in FORBIDDEN.finditer(text)]
    assert found == []


def test_every_module_opens_with_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for part in ("src", "packages")
        for path in (ROOT / part).rglob("*.py")
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_every_format_has_its_page() -> None:
    pages = {path.stem for path in (ROOT / "docs" / "formats").glob("*.md")}
    assert pages >= {
        "journal", "chunk", "blob", "database", "metric-tables", "archive", "frame", "wire", "server-database",
        "environment", "job", "pipeline", "registry", "snapshot", "widget",
    }  # fmt: skip


def test_operations_are_the_protocols() -> None:
    """The table of operations and the protocols say the same, so that whatever is made from the table is complete."""
    import inspect
    import typing

    from runwatch.schema.operation import OPERATIONS
    from runwatch.store import protocol

    shelves = {
        "runs": protocol.RunShelf, "metrics": protocol.MetricShelf, "artifacts": protocol.ArtifactShelf,
        "jobs": protocol.JobShelf, "changes": protocol.ChangeShelf,
    }  # fmt: skip
    methods = {
        (shelf, name): typing.get_type_hints(method)
        for shelf, kind in shelves.items()
        for name, method in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_")
    }
    assert {(row.shelf, row.name) for row in OPERATIONS} == set(methods)
    for row in OPERATIONS:
        hints = methods[row.shelf, row.name]
        assert (hints["request"], hints["return"]) == (row.request, row.response), row
    assert len({row.path for row in OPERATIONS}) == len(OPERATIONS)
