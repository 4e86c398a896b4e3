"""The images of a run in the studio: one step for all, playing, comparing two steps, and picture files."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from runwatch import Experiment, Run
from tests.e2e.studio.recorded import keep
from tests.e2e.studio.scene import HOSTILE
from tests.e2e.studio.server import Served
from tests.e2e.studio.window import Window

Windows = Callable[..., Window]


@pytest.fixture(scope="module")
def run(server: Served, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run that logged two images over steps, one of them not as often, and kept a picture of its own."""
    folder = tmp_path_factory.mktemp("images")
    found = Experiment(server.workspace, "images").start_logging(outputs=False)
    for name, steps in (("samples", 6), (HOSTILE, 3)):
        for step in range(steps):
            path = folder / f"{len(name)}-{step}.png"
            Image.new("RGB", (64, 48), (40 * step, 120, 200)).save(path)
            found.log_image(name, path=path)
    picture = folder / "final.png"
    Image.new("RGB", (32, 32), "red").save(picture)
    keep(found, "outputs/final.png", picture.read_bytes())
    found.complete()
    return found


def opened(window: Window, run: Run, query: str = "") -> Page:
    page = window.open(f"experiments/images/runs/{run.id}/images{query}")
    expect(page.locator(".gallery-image")).to_have_count(3)
    return page


def pictures(page: Page) -> Locator:
    return page.locator(".gallery-image", has_text="samples").locator("img")


def test_one_step_is_chosen_for_all(window: Windows, run: Run) -> None:
    seen = window()
    page = opened(seen, run)
    expect(pictures(page)).to_have_attribute("src", re.compile("7-5.png"))
    page.get_by_role("slider", name="Step").fill("1")
    expect(pictures(page)).to_have_attribute("src", re.compile("7-1.png"))
    expect(page).to_have_url(re.compile(r"step=1$"))
    page.locator("body").press("ArrowRight")
    page.locator("body").press("ArrowRight")
    page.locator("body").press("ArrowRight")
    expect(pictures(page)).to_have_attribute("src", re.compile("7-4.png"))
    expect(page.locator(".gallery-image").nth(0)).to_contain_text("step 2")  # the last until then
    assert page.title() != "broken in"
    assert seen.violations() == []


def test_playing_goes_through_the_steps(window: Windows, run: Run) -> None:
    page = opened(window(), run, "?step=0")
    page.locator("body").press(" ")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(pictures(page)).to_have_attribute("src", re.compile("7-3.png"))
    page.locator("body").press(" ")
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_two_steps_are_compared(window: Windows, run: Run) -> None:
    page = opened(window(), run, "?step=1")
    page.get_by_role("button", name="Pin this step").click()
    page.get_by_role("slider", name="Step").fill("4")
    expect(pictures(page)).to_have_count(2)
    expect(pictures(page).first).to_have_attribute("src", re.compile("7-1.png"))
    expect(pictures(page).last).to_have_attribute("src", re.compile("7-4.png"))
    page.get_by_role("button", name="Blink").click()
    expect(pictures(page)).to_have_attribute("src", re.compile("7-1.png"))
    expect(pictures(page)).to_have_attribute("src", re.compile("7-4.png"))
    page.get_by_role("button", name="Unpin").click()
    expect(pictures(page)).to_have_count(1)


def test_a_picture_is_enlarged(window: Windows, run: Run) -> None:
    seen = window()
    page = opened(seen, run)
    page.get_by_role("button", name="Enlarge outputs/final.png").click()
    dialog = page.get_by_role("dialog", name="outputs/final.png")
    expect(dialog).to_contain_text("32 × 32")
    dialog.get_by_role("button", name="Larger").click()
    expect(dialog.get_by_role("img")).to_have_css("width", "64px")
    assert seen.violations() == []
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
