"""What charts say is true of the place that it is said of, and nothing that matters is cut."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from runwatch import Experiment, Run
from tests.e2e.studio.chart import metrics_of, panel, plot, point_at
from tests.e2e.studio.server import Served
from tests.e2e.studio.window import Window


def logged(server: Served, experiment: str, name: str, steps: Iterable[int]) -> Run:
    run = Experiment(server.workspace, experiment).start_logging(display_name=name, outputs=False)
    for step in steps:
        run.log("val/loss", 1 / (1 + step) + (name == "gap"), step=step)
    run.complete()
    return run


def whole(element: Locator) -> bool:
    """Whether nothing of it is cut."""
    found: bool = element.evaluate("e => e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight")
    return found


def test_a_value_of_another_step_says_of_which(window: Callable[..., Window], server: Served) -> None:
    logged(server, "gaps", "even", range(0, 1000, 10))
    logged(server, "gaps", "gap", [*range(0, 300, 10), *range(700, 1000, 10)])
    opened = window()
    page = opened.open("experiments/gaps?tab=charts")
    tip = point_at(page, "val/loss", 0.45)
    expect(tip.locator(".at")).to_have_text("step 290")
    rows = tip.locator(".row")
    expect(rows.filter(has_text="gap")).not_to_contain_text("at")
    expect(rows.filter(has_text="even")).to_contain_text("at 450")
    opened.picture("charts-gap")
    # Where both have a point, there is nothing to say.
    expect(point_at(page, "val/loss", 0.1)).not_to_contain_text("at ")


def test_a_run_that_ended_is_not_told_of_beyond_its_end(window: Callable[..., Window], server: Served) -> None:
    logged(server, "ends", "long", range(20_000))
    logged(server, "ends", "short", range(1_500))
    page = window().open("experiments/ends?tab=charts")
    expect(point_at(page, "val/loss", 0.03)).to_contain_text("short")
    tip = point_at(page, "val/loss", 0.09)
    expect(tip).to_contain_text("long")
    expect(tip).not_to_contain_text("short")
    # Whole buckets of the source are counted: not of these steps exactly.
    expect(tip.locator(".at")).to_contain_text("≈")


def test_figures_at_the_head_go_before_the_note_is_cut(window: Callable[..., Window], server: Served) -> None:
    run = logged(server, "heads", "one", range(20_000))
    opened = window(viewport={"width": 1280, "height": 800})
    page = metrics_of(opened, run.id)
    head = panel(page, "val/loss").locator("figcaption")
    expect(head.locator(".chart-note")).to_contain_text("20,000 points")
    assert whole(head.locator(".chart-note"))
    assert whole(head.locator(".chart-title"))
    expect(head.locator(".chart-figures")).to_have_text("last 5e-5 · min 5e-5 at 19,999")
    opened.picture("charts-head")


def test_the_bar_says_what_x_is_and_what_is_left_out(window: Callable[..., Window], server: Served) -> None:
    run = logged(server, "heads", "two", range(10))
    opened = window(viewport={"width": 1440, "height": 800})
    page = metrics_of(opened, run.id)
    plot(page, "val/loss")
    page.get_by_role("button", name="x: step").click()
    page.get_by_role("menu").get_by_text("time since start").click()
    expect(page.get_by_role("button", name="x: time since start")).to_be_visible()
    page.get_by_role("button", name="y: linear").click()
    page.get_by_role("menu").get_by_text("Ignore outliers").click()
    expect(page.get_by_role("button", name="y: linear, no outliers")).to_be_visible()
    # One chart alone has no heading, whatever stands before its slash.
    expect(page.locator(".chart-section")).to_have_count(0)


@pytest.fixture(scope="module")
def structured(server: Served) -> str:
    run = Experiment(server.workspace, "structured").start_logging(outputs=False)
    matrix: dict[str, Any] = {"class_labels": ["cat", "dog", "bird"], "matrix": [[12, 3, 4], [1, 40, 0], [3, 8, 9]]}
    found = {"bin_averages": [1.1, 2.2, 2.9, 4.1], "bin_errors": [0.2, 0.3, 0.2, 0.5], "bin_counts": [10, 40, 33, 5]}
    bins = {**found, "bin_edges": [0.5, 1.5, 2.5, 3.5, 4.5]}
    for log, name, kind, data in (
        (run.log_confusion_matrix, "cm", "confusion_matrix", matrix),
        (run.log_predictions, "preds", "predictions", bins),
    ):
        log(name, json.loads(json.dumps({"schema_type": kind, "schema_version": "1.0.0", "data": data})))
    run.log_table("per class", {"class": ["cat", "dog"], "precision": [0.123456789, 0.5]})
    run.log("system/gpu7_memory_bytes", 1_416_000_000)
    run.complete()
    return run.id


def test_small_charts_are_seen_whole(window: Callable[..., Window], structured: str) -> None:
    opened = window()
    page = metrics_of(opened, structured)
    scroll = panel(page, "cm").locator(".chart-scroll")
    expect(scroll.locator("tbody tr")).to_have_count(3)
    assert whole(scroll)
    bars = panel(page, "preds").locator(".upright > span")
    expect(bars).to_have_count(4)
    heights = [(bars.nth(place).bounding_box() or {"height": 0})["height"] for place in range(4)]
    assert heights[1] > 20
    assert heights[0] == pytest.approx(heights[1] / 4, abs=1)
    opened.picture("charts-small")


def test_a_table_without_steps_counts_its_rows(window: Callable[..., Window], structured: str) -> None:
    page = metrics_of(window(), structured)
    table = panel(page, "per class").get_by_role("table")
    expect(table.locator("th").first).to_have_text("row")
    expect(table).to_contain_text("0.1234568")


def test_a_figure_of_the_machine_has_its_unit(window: Callable[..., Window], structured: str) -> None:
    page = window().open(f"runs/{structured}/monitoring")
    expect(panel(page, "system/gpu7_memory_bytes").locator(".chart-figure")).to_have_text("1.4\u00a0GB")
