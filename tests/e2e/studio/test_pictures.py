"""Every page in light, in dark French, and narrow: pictures to look at, with nothing that axe objects to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Browser

from runwatch import Experiment, Run
from tests.e2e.studio.scene import HOSTILE, Scene
from tests.e2e.studio.server import Served
from tests.e2e.studio.window import AXE, Window


def _run(run: Run, tab: str) -> str:
    return f"experiments/{run.experiment.name}/runs/{run.id}/{tab}"


PAGES: Final[dict[str, Callable[[Scene], str]]] = {
    "home": lambda scene: "",
    "experiments": lambda scene: "experiments",
    "runs": lambda scene: "runs",
    "experiment": lambda scene: "experiments/resnet-sweep",
    "experiment-images": lambda scene: "experiments/pictures?tab=images&step=2",
    "run-details": lambda scene: _run(scene.failed, "details"),
    "run-metrics": lambda scene: _run(scene.page, "metrics"),
    "run-children": lambda scene: _run(scene.parent, "children"),
    "run-images": lambda scene: _run(scene.pictures, "images"),
    "run-snapshot": lambda scene: _run(scene.code, "snapshot") + "?file=train.py&line=7-12",
    "run-snapshot-diff": lambda scene: _run(scene.recode, "snapshot") + f"?diff={scene.code.id}&file=train.py",
    "run-snapshot-patch": lambda scene: _run(scene.recode, "snapshot") + "?patch=1",
    "run-snapshot-none": lambda scene: _run(scene.page, "snapshot"),
    "run-outputs": lambda scene: _run(scene.pictures, "outputs"),
    "run-monitoring": lambda scene: _run(scene.pictures, "monitoring"),
    "run-raw": lambda scene: _run(scene.page, "raw"),
    "compare": lambda scene: f"compare?runs={','.join(run.id for run in scene.runs[:3])}",
    "compare-charts": lambda scene: f"compare?runs={','.join(run.id for run in scene.runs[:3])}&tab=charts",
    "compare-parallel": lambda scene: (
        f"compare?runs={','.join(run.id for run in scene.runs)}&tab=parallel&by=val/acc.last"
    ),
    "compare-code-snapshot": lambda scene: f"compare?runs={scene.code.id},{scene.recode.id}&tab=code&file=train.py",
    "compare-images": lambda scene: f"compare?runs={scene.pictures.id},{scene.page.id}&tab=images&step=2",
    "run-images-pinned": lambda scene: _run(scene.pictures, "images") + "?step=2&a=0",
    "compute": lambda scene: "compute",
    "cluster": lambda scene: "compute/clusters/local/nodes",
    "models": lambda scene: "models",
    "model": lambda scene: "models/churn/2",
    "model-files": lambda scene: "models/churn?tab=files",
    "datasets": lambda scene: "datasets",
    "dataset": lambda scene: "datasets/train/1",
    "environment": lambda scene: "environments/sklearn",
    "model-missing": lambda scene: "models/churn/9",
    "run-details-models": lambda scene: _run(scene.runs[0], "details"),
    "settings": lambda scene: "settings",
    "status": lambda scene: "status",
    "missing": lambda scene: "nowhere",
    "hostile": lambda scene: _run(scene.hostile, "details"),
    "hostile-metrics": lambda scene: _run(scene.hostile, "metrics"),
    "hostile-runs": lambda scene: "experiments/hostile",
    "hostile-model": lambda scene: f"models/{'x' * 200}",
}
LOOKS: Final[dict[str, dict[str, Any]]] = {
    "light": {},
    "dark-fr": {"color_scheme": "dark", "locale": "fr-FR"},
    "narrow": {"viewport": {"width": 320, "height": 800}},
}


LENGTHEN: Final = """() => {
  const letters = { a: "ā", e: "ē", i: "ī", o: "ō", u: "ū", A: "Ā", E: "Ē", I: "Ī", O: "Ō", U: "Ū" };
  const longer = (text) => text.replace(/\\p{L}{2,}/gu, (word) =>
    word.replace(/[aeiou]/gi, (letter) => letters[letter]) + word.slice(0, Math.ceil(word.length * 0.4)));
  const texts = document.createTreeWalker(document.getElementById("studio"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { parentElement } = texts.currentNode;
    // What people and programs wrote is as long as it is: it is cut where it must be, which other tests look at.
    if (!parentElement.closest("pre, code, .mono, canvas, svg, textarea, .row, td, dd"))
      texts.currentNode.data = longer(texts.currentNode.data);
  }
  for (const field of document.querySelectorAll("[placeholder]")) field.placeholder = longer(field.placeholder);
}"""
"""A language that needs 40 % more room than English, as some do."""

SPILLED: Final = """() => [...document.querySelectorAll("#studio *")].filter((element) => {
  const { overflowX, display, position } = getComputedStyle(element);
  if (overflowX !== "visible" || ["inline", "contents"].includes(display) || position === "absolute") return false;
  return element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1 && element.textContent;
}).map((element) => `${element.tagName.toLowerCase()}.${element.className}: ${element.textContent.slice(0, 60)}`)"""
"""What is wider than the place it has, and is neither cut nor scrolled: it stands over what is beside it."""


@pytest.fixture(scope="module")
def windows(browser: Browser, server: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Window]]:
    """A window for each look: signing in takes longer than a page."""
    folder = tmp_path_factory.mktemp("pictures")
    found = {look: Window(browser, server.link, folder, **settings) for look, settings in LOOKS.items()}
    yield found
    for window in found.values():
        window.context.close()


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_a_look(windows: dict[str, Window], scene: Scene, name: str, look: str) -> None:
    assert AXE.exists(), "the studio's development packages are not installed; run 'make setup'"
    seen = windows[look]
    page = seen.open(PAGES[name](scene))
    page.wait_for_timeout(400)  # for what comes after the first paint; nothing is asserted about when
    picture = seen.picture(f"{name}-{look}")
    assert page.evaluate("document.documentElement.lang") == ("fr" if look == "dark-fr" else "en")
    with Image.open(picture) as image:
        brightness = ImageStat.Stat(image.convert("L")).median[0]
    assert (brightness < 60) == (look == "dark-fr")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]
    violations, complaints, seen.complaints = seen.violations(), seen.unexcused(), []
    assert (violations, complaints) == ([], [])


@pytest.mark.parametrize("name", [name for name in PAGES if not name.startswith("hostile")])
def test_a_page_has_room_for_longer_words(windows: dict[str, Window], scene: Scene, name: str) -> None:
    seen = windows["light"]
    page = seen.open(PAGES[name](scene))
    page.wait_for_timeout(400)
    assert page.evaluate(SPILLED) == []
    page.evaluate(LENGTHEN)
    seen.picture(f"{name}-longer")
    spilled, seen.complaints = page.evaluate(SPILLED), []
    assert spilled == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]


def test_what_users_write_is_text_and_runs_nowhere(window: Callable[..., Window], server: Served, scene: Scene) -> None:
    # One more, so that it is among the newest whatever tests have recorded since: lists show these first.
    Experiment(server.workspace, "newest").start_logging(display_name=HOSTILE, outputs=False).complete()
    seen = window()
    hostile = ("hostile", "hostile-runs", "runs", "home", "hostile-metrics", "models", "hostile-model")
    for path in (PAGES[name](scene) for name in hostile):
        page = seen.open(path)
        page.get_by_text(HOSTILE[:30]).first.wait_for()
        assert "broken in" not in page.title().replace(HOSTILE, "")
        assert page.locator("img[src='x']").count() == 0
