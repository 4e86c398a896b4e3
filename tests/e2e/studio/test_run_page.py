"""The page of a run: why it failed, what it was, and what can be done to it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from runwatch import Experiment, Run
from tests.e2e.studio.scene import Scene
from tests.e2e.studio.server import Served
from tests.e2e.studio.window import Window

Windows = Callable[..., Window]


def address(run: Run, tab: str = "") -> str:
    return f"experiments/{run.experiment.name}/runs/{run.id}/{tab}".rstrip("/")


def test_a_failed_run_opens_on_why_it_failed(window: Windows, scene: Scene) -> None:
    seen = window()
    page = seen.open(address(scene.failed))
    expect(page.get_by_role("heading", name="Why it failed")).to_be_visible()
    expect(page.locator(".why")).to_contain_text("ValueError: loss is NaN")
    expect(page.get_by_role("link", name="Details")).to_have_attribute("aria-current", "page")
    page.get_by_role("link", name="Compare with the last good run").click()
    expect(page.get_by_role("columnheader", name="grey-wren")).to_be_visible()


def test_the_portal_address_is_the_page(window: Windows, scene: Scene, server: Served) -> None:
    run = scene.runs[0]
    url = run.get_portal_url()
    assert url == f"{server.url}/{address(run)}"
    page = window().page
    page.goto(url)
    expect(page.get_by_role("heading", level=1)).to_contain_text("brave-fox")


def test_name_description_and_tags_are_edited_in_place(window: Windows, server: Served) -> None:
    run = Experiment(server.workspace, "edited").start_logging(display_name="before", outputs=False)
    run.complete()
    page = window().open(address(run, "details"))
    page.get_by_role("button", name="Edit name").click()
    page.get_by_role("textbox", name="name").fill("after")
    page.keyboard.press("Enter")
    expect(page).to_have_title("after · Runwatch")
    page.get_by_role("button", name="Edit Description").click()
    page.get_by_role("textbox", name="Description").fill("what it is\nabout")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="Edit Description")).to_contain_text("about")
    page.get_by_role("button", name="Add a tag").click()
    page.get_by_role("textbox", name="Name", exact=True).fill("stage")
    page.get_by_role("textbox", name="Value").fill("test")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Remove the tag stage")).to_be_visible()
    found = Run.get(server.workspace, run.id)
    assert (found.display_name, found.description, found.tags) == ("after", "what it is\nabout", {"stage": "test"})
    page.get_by_role("button", name="Remove the tag stage").click()
    expect(page.get_by_role("button", name="Remove the tag stage")).to_have_count(0)


def test_another_reader_sees_the_change_at_once(window: Windows, server: Served) -> None:
    run = Experiment(server.workspace, "seen").start_logging(outputs=False)
    page = window().open(address(run, "details"))
    expect(page.locator(".standing")).to_contain_text("Running")
    expect(page.locator(".live")).to_contain_text("live")
    run.tag("new", "tag")
    expect(page.locator(".run-tags")).to_contain_text("new: tag")
    run.complete()
    expect(page.locator(".standing")).to_contain_text("Completed")


def test_children_have_a_table_and_charts_of_their_own(window: Windows, scene: Scene) -> None:
    page = window().open(address(scene.parent))
    page.get_by_role("navigation", name="Parts of the run").get_by_role("link", name="Child runs 3").click()
    expect(page.locator(".foot")).to_contain_text("3 runs")
    names = page.locator(".grid .name a")
    expect(names).to_have_text(["fold-2", "fold-1", "fold-0"])
    expect(page.locator(".grid").get_by_role("row", name="fold-2")).to_contain_text("0.8200")  # not its chart
    expect(page.locator('[data-panel="val/acc"]')).to_contain_text("fold-1")
    page.get_by_role("combobox", name="Filter").fill('name ~ "fold-1"')
    page.get_by_role("combobox", name="Filter").press("Enter")
    expect(names).to_have_text(["fold-1"])  # nobody but these children, whatever is asked for
    names.first.click()
    expect(page).to_have_title("fold-1 · Runwatch")
    page.get_by_role("link", name="Parent run").click()
    expect(page).to_have_title("calm-owl · Runwatch")


def test_delete_asks_and_then_deletes(window: Windows, server: Served) -> None:
    run = Experiment(server.workspace, "short-lived").start_logging(display_name="doomed", outputs=False)
    run.complete()
    seen = window()
    page = seen.open(address(run, "details"))
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Delete…").click()
    dialog = page.get_by_role("dialog", name="Delete this run?")
    expect(dialog).to_contain_text("doomed")
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("status").filter(has_text="Deleted.")).to_be_visible()
    assert run.id not in [each.id for each in run.experiment.get_runs()]
    page.goto(f"{seen.base}/{address(run)}")
    expect(page.get_by_role("heading", name="No run of this id")).to_be_visible()
    seen.excuse("410 ", "/runs:get")


def test_neighbours_are_a_key_away(window: Windows, scene: Scene) -> None:
    page = window().open(address(scene.runs[2], "details"))
    expect(page.get_by_role("link", name="Next run of the experiment")).to_be_visible()
    page.keyboard.press("]")
    expect(page).to_have_title("keen-lynx · Runwatch")
    expect(page.get_by_role("link", name="Previous run of the experiment")).to_be_visible()
    page.keyboard.press("[")
    expect(page).to_have_title("dry-heron · Runwatch")
