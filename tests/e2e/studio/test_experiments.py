"""All experiments and all runs of a workspace, and the page of one experiment."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from runwatch import Experiment
from tests.e2e.studio.scene import HOSTILE, Scene
from tests.e2e.studio.server import Served
from tests.e2e.studio.window import Window


def expect_first(page: Page, *names: str) -> None:
    """The table has runs, and these are its first ones."""
    runs = page.locator(".grid .row .name a")
    runs.first.wait_for()
    for number, name in enumerate(names):
        expect(runs.nth(number)).to_have_text(name)


def test_all_runs_can_be_filtered_by_experiment(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open("experiments")
    page.get_by_role("link", name="All runs").click()
    # Which runs come first depends on the tests before this one, so no row is looked for by name yet.
    expect(page.locator(".grid .row").nth(1)).to_be_visible()
    page.locator(".bar").get_by_role("button", name="Experiment", exact=True).click()
    page.get_by_role("menuitemcheckbox", name="page", exact=True).click()
    expect(page.locator(".grid .row")).to_have_count(1)
    expect(page.locator(".grid .row")).to_contain_text("the page's own")
    expect(page).to_have_url(re.compile(r"/runs\?exp=page$"))
    page.get_by_role("button", name="Experiment: page").click()
    page.get_by_role("menuitemcheckbox", name="pictures").click()
    expect(page.locator(".grid .row")).to_have_count(2)
    page.go_back()
    expect(page.locator(".grid .row")).to_have_count(1)
    page.get_by_role("button", name="Experiment: page").click()
    page.get_by_role("menuitem", name="Search by name").click()
    dialog = page.get_by_role("dialog", name="Experiment")
    dialog.get_by_role("searchbox").fill("ostil")
    dialog.get_by_role("button", name="hostile").click()
    expect(page).to_have_url(re.compile(r"/runs\?exp=page,hostile$"))
    expect(page.locator(".grid .row")).to_have_count(2)


def test_all_experiments_lead_to_their_dashboards(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open("experiments")
    line = page.get_by_role("row").filter(has_text="resnet-sweep")
    expect(line).to_contain_text("12")
    line.get_by_role("link", name="resnet-sweep").click()
    expect(page.get_by_role("heading", name="resnet-sweep")).to_be_visible()
    expect_first(page, "grey-wren", "bold-crane")


def test_experiments_are_searched_pinned_archived_and_brought_back(
    window: Callable[..., Window], server: Served, scene: Scene
) -> None:
    Experiment(server.workspace, "put-away").start_logging(outputs=False).complete()
    page = window().open("experiments")
    page.get_by_role("searchbox", name="Search experiments").fill("put-")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Pin put-away").click()
    expect(page.get_by_role("navigation", name="Places").get_by_role("link", name="put-away")).to_be_visible()
    page.get_by_role("button", name="Archive put-away").click()
    expect(page.get_by_text("No experiment matches.")).to_be_visible()
    page.get_by_role("checkbox", name="Archived").check()
    page.get_by_role("button", name="Bring put-away back").click()
    page.get_by_role("checkbox", name="Archived").uncheck()
    expect(page.locator("tbody tr")).to_contain_text("put-away")


def test_an_unknown_experiment_says_what_was_looked_for(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open("experiments/never%20made")
    main = page.get_by_role("main")
    expect(main).to_contain_text("There is no experiment never made")
    # The ways out, and nothing that would do nothing here.
    expect(main.get_by_role("link")).to_have_text(["Experiments", "All runs"])
    expect(main.get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("button", name="Pin never made")).to_have_count(0)
    main.get_by_role("link", name="All runs").click()
    expect(page).to_have_url(re.compile("/runs$"))


def test_notes_are_kept(window: Callable[..., Window], server: Served, scene: Scene) -> None:
    Experiment(server.workspace, "noted").start_logging(outputs=False).complete()
    page = window().open("experiments/noted?tab=notes")
    page.get_by_role("button", name="Edit Description").click()
    page.get_by_role("textbox", name="Description").fill(
        f"# Why\n{HOSTILE}\n\n**really** ![x](https://example.com/x.png)"
    )
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".notes").get_by_role("heading", name="Why")).to_be_visible()
    expect(page.locator(".notes strong")).to_have_text("really")
    expect(page.locator(".notes .markdown")).to_contain_text(HOSTILE)
    expect(page.locator(".notes img")).to_have_count(0)
    expect(page).to_have_title("noted · Runwatch")
    page.get_by_role("button", name="Edit Description").click()
    expect(page.get_by_role("textbox", name="Description")).to_have_value(re.compile("^# Why\n<img"))
    page.keyboard.press("Escape")
    page.get_by_role("textbox", name="Add a tag").fill("owner: vision")
    page.keyboard.press("Enter")
    expect(page.locator(".notes .tag")).to_contain_text("owner: vision")
    page.get_by_role("button", name="Remove the tag owner").click()
    expect(page.get_by_text("No tags")).to_be_visible()


def test_a_view_is_saved_shared_by_its_link_and_deleted(window: Callable[..., Window], scene: Scene) -> None:
    seen = window()
    page = seen.open("experiments/resnet-sweep?s=-val/loss.min&c=status,val/loss.min")
    expect_first(page, "bold-crane")
    page.get_by_role("button", name="Save view").click()
    page.get_by_role("textbox", name="Name of the view").fill("worst first")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="worst first")).to_be_visible()
    view = re.search(r"v=([^&]+)", page.url)
    assert view is not None
    page.get_by_role("button", name="worst first").click()
    page.get_by_role("menuitemcheckbox", name="Default view").click()
    expect(page.get_by_role("columnheader", name="lr")).to_be_visible()
    seen.open(f"views/{view[1]}")
    expect(page.get_by_role("button", name="worst first")).to_be_visible()
    expect_first(page, "bold-crane")
    page.get_by_role("button", name="worst first").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("button", name="Default view")).to_be_visible()


def test_the_edge_between_charts_and_table_moves_by_keys_and_is_remembered(
    window: Callable[..., Window], scene: Scene
) -> None:
    page = window().open("experiments/resnet-sweep")
    expect_first(page)
    edge = page.get_by_role("separator", name="Height of the charts")
    before = int(edge.get_attribute("aria-valuenow") or 0)
    edge.focus()
    page.keyboard.press("ArrowDown")
    expect(edge).to_have_attribute("aria-valuenow", str(before + 24))
    page.reload()
    expect(edge).to_have_attribute("aria-valuenow", str(before + 24))
    page.get_by_role("button", name="Hide charts").click()
    expect(edge).to_have_count(0)


def test_charts_stand_beside_the_table_where_somebody_wants_them_there(
    window: Callable[..., Window], scene: Scene
) -> None:
    seen = window()
    page = seen.open("experiments/resnet-sweep")
    expect_first(page)
    page.get_by_role("button", name="Charts beside the table").click()
    part, table = page.locator(".charts-part"), page.locator(".grid")
    expect(page.locator(".charts-part figure").first).to_be_visible()
    edge = page.get_by_role("separator", name="Width of the charts")
    expect(edge).to_have_attribute("aria-orientation", "vertical")
    before = part.bounding_box()
    beside = table.bounding_box()
    assert before is not None
    assert beside is not None
    assert before["x"] + before["width"] < beside["x"]
    edge.focus()
    page.keyboard.press("ArrowRight")
    expect(edge).to_have_attribute("aria-valuenow", str(round(before["width"]) + 24))
    after = part.bounding_box()
    assert after is not None
    assert after["width"] == before["width"] + 24
    # Dragged, too; and found again after a reload.
    place = edge.bounding_box()
    assert place is not None
    page.mouse.move(place["x"] + 4, place["y"] + 200)
    page.mouse.down()
    page.mouse.move(place["x"] + 104, place["y"] + 240)
    page.mouse.up()
    wide = str(round(after["width"]) + 100)
    expect(edge).to_have_attribute("aria-valuenow", wide)
    page.reload()
    expect_first(page)
    expect(edge).to_have_attribute("aria-valuenow", wide)
    seen.picture("experiment-beside")
    assert seen.violations() == []
    page.set_viewport_size({"width": 400, "height": 800})  # no room for two: above again
    box, below = part.bounding_box(), table.bounding_box()
    assert box is not None
    assert below is not None
    assert box["y"] + box["height"] <= below["y"]
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="Charts beside the table").click()
    expect(page.get_by_role("separator", name="Height of the charts")).to_be_visible()


def test_no_row_of_charts_is_cut_before_the_edge_was_moved(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open("experiments/resnet-sweep")
    expect_first(page)
    part = page.locator(".charts-part")
    before = part.bounding_box()
    expect(page.locator(".charts-part figure")).to_have_count(4)
    assert part.bounding_box() == before  # nothing moved as they came
    assert before is not None
    end = before["y"] + before["height"]
    for number, whole in ((0, True), (1, True), (2, True), (3, False)):
        box = page.locator(".charts-part figure").nth(number).bounding_box()
        assert box is not None
        assert (box["y"] + box["height"] <= end) if whole else (box["y"] >= end)


def test_room_is_kept_for_the_line_that_says_how_many_runs_are_drawn(
    window: Callable[..., Window], server: Served, scene: Scene
) -> None:
    for number in range(12):
        run = Experiment(server.workspace, "dozen").start_logging(outputs=False)
        for name in ("acc", "f1", "loss"):
            for step in range(3):
                run.log(name, step * number)
        run.complete()
    for size in ((1440, 900), (2560, 1400)):
        seen = window(viewport={"width": size[0], "height": size[1]})
        page = seen.open("experiments/dozen")
        expect_first(page)
        table = page.locator(".grid")
        before = table.bounding_box()
        note = page.locator(".chart-notes")
        expect(note).to_contain_text("10 of 12 runs drawn")
        figures = page.locator(".charts-part figure")
        expect(figures).to_have_count(3)
        assert table.bounding_box() == before  # nothing moved as it came
        part, figure = page.locator(".charts-part").bounding_box(), figures.first.bounding_box()
        assert part is not None
        assert figure is not None
        assert figure["y"] + figure["height"] <= part["y"] + part["height"]
        seen.picture(f"drawn-{size[0]}")
        # What was asked for there can be taken back there, though now nothing is left out.
        note.get_by_role("button", name="Draw 12").click()
        expect(note).to_contain_text("12 of 12 runs drawn")
        note.get_by_role("button", name="Draw fewer").click()
        expect(note).to_contain_text("10 of 12 runs drawn")


def test_nothing_breaks_a_rule_of_accessibility(window: Callable[..., Window], scene: Scene) -> None:
    for settings in ({}, {"color_scheme": "dark", "locale": "fr-FR"}):
        seen = window(**settings)
        page = seen.open("experiments")
        page.locator("tbody tr").first.wait_for()
        assert seen.violations() == []
        page = seen.open("experiments/resnet-sweep")
        expect_first(page)
        assert seen.violations() == []
