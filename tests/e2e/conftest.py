"""What several of these tests share: a workspace with an agent."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from runwatch import Workspace
from runwatch.sdk import home
from tests.e2e.site import Site, end_all, serving


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One workspace with one agent for a module."""
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("RUNWATCH_", "AZUREML_"))]:
            patch.delenv(name)
        patch.setenv("RUNWATCH_STUDIO", "off")
        for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "MPLCONFIGDIR"):
            patch.setenv(name, str(folder / name.lower()))
        patch.setenv("AZUREML_RUN_POLLING_INTERVAL_MIN", "0.05")
        with serving(folder / "workspace"):
            made = Site(folder, Workspace.open(folder / "workspace"))
            yield made
            end_all(made)
        home.close(str(folder / "workspace"))
