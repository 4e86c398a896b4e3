"""What the widget looks like, with real runs: pictures to look at, and nothing that axe finds wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.widget.conftest import Shown, kernel_of
from tests.e2e.widget.notebook import Notebook

PROGRESS = {"done": 400, "total": 900, "rate": 2.1, "remaining_s": 238.0, "text": "44%|####      | 400/900"}
TABS = ("Logs", "Details")


def test_a_running_run_is_shown_with_its_progress(notebook: Callable[..., Notebook], shown: Shown) -> None:
    found = notebook()
    found.theme(dark=False)
    kernel = kernel_of(shown, shown.running, after_s=190, progress=PROGRESS)
    widget = found.put(kernel)
    found.push(*kernel.standard())
    expect(widget.get_by_role("heading", name="brave-fox")).to_be_visible()
    expect(widget.locator("canvas")).to_have_count(4)
    found.picture("running")
    assert found.violations() == []
    for tab in TABS:
        widget.get_by_role("tab", name=tab).click()
        found.picture(f"running-{tab.lower()}")
        assert found.violations() == []


def test_the_four_examples_of_the_page(notebook: Callable[..., Notebook], shown: Shown) -> None:
    found = notebook()
    found.theme(dark=False)
    kernel = kernel_of(shown, shown.scene.page)
    widget = found.put(kernel)
    found.push(*kernel.standard())
    for name in ("Fibonacci", "Sigmoid", "Cosine Wave", "Sine Wave"):
        expect(widget.locator(f'[data-panel="{name}"] canvas')).to_be_visible()
    found.picture("examples")
    assert found.violations() == []


def test_a_failed_run_says_why(notebook: Callable[..., Notebook], shown: Shown) -> None:
    found = notebook()
    kernel = kernel_of(shown, shown.scene.failed)
    widget = found.put(kernel)
    found.push(*kernel.standard())
    expect(widget.locator(".failure")).to_contain_text("ValueError: loss is NaN")
    found.picture("failed")
    assert found.violations() == []


@pytest.mark.parametrize("width", ["1000px", "420px"])
def test_two_hundred_metrics(notebook: Callable[..., Notebook], shown: Shown, width: str) -> None:
    found = notebook()
    kernel = kernel_of(shown, shown.many)
    widget = found.put(kernel, width=width)
    found.push(*kernel.standard())
    expect(widget.locator("figure")).to_have_count(12)
    widget.get_by_role("button", name="Show 12 more").click()
    expect(widget.locator("figure")).to_have_count(24)
    widget.locator("figure").last.scroll_into_view_if_needed()
    expect(widget.locator("figure").last.locator("canvas")).to_be_visible()
    found.picture(f"many-{width}")


def test_a_parent_and_its_children(notebook: Callable[..., Notebook], shown: Shown) -> None:
    found = notebook()
    kernel = kernel_of(shown, shown.scene.parent)
    push, buffers = kernel.standard()
    best = next(run for run in push["children"]["runs"] if run["display_name"] == "fold-2" or run["name"] == "fold-2")
    push["children"]["best"] = {"metric": "val/acc", "goal": "maximize", "run_id": best["run_id"]}
    widget = found.put(kernel)
    found.push(push, buffers)
    widget.get_by_role("tab", name="Children").click()
    expect(widget.get_by_role("row", name="fold-2")).to_contain_text("0.82")
    found.picture("parent")
    assert found.violations() == []
    widget.get_by_role("button", name="fold-1").click()
    expect(widget.get_by_role("figure").filter(has_text="val/acc").last).to_contain_text("0.81")
    found.picture("parent-child")


def test_images_at_a_step(notebook: Callable[..., Notebook], shown: Shown) -> None:
    found = notebook()
    kernel = kernel_of(shown, shown.scene.pictures)
    widget = found.put(kernel)
    found.push(*kernel.standard())
    widget.get_by_role("tab", name="Images").click()
    expect(widget.get_by_role("img", name="samples, step 3")).to_be_visible()
    widget.get_by_role("slider").fill("1")
    expect(widget.get_by_role("img", name="samples, step 1")).to_be_visible()
    found.picture("images")
    assert found.violations() == []


def test_what_was_logged_as_such(notebook: Callable[..., Notebook], shown: Shown) -> None:
    found = notebook()
    kernel = kernel_of(shown, shown.structured)
    widget = found.put(kernel)
    found.push(*kernel.standard())
    expect(widget.get_by_role("cell", name="41")).to_be_visible()
    expect(widget.get_by_role("cell", name="0.9")).to_be_visible()
    found.picture("structured")
    assert found.violations() == []


def test_dark_french_and_narrow(notebook: Callable[..., Notebook], shown: Shown) -> None:
    found = notebook(locale="fr-FR")
    found.theme(dark=True)
    kernel = kernel_of(shown, shown.running, after_s=190, progress=PROGRESS)
    widget = found.put(kernel, width="420px", language="fr")
    found.push(*kernel.standard())
    expect(widget.get_by_role("tab", name="Métriques")).to_be_visible()
    expect(widget.locator("canvas").first).to_be_visible()
    found.picture("dark-french-narrow")
    assert found.violations() == []


def test_a_run_that_waits(notebook: Callable[..., Notebook], shown: Shown) -> None:
    found = notebook()
    found.theme(dark=True)
    kernel = kernel_of(shown, shown.running, queue={"position": 3, "why": "two runs of this target are before it"})
    push, buffers = kernel.standard()
    push["run"] = {**push["run"], "status": "Queued", "started_at": None}
    push.update(metrics=[], metrics_total=0, frames=[], logs=[], log=None)
    widget = found.put(kernel)
    found.push(push, [])
    expect(widget.get_by_text("Position 3 in the queue")).to_be_visible()
    found.picture("queued")
    assert found.violations() == []
    assert buffers
