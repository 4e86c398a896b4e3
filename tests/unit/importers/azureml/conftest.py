"""A workspace to import into."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from runwatch import Run, Workspace
from runwatch.importers.azureml.history import import_folders
from runwatch.importers.outcome import Imported

Bring = Callable[..., Imported]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    from runwatch.sdk import home

    place = str(tmp_path / "workspace")
    yield Workspace.open(place)
    home.close(place)


@pytest.fixture
def bring(workspace: Workspace) -> Bring:
    """Imports folders into the workspace."""

    def bring_in(*sources: Path, **options: Any) -> Imported:
        return import_folders(workspace.store, sources, **options)

    return bring_in


@pytest.fixture
def run_of(workspace: Workspace) -> Callable[[str], Run]:
    """A run of the workspace."""
    return lambda run_id: Run.get(workspace, run_id)


def states(done: Imported) -> dict[str, str]:
    return {each.run_id: each.state for each in done.runs}


def whys(done: Imported) -> Sequence[str]:
    return [each.why for each in done.unread]
