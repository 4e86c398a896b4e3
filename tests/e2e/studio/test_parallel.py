"""Parallel coordinates over many runs: axes, ranges by mouse and keys, order, scales, colours, what is missing."""

from __future__ import annotations

import csv
import io
import math
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Download, Locator, Page, expect

from runwatch import Experiment
from tests.e2e.studio.scene import HOSTILE
from tests.e2e.studio.server import Served, served
from tests.e2e.studio.window import Window

RUNS: Final = 36
HOSTILE_NAME: Final = "<b>odd</b>, ~name: 50%"
AXES: Final = [HOSTILE_NAME, "augment", "depth", "dropout", "lr", "optimizer", "acc", "loss"]


@pytest.fixture(scope="module")
def server(surroundings: Path) -> Iterator[Served]:
    """A workspace of its own: so many runs would push those of other tests out of sight."""
    with served(surroundings / "search", "--no-agent") as found:
        yield found


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
    items = axis(page, name).locator("[role^=menuitem]")
    items.filter(has_text=re.compile(f"^✓?{item}$")).click()


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


def test_a_range_by_the_mouse_filters_and_stays_in_the_address(window: Callable[..., Window], runs: list[str]) -> None:
    seen = window()
    page = compare(seen, runs)
    drag_along(page, "lr", 0.5, 1.1)
    passed(page, 18)  # of 36 over four powers of ten those above the middle
    expect(page).to_have_url(re.compile(r"br=lr|br=p\.lr"))
    page.reload()
    passed(page, 18)
    expect(page.get_by_role("slider", name="lr, from")).to_have_attribute("aria-valuetext", re.compile("0.00|e-4"))
    seen.picture("parallel-range")
    drag_along(page, "lr", 0.75, 0.25)  # the range itself is moved, as far as it was taken
    expect(page.locator(".passed")).to_have_text(re.compile("^1[78] of"))
    expect(page.get_by_role("slider", name="lr, from")).to_have_attribute("aria-valuetext", "1e-5")
    box = axis(page, "lr").locator(".track").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 12, box["y"] + 60)
    passed(page, RUNS)
    expect(page).not_to_have_url(re.compile("br="))


def test_a_range_by_keys(window: Callable[..., Window], runs: list[str]) -> None:
    page = compare(window(), runs)
    low, high = (page.get_by_role("slider", name=f"lr, {side}") for side in ("from", "to"))
    low.focus()
    for _ in range(5):
        page.keyboard.press("PageUp")
    passed(page, 18)
    expect(low).to_have_attribute("aria-valuetext", "0.001")
    page.keyboard.press("Tab")
    expect(high).to_be_focused()
    for _ in range(25):
        page.keyboard.press("ArrowDown")
    passed(page, 9)  # a quarter of the axis
    page.keyboard.press("Escape")
    passed(page, RUNS)
    low.press("ArrowUp")
    passed(page, RUNS - 1)
    low.press("Home")
    passed(page, RUNS)
    expect(page).not_to_have_url(re.compile("br="))


def test_categories_and_what_is_missing_are_chosen_by_their_buttons(
    window: Callable[..., Window], runs: list[str]
) -> None:
    seen = window()
    page = compare(seen, runs)
    adam = axis(page, "optimizer").get_by_role("button", name="adam · 12 runs")
    adam.press("Enter")
    passed(page, 12)
    expect(adam).to_have_attribute("aria-pressed", "true")
    axis(page, "optimizer").get_by_role("button", name="sgd").click()
    passed(page, 24)
    adam.press("Delete")
    passed(page, RUNS)
    axis(page, "dropout").get_by_role("button", name="no value · 4 runs").click()
    passed(page, 4)
    page.reload()
    passed(page, 4)
    page.get_by_role("button", name="Clear ranges").click()
    passed(page, RUNS)
    axis(page, "loss · last").get_by_role("button", name="not a number · 1 run").click()
    passed(page, 1)
    page.get_by_role("button", name="Clear ranges").click()
    drag_along(page, "optimizer", 0.02, 0.6)  # over the lower two of three
    passed(page, 24)


def test_axes_are_put_in_order(window: Callable[..., Window], runs: list[str]) -> None:
    page = compare(window(), runs)
    start = axis(page, "loss · last").locator(".axis-title").bounding_box()
    end = axis(page, "augment").locator(".axis-title").bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 20, start["y"] + 10)
    page.mouse.down()
    page.mouse.move(start["x"] - 100, start["y"] + 10)
    page.mouse.move(end["x"] + 20, end["y"] + 10)
    page.mouse.up()
    expect(page.get_by_role("menu")).to_have_count(0)
    wanted = [AXES[0], "loss", *AXES[1:7]]
    expect(page).to_have_url(re.compile("c="))
    assert titles(page) == wanted
    choose(page, "loss · last", "Move to the right")
    expect(axis(page, "loss · last").locator(".axis-title")).to_be_focused()
    wanted[1:3] = ["augment", "loss"]
    assert titles(page) == wanted
    choose(page, "depth", "Hide")
    wanted.remove("depth")
    expect(page.locator(".axis-title")).to_have_count(7)
    page.reload()
    page.locator(".parallel .axis").first.wait_for()
    assert titles(page) == wanted
    page.go_back()
    expect(page.locator(".axis-title")).to_have_count(8)


def test_scales_colours_and_figures(window: Callable[..., Window], runs: list[str]) -> None:
    seen = window()
    page = compare(seen, runs)
    legend = page.locator(".legend")
    expect(legend).to_contain_text("loss · last")
    choose(page, "lr", "Linear")
    expect(axis(page, "lr").locator(".note")).to_have_text("")
    drag_along(page, "lr", 0.5, 1)
    passed(page, 3)  # those above half of the largest
    choose(page, "lr", "Logarithmic")
    expect(axis(page, "lr").locator(".note")).to_have_text("log")
    passed(page, 3)
    axis(page, "dropout").locator(".axis-title").click()
    expect(axis(page, "dropout").get_by_role("menuitemcheckbox", name="Logarithmic")).to_be_disabled()  # it has a 0
    page.keyboard.press("Escape")
    choose(page, "optimizer", "Colour by this")
    expect(legend).to_contain_text("adam")
    choose(page, "optimizer", "Colour by this")
    expect(legend).to_have_text("")
    page.get_by_role("button", name="Colour: each run its own").click()
    page.get_by_role("menuitemcheckbox", name="acc").click()
    expect(legend).to_contain_text("acc · last")
    expect(page).to_have_url(re.compile("by=acc.last"))
    page.get_by_label("Metric value").select_option("max")
    expect(axis(page, "acc · max")).to_be_visible()
    choose(page, "loss · max", "min")
    expect(axis(page, "loss · min")).to_be_visible()
    expect(axis(page, "acc · max")).to_be_visible()
    page.get_by_role("button", name="Axes").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("checkbox", name="same")).to_have_count(0)
    expect(dialog.get_by_role("checkbox", name="loss")).to_be_checked()
    dialog.get_by_role("checkbox", name="augment").uncheck()
    dialog.get_by_role("button", name="Done").click()
    expect(page.locator(".axis-title")).to_have_count(7)
    expect(axis(page, "loss · min")).to_be_visible()


def test_a_line_tells_its_run_and_leads_to_it(window: Callable[..., Window], runs: list[str]) -> None:
    seen = window()
    page = compare(seen, runs)
    drag_along(page, "lr", 0.49, 0.53)
    passed(page, 1)
    plane = page.locator(".plane").bounding_box()
    left = axis(page, "lr").bounding_box()
    assert plane is not None
    assert left is not None
    tip = page.locator(".parallel-tip")
    x = left["x"] + left["width"] / 2
    for y in range(50, int(plane["height"]), 8):
        page.mouse.move(x, plane["y"] + y)
        page.wait_for_timeout(20)
        if tip.is_visible():
            break
    page.mouse.move(x, plane["y"] + y + 4)  # what is shown may have been for the place before
    expect(tip).to_contain_text("trial-18")
    for name in (*AXES[:6], "acc · last", "loss · last"):
        expect(tip).to_contain_text(name)
    expect(tip).to_contain_text("plain")
    seen.picture("parallel-tip")
    page.mouse.down()
    page.mouse.up()
    expect(page).to_have_url(re.compile(f"/runs/{runs[18]}"))
    page.go_back()
    passed(page, 1)


def test_the_same_as_a_table_and_as_files(window: Callable[..., Window], runs: list[str]) -> None:
    seen = window()
    page = compare(seen, runs)
    axis(page, "optimizer").get_by_role("button", name="adam").click()
    menu = page.get_by_role("button", name="Menu of the chart")
    menu.click()
    page.get_by_role("menuitem", name="View as table").click()
    table = page.get_by_role("dialog").get_by_role("table")
    expect(table).to_have_attribute("aria-rowcount", "13")
    expect(table.get_by_role("row").nth(1).get_by_role("link")).to_have_text("trial-00")
    table.get_by_role("button", name="lr").click()
    table.get_by_role("button", name="lr").click()
    expect(table.get_by_role("row").nth(1).get_by_role("link")).to_have_text("trial-33")
    seen.picture("parallel-table")
    page.keyboard.press("Escape")
    menu.click()
    with page.expect_download() as csv_file:
        page.get_by_role("menuitem", name="CSV").click()
    names, first, *rest = csv.reader(io.StringIO(text_of(csv_file.value)))
    assert names == ["run", *AXES[:6], "acc · last", "loss · last"]
    assert (first[:2], len(rest)) == (["trial-00", HOSTILE], 11)
    menu.click()
    with page.expect_download() as svg_file:
        page.get_by_role("menuitem", name="SVG").click()
    svg = text_of(svg_file.value)
    assert svg.count("<path") == RUNS + len(AXES)
    assert "&lt;b&gt;odd" in svg
    assert "<img" not in svg
    menu.click()
    with page.expect_download() as png_file:
        page.get_by_role("menuitem", name="PNG").click()
    png = Path(png_file.value.path())
    assert png.read_bytes().startswith(b"\x89PNG")
    (seen.folder / "parallel-saved.png").write_bytes(png.read_bytes())


def test_those_that_pass_are_compared(window: Callable[..., Window], runs: list[str]) -> None:
    page = compare(window(), runs)
    these = page.get_by_role("button", name="Compare these")
    expect(these).to_be_disabled()
    axis(page, "optimizer").get_by_role("button", name="adam").click()
    these.click()
    expect(page.locator(".passed")).to_have_text("12 of 12 runs pass")
    expect(page).to_have_url(re.compile("tab=parallel"))
    axis(page, "dropout").get_by_role("button", name="no value").click()
    expect(page.locator(".passed")).to_have_text("2 of 12 runs pass")
    these.click()
    expect(page.get_by_role("link", name="Values")).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("columnheader")).to_have_count(2)


def test_a_narrow_window_scrolls_the_axes_alone(window: Callable[..., Window], runs: list[str]) -> None:
    seen = window(viewport={"width": 320, "height": 800})
    page = compare(seen, runs)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    scrolled = page.get_by_role("region", name="Axes, from left to right")
    assert scrolled.evaluate("each => each.scrollWidth > 2 * each.clientWidth")
    page.get_by_role("slider", name="lr, from").press("PageUp")
    passed(page, 32)
    seen.picture("parallel-narrow")
    assert "broken in" not in page.title()
    assert page.locator(".parallel img, .parallel b").count() == 0
