"""What several of these tests share: a workspace with an agent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runwatch import Workspace
from runwatch.sdk import home
from tests.e2e.site import Site, end_all, serving
from tests.e2e.surroundings import alone


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One workspace with one agent for a module."""
    folder = tmp_path_factory.mktemp("site")
    with alone(folder), pytest.MonkeyPatch.context() as patch:
        patch.setenv("AZUREML_RUN_POLLING_INTERVAL_MIN", "0.05")
        with serving(folder / "workspace"):
            made = Site(folder, Workspace.open(folder / "workspace"))
            yield made
            end_all(made)
        home.close(str(folder / "workspace"))
