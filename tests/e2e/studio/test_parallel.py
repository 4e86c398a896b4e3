"""Parallel coordinates over many runs: axes, ranges by mouse and keys, order, scales, colours, and what is not there."""

from __future__ import annotations

import csv
import io
import math
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Download, Locator, Page, expect

from runwatch import Experiment
from tests.e2e.studio.scene import HOSTILE
from tests.e2e.studio.server import Served
from tests.e2e.studio.window import Window

RUNS: Final = 36
HOSTILE_NAME: Final = "<b>odd</b>, ~name: 50%"
AXES: Final = [HOSTILE_NAME, "augment", "depth", "dropout", "lr", "optimizer", "acc", "loss"]


@pytest.fixture(scope="module")
def runs(server: Served) -> list[str]:
    """A search over parameters: a learning rate over four powers of ten, texts, booleans, what some runs lack."""
    experiment = Experiment(server.workspace, "search")
    chance = random.Random(11)
    made = []
    for number in range(RUNS):
        run = experiment.start_logging(display_name=f"trial-{number:02d}", outputs=False)
        lr = 10 ** (-5 + 4 * number / (RUNS - 1))
        run.log_param("lr", lr)
        run.log_param("depth", 2 + number % 7)
        run.log_param("optimizer", ("adam", "sgd", "lion")[number % 3])
        run.log_param("augment", number % 2 == 0)
        if number >= 4:
            run.log_param("dropout", chance.choice((0.0, 0.1, 0.2, 0.5)))
        run.log_param(HOSTILE_NAME, HOSTILE if number == 0 else "plain")
        run.log_param("same", 7)
        best = 0.9 - 0.05 * abs(math.log10(lr) + 3) + chance.gauss(0, 0.01)
        for step in range(3):
            run.log("acc", best * (0.6 + 0.2 * step), step=step)
            run.log("loss", math.nan if number == 5 and step == 2 else 1.2 - best * (0.5 + 0.2 * step), step=step)
        run.complete()
        made.append(run.id)
    return made


def compare(seen: Window, runs: list[str], query: str = "") -> Page:
    page = seen.open(f"compare?runs={','.join(runs)}{query}")
    page.locator(".parallel .axis").first.wait_for()
    return page


def axis(page: Page, name: str) -> Locator:
    return page.locator(".parallel").get_by_role("group", name=name, exact=True)


def titles(page: Page) -> list[str]:
    """From left to right."""
    found = page.locator(".parallel .axis-title").evaluate_all(
        "all => all.map(each => [each.getBoundingClientRect().left, each.textContent])"
    )
    return [text for _, text in sorted(found)]


def passed(page: Page, count: int) -> None:
    expect(page.locator(".passed")).to_have_text(f"{count} of {RUNS} runs pass")


def drag_along(page: Page, name: str, start: float, end: float) -> None:
    """Along an axis, from one share of its height to another, the bottom being 0."""
    box = axis(page, name).locator(".track").bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2
    page.mouse.move(middle, box["y"] + box["height"] * (1 - start))
    page.mouse.down()
    page.mouse.move(middle, box["y"] + box["height"] * (1 - (start + end) / 2))
    page.mouse.move(middle, box["y"] + box["height"] * (1 - end))
    page.mouse.up()


def text_of(download: Download) -> str:
    return Path(download.path()).read_text(encoding="utf-8")


def choose(page: Page, name: str, item: str) -> None:
    axis(page, name).locator(".axis-title").click()
    axis(page, name).get_by_role(re.compile("menuitem"), name=item).click()


def test_many_runs_open_on_what_differs(window: Callable[..., Window], runs: list[str]) -> None:
    seen = window()
    page = compare(seen, runs)
    expect(page.get_by_role("link", name="Parameters")).to_have_attribute("aria-current", "page")
    assert titles(page) == AXES
    passed(page, RUNS)
    picture = page.get_by_role("img", name=f"Parallel coordinates, {RUNS} runs, 8 axes: {HOSTILE_NAME}, augment")
    expect(picture).to_be_visible()
    expect(axis(page, "lr").locator(".note")).to_have_text("log")
    page.mouse.move(5, 5)
    seen.picture("parallel-first")
    page.get_by_role("link", name="Values").click()
    expect(page).to_have_url(re.compile("tab=table"))
    expect(page.get_by_role("main")).to_contain_text(f"The values of the first 10 of {RUNS} runs")
    compare_few = page.url.split("/compare")[0]
    page.goto(f"{compare_few}/compare?runs={','.join(runs[:3])}")
    expect(page.get_by_role("link", name="Values")).to_have_attribute("aria-current", "page")
