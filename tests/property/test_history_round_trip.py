"""Whatever a run holds: what ``get_details``, ``get_metrics`` and ``download_files`` gave of it comes back equal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runwatch import Run, Workspace
from runwatch.importers.azureml.history import import_folders
from runwatch.schema.metric import Block, MetricKind
from runwatch.schema.run import RunError, RunStatus, RunWarning, UpdateRun
from runwatch.sdk import home
from runwatch.testing.sample import Writer, block, column, new_run, put_file, scalars, table

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NAMES = TEXTS.filter(lambda text: text and not text.startswith("system/"))
CELLS = st.none() | st.floats() | st.integers(-(2**63), 2**63 - 1) | st.booleans() | TEXTS
PARTS = st.text(st.characters(min_codepoint=48, max_codepoint=122, exclude_characters="\\"), min_size=1, max_size=8)
PATHS = st.lists(PARTS, min_size=1, max_size=3).map(lambda parts: "/".join(["outputs", *parts]))
DEFINITIONS: st.SearchStrategy[dict[str, Any]] = st.just({}) | st.fixed_dictionaries(
    {"script": TEXTS, "arguments": st.lists(TEXTS, max_size=2)}
)
STATUSES = st.sampled_from([RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELED, RunStatus.RUNNING])
WARNINGS = st.builds(RunWarning, source=TEXTS.filter(bool), message=TEXTS)


@st.composite
def blocks(draw: st.DrawFn, name: str) -> list[Block]:
    """What one or several calls of the same kind log."""
    kind = draw(st.sampled_from(["scalars", "list", "table", "row"]))
    rows = 1 if kind == "row" else draw(st.integers(1, 5))
    if kind in {"table", "row"}:
        names = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
        return [table(name, {key: draw(st.lists(CELLS, min_size=rows, max_size=rows)) for key in names})]
    cells = draw(st.lists(CELLS, min_size=rows, max_size=rows))
    if kind == "list":
        return [block(name, (column("value", cells),), rows, kind=MetricKind.LIST)]
    return [scalars(name, [cell]) for cell in cells]


@st.composite
def contents(draw: st.DrawFn) -> dict[str, Any]:
    """What a run holds."""
    names = draw(st.lists(NAMES, max_size=4, unique=True))
    paths = draw(st.lists(PATHS, max_size=3, unique_by=str.casefold))
    paths = [path for path in paths if not any(other.startswith(f"{path}/") for other in paths)]
    return {
        "blocks": [each for name in names for each in draw(blocks(name))],
        "files": {path: draw(st.binary(max_size=20)) for path in paths},
        "properties": draw(st.dictionaries(NAMES, TEXTS, max_size=2)),
        "definition": draw(DEFINITIONS),
        "target": draw(st.none() | TEXTS),
        "submitted_by": draw(st.none() | TEXTS),
        "status": draw(STATUSES),
        "error": draw(st.none() | st.builds(RunError, message=TEXTS, code=TEXTS.filter(bool), details=TEXTS)),
        "warnings": draw(st.lists(WARNINGS, max_size=2, unique_by=repr)),
        "started_at": draw(st.integers(1, 4 * 10**9 * 1_000)) / 1_000,
    }


WORKSPACES: dict[str, Workspace] = {}


@pytest.fixture(scope="module", autouse=True)
def _workspaces() -> Iterator[None]:
    with TemporaryDirectory() as folder:
        for name in ("here", "there"):
            WORKSPACES[name] = Workspace.open(f"{folder}/{name}")
        yield
        for workspace in WORKSPACES.values():
            home.close(workspace.place)
        WORKSPACES.clear()


def make(held: dict[str, Any]) -> Run:
    store = WORKSPACES["here"].store
    words = {name: held[name] for name in ("properties", "definition", "target", "submitted_by")}
    record = new_run(store, created_at=held["started_at"], **words)
    store.runs.update(UpdateRun(run_id=record.run_id, status=RunStatus.RUNNING, at=held["started_at"]))
    writer = Writer(store, record.run_id)
    for each in held["blocks"]:
        writer.append(each)
    for path, data in held["files"].items():
        put_file(store, record.run_id, path, data)
    end = {"status": held["status"], "at": held["started_at"] + 1.5, "error": held["error"]}
    store.runs.update(UpdateRun(run_id=record.run_id, add_warnings=tuple(held["warnings"]), **end))
    return Run.get(WORKSPACES["here"], record.run_id)


def shown(thing: Any) -> Any:
    """The thing with numbers in a form in which NaN equals NaN, and 1 equals 1.0 but not True."""
    if isinstance(thing, dict):
        return {key: shown(value) for key, value in thing.items()}
    if isinstance(thing, list):
        return [shown(each) for each in thing]
    return (isinstance(thing, bool), repr(thing) if thing != thing else thing)


def files_of(run: Run, folder: Path) -> dict[str, bytes]:
    run.download_files(output_directory=str(folder))
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {path: data for path, data in found.items() if not path.startswith("azureml-import/")}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(held=contents())
def test_any_run_comes_back(held: dict[str, Any]) -> None:
    run = make(held)
    before, values = run.get_details(), run.get_metrics()
    with TemporaryDirectory() as place:
        folder = Path(place) / "kept"
        (folder / "outputs").mkdir(parents=True)
        kept = files_of(run, folder) if held["files"] else {}
        (folder / "details.json").write_text(json.dumps(before))
        (folder / "metrics.json").write_text(json.dumps(values))
        there = WORKSPACES["there"]
        done = import_folders(there.store, [folder])
        assert [(each.state, each.notes) for each in done.runs] == [("imported", ())]
        assert done.unread == ()
        found = Run.get(there, run.id)
        assert shown(found.get_metrics()) == shown(values)
        assert files_of(found, Path(place) / "back") == kept
        assert {name: found.get_details()[name] for name in before} == before
        assert [each.state for each in import_folders(there.store, [folder]).runs] == ["present"]
