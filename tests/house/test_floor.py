"""Nothing imports upward or sideways: the allowed edges, read top to bottom like a constitution."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "runwatch"

# part -> the parts it may import. What is not written here is forbidden, inside functions and for types too.
EDGES: dict[str, set[str]] = {
    # floor 1: the ground; words and numbers do not know each other
    "schema": set(),
    "series": set(),
    # floor 2: the waist and the journal do not know each other
    "store": {"schema", "series"},
    "journal": {"schema"},
    # floor 3: wings
    "testing": {"schema", "series", "store"},
    "sdk": {"schema", "series", "store", "journal"},
    "server": {"schema", "series", "store"},
    "archive": {"schema", "series", "store"},
    "compute": {"schema", "store", "journal"},
    "importers": {"schema", "series", "store"},
    # floor 4
    "widget": {"schema", "series", "store", "sdk"},
    # floor 5
    "cli": {"schema", "series", "store", "journal", "sdk", "server", "archive", "compute", "importers"},
    # the faces: what users import; nobody inside walks through them
    "runwatch": {"schema", "sdk", "widget"},
    "widgets": {"widget"},
    "exceptions": {"schema"},
}

# Inside the store, backends are siblings: they keep the same promise and do not know each other.
STORE_EDGES: dict[str, set[str]] = {
    "protocol": set(),
    # words that every backend keeps alike, so that no reader can tell backends apart
    "check": {"protocol"},
    "cursor": {"protocol"},
    "text": {"protocol"},
    "warning": {"protocol"},
    "label": {"protocol", "text"},
    "filter": {"protocol", "text"},
    "blob": {"protocol"},
    "memory": {"protocol", "check", "cursor", "text", "warning", "label", "filter", "blob"},
    "sql": {"protocol", "check", "cursor", "text", "warning", "label", "filter", "blob"},
    "remote": {"protocol"},
    "walk": {"protocol"},
    "media": set(),
    "mark": set(),
    "cancellation": {"protocol", "walk"},
    # readers of any store: they know the promise, and no backend
    "chart": {"protocol"},
    "log": {"protocol"},
    "snapshot": {"protocol"},
    "zip": {"protocol", "walk", "blob", "snapshot"},
    # what puts runs into queues, be it for the SDK or for the server
    "queue": {"protocol"},
    "resubmission": {"protocol", "queue", "snapshot", "walk"},
    # what is registered, for the SDK or for the server
    "registry": {"protocol", "walk"},
    "survey": {"protocol", "check", "cursor", "text", "walk"},
    "location": {"protocol", "memory", "sql", "remote"},
    "store": {"protocol"},
}

# Third-party packages that the ground may use.
GROUND_PACKAGES = {"schema": {"msgspec"}, "series": {"msgspec", "numpy", "pcodec"}}


def modules() -> list[Path]:
    return sorted(path for path in SOURCE.rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every import of a file, also those inside functions and under TYPE_CHECKING."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: write the whole name instead of a relative import"
            yield node.lineno, node.module or ""
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def part_of(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return "runwatch" if parts == ("__init__",) else parts[0]


def wrong_edges(edges: dict[str, set[str]], part: str, depth: int, path: Path) -> list[str]:
    found = []
    for line, name in imports(path):
        words = name.split(".")
        if words[0] != "runwatch" or len(words) <= depth or words[depth] == part:
            continue
        if words[depth] in edges and words[depth] not in edges[part]:
            found.append(f"{path.relative_to(SOURCE)}:{line}: {part} may not import {words[depth]} ({name})")
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_go_downward_only(path: Path) -> None:
    part = part_of(path)
    assert part in EDGES, f"{part} has no floor yet: give it one in EDGES"
    assert wrong_edges(EDGES, part, 1, path) == []


@pytest.mark.parametrize("path", sorted((SOURCE / "store").rglob("*.py")), ids=lambda p: str(p.relative_to(SOURCE)))
def test_store_backends_do_not_know_each_other(path: Path) -> None:
    parts = path.relative_to(SOURCE / "store").with_suffix("").parts
    part = "store" if parts == ("__init__",) else parts[0]
    assert part in STORE_EDGES, f"store/{part} has no place yet: give it one in STORE_EDGES"
    found = [f"{line}: {name}" for line, name in imports(path) if _breaks(part, name)]
    assert found == []


def _breaks(part: str, name: str) -> bool:
    words = name.split(".")
    if words[:2] != ["runwatch", "store"] or len(words) < 3 or words[2] == part:
        return False
    return words[2] in STORE_EDGES and words[2] not in STORE_EDGES[part]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_nobody_inside_walks_through_the_face(path: Path) -> None:
    if path == SOURCE / "__init__.py" or part_of(path) == "cli":  # the command line is a user like any other
        return
    faces = [
        f"{line}: {name}"
        for line, name in imports(path)
        if name == "runwatch" or (name.startswith("runwatch.") and name.split(".")[1] not in EDGES)
    ]
    assert faces == []


@pytest.mark.parametrize("part", sorted(GROUND_PACKAGES))
def test_ground_uses_few_packages(part: str) -> None:
    import sys

    allowed = GROUND_PACKAGES[part] | {"runwatch"} | sys.stdlib_module_names
    foreign = {
        f"{path.name}:{line} {name}"
        for path in (SOURCE / part).rglob("*.py")
        for line, name in imports(path)
        if name.split(".")[0] not in allowed
    }
    assert foreign == set()


@pytest.mark.parametrize("path", sorted((SOURCE / "compute" / "runner").glob("*.py")), ids=lambda path: str(path.name))
def test_the_runner_stands_alone(path: Path) -> None:
    """It is started by path, without site packages; each package above its modules would be run too."""
    import sys

    own = "runwatch.compute.runner"
    foreign = [
        f"{line}: {name}"
        for line, name in imports(path)
        if name.split(".")[0] not in sys.stdlib_module_names and name != own and not name.startswith(f"{own}.")
    ]
    assert foreign == []


def test_the_check_can_fail(tmp_path: Path) -> None:
    """A control: a module of the ground that imports the store is found, also inside a function."""
    bad = SOURCE / "schema" / "error.py"
    text = "def f():\n    from runwatch.store import protocol\n    return protocol\n"
    fake = tmp_path / "bad.py"
    fake.write_text(text)
    found = [name for _, name in imports(fake)]
    assert "runwatch.store.protocol" in found
    assert part_of(bad) == "schema"
    assert "store" not in EDGES["schema"]
