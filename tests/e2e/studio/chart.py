"""Charts on a page, as tests point at them, drag over them and save what they show."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from playwright.sync_api import Download, Locator, Page

from tests.e2e.studio.window import Window


def metrics_of(window: Window, run_id: str, query: str = "") -> Page:
    page = window.open(f"runs/{run_id}/metrics{query}")
    page.locator(".run-charts").wait_for()
    return page


def panel(page: Page, name: str) -> Locator:
    return page.locator(f'[data-panel="{name}"]')


def plot(page: Page, name: str) -> Locator:
    found = panel(page, name).locator(".chart-plot")
    found.locator("canvas").wait_for()
    return found


def point_at(page: Page, name: str, share: float) -> Locator:
    """Move the pointer over a chart, to this share of its width; gives what is said there."""
    box = plot(page, name).locator(".easel-over").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
    return page.locator(".chart-tip")


def drag(page: Page, name: str, start: float, end: float, heights: tuple[float, float] = (0.5, 0.5)) -> None:
    """Drag over a chart, between these shares of its width and of its height."""
    box = plot(page, name).locator(".easel-over").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * start, box["y"] + box["height"] * heights[0])
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end, box["y"] + box["height"] * heights[1], steps=5)
    page.mouse.up()


def choose(page: Page, name: str, item: str) -> None:
    panel(page, name).get_by_role("button", name="Menu of the chart").click()
    page.get_by_role("menu").get_by_text(item, exact=True).click()


def text_of(download: Download) -> str:
    return Path(download.path()).read_text(encoding="utf-8")


def saved(page: Page, name: str, item: str) -> list[dict[str, str]]:
    """The rows of a CSV file that an item of the menu gives."""
    with page.expect_download() as download:
        choose(page, name, item)
    return list(csv.DictReader(io.StringIO(text_of(download.value))))
