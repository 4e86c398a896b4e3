"""A browser for these tests, and a workspace with runs that is served to it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.studio.scene import Scene, fill
from tests.e2e.studio.server import Served, served
from tests.e2e.studio.window import Window, chromium
from tests.e2e.surroundings import alone

BUILT = Path(__file__).parents[3] / "src" / "runwatch" / "studio" / "index.html"


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for all of them; gone before other tests begin, since its event loop would be in their way."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="package")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A user of their own: nothing of this machine's workspaces is seen or changed."""
    if not BUILT.exists():
        pytest.fail("The studio is not built; run 'make setup'.")
    folder = tmp_path_factory.mktemp("studio")
    with alone(folder):
        random.seed(5)
        yield folder


@pytest.fixture(scope="package")
def server(surroundings: Path) -> Iterator[Served]:
    """A served workspace that no test may count on being untouched; without an agent."""
    with served(surroundings / "workspace", "--no-agent") as found:
        yield found


@pytest.fixture(scope="package")
def scene(server: Served, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Runs of every kind in that workspace, which tests leave as they are."""
    return fill(server.workspace, tmp_path_factory.mktemp("scene"))


@pytest.fixture
def window(browser: Browser, server: Served, tmp_path: Path) -> Iterator[Callable[..., Window]]:
    """Opens windows: ``window()``, ``window(color_scheme="dark", locale="fr-FR")``."""
    made: list[Window] = []

    def open_window(**settings: Any) -> Window:
        made.append(Window(browser, server.link, tmp_path, **settings))
        return made[-1]

    yield open_window
    for each in made:
        each.close()
