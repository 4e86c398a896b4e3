"""The page of a run: why it failed, what it was, and what can be done to it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, Route, expect

from runwatch import Dataset, Experiment, Run
from runwatch.schema.run import CreateRun, RunStatus
from tests.e2e.studio.recorded import LOG, keep
from tests.e2e.studio.scene import HOSTILE, Scene
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


def test_a_failed_run_leads_to_the_line_of_its_log_and_to_the_good_run_before_it(
    window: Windows, server: Served
) -> None:
    experiment = Experiment(server.workspace, "fails")
    made: dict[str, Run] = {}
    for name in ("first", "good", "failed", "later"):
        run = made[name] = experiment.start_logging(display_name=name, outputs=False)
        if name != "failed":
            run.complete()
            continue
        child = run.child_run(name="fold-0")
        child.complete()
        trace = [
            "Traceback (most recent call last):",
            '  File "train.py", line 12, in <module>',
            "ValueError: loss is NaN",
        ]
        keep(run, LOG, "\n".join([*trace, *(f"epoch {number}" for number in range(300)), *trace, "bye"]) + "\n")
        run.fail(error_details="\n".join(trace), error_code="UserError")
    page = window().open(address(made["failed"]))
    page.get_by_role("link", name="Open the log at line 304").click()
    expect(page).to_have_url(re.compile(r"file=azureml-logs/70_driver_log\.txt&line=304-306$"))
    expect(page.locator(".log-line.marked")).to_have_count(3)
    expect(page.locator('.log-line[data-line="305"]')).to_contain_text("ValueError: loss is NaN")
    expect(page.locator('.log-line[data-line="305"]')).to_be_in_viewport()
    page.go_back()
    page.get_by_role("link", name="Compare with the last good run").click()
    expect(page.get_by_role("columnheader")).to_have_count(2)
    expect(page.get_by_role("columnheader").first).to_contain_text("good")


def test_a_child_is_compared_with_the_good_child_before_it(window: Windows, server: Served) -> None:
    parent = Experiment(server.workspace, "folds").start_logging(display_name="parent", outputs=False)
    folds = [parent.child_run(name=f"fold-{number}") for number in range(3)]
    for number in (0, 2):
        folds[number].complete()
    folds[1].fail(error_details="too warm")
    parent.complete()
    page = window().open(address(folds[1]))
    expect(page.get_by_role("link", name="Compare with the last good run")).to_be_visible()
    expect(page.get_by_role("link", name="Open the log")).to_have_count(0)  # it has none
    href = page.get_by_role("link", name="Compare with the last good run").get_attribute("href") or ""
    assert href.endswith(f"compare?runs={folds[0].id},{folds[1].id}")
    expect(page.get_by_role("link", name="Next run")).to_be_visible()
    page.keyboard.press("]")
    expect(page).to_have_title("fold-2 · Runwatch")
    expect(page.get_by_role("link", name="Previous run")).to_be_visible()
    expect(page.get_by_role("button", name="Next run")).to_be_disabled()
    page.keyboard.press("[")
    expect(page).to_have_title("fold-1 · Runwatch")
    expect(page.get_by_role("link", name="Next run")).to_be_visible()
    page.get_by_role("link", name="Previous run").click()
    expect(page).to_have_title("fold-0 · Runwatch")
    page.get_by_role("link", name="Parent run").click()
    expect(page).to_have_title("parent · Runwatch")


def test_a_traceback_that_was_given_as_text_stands_as_it_was_printed(window: Windows, server: Served) -> None:
    run = Experiment(server.workspace, "traced").start_logging(outputs=False)
    run.log_param("rate", 0.1 + 0.2)
    run.log_param("small", 0.00002)
    run.log_param("seed", 1234567988)
    run.fail(error_details="Traceback (most recent call last):\n    rate = 1 / 0\n           ~~^~~\nZeroDivisionError")
    seen = window(viewport={"width": 320, "height": 800})
    page = seen.open(address(run))
    trace = page.locator(".why pre")
    expect(trace).to_contain_text("~~^~~")
    assert "mono" in trace.evaluate("pre => getComputedStyle(pre).fontFamily")
    expect(page.locator(".evidence")).to_have_css("display", "block")
    for name, text, exact in (
        ("rate", "0.3", "0.30000000000000004"), ("small", "2e-5", "0.00002"), ("seed", "1,234,567,988", "1234567988"),
    ):  # fmt: skip
        value = page.locator(".fact").filter(has=page.get_by_text(name, exact=True)).locator("code")
        expect(value).to_have_text(text)
        expect(value).to_have_attribute("title", exact)
    expect(page.locator(".life")).to_be_visible()
    assert page.locator(".details").evaluate("box => box.scrollWidth - box.clientWidth") == 0
    seen.picture("failed-narrow")


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
    expect(page.locator(".described")).to_contain_text("about")
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
    expect(page.get_by_role("link", name="Next run")).to_be_visible()
    page.keyboard.press("]")
    expect(page).to_have_title("keen-lynx · Runwatch")
    expect(page.get_by_role("link", name="Previous run")).to_be_visible()
    page.keyboard.press("[")
    expect(page).to_have_title("dry-heron · Runwatch")


def test_a_description_is_markdown_and_data_that_went_in_and_out_is_told(
    window: Windows, server: Served, tmp_path: Path
) -> None:
    workspace = server.workspace
    (tmp_path / "rows.csv").write_text("age\n31\n")
    rows = Dataset.Tabular.from_delimited_files(str(tmp_path / "rows.csv")).register(workspace, "people")
    source = {"definition": {"sources": [{"path": "rows.csv"}]}}
    forms = {
        name: {"mode": "direct", "text": name, "dataset": {"id": id_, **source}}
        for name, id_ in (("train", rows.id), ("test", None))
    }
    wish = {"registrationOptions": {"name": "clean people"}}
    out = {"cleaned": {"path": "outputs/cleaned", "additionalOptions": wish}}
    pictures = "![plot](outputs/plot.png) ![far](https://example.com/x.png) [page](https://example.com)"
    run_id = "fed"
    workspace.store.runs.create(
        CreateRun(
            experiment="fed", run_id=run_id, token=run_id, status=RunStatus.RUNNING, created_at=time.time(),
            definition={"data": forms, "outputData": out},
            description=f"# Aim\n\n{HOSTILE}\n\n{pictures}",
        )
    )  # fmt: skip
    run = Run.get(workspace, run_id)
    Image.new("RGB", (64, 48), (60, 120, 200)).save(tmp_path / "plot.png")
    run.upload_file("outputs/plot.png", str(tmp_path / "plot.png"))
    run.complete()
    seen = window()
    page = seen.open(address(run, "details"))
    expect(page.get_by_role("heading", name="Aim")).to_be_visible()
    expect(page.locator(".markdown")).to_contain_text(HOSTILE)
    expect(page.locator(".markdown img")).to_have_count(1)
    page.wait_for_function("document.querySelector('.markdown img').naturalWidth === 64")
    expect(page).not_to_have_title("broken in")
    facts = page.locator(".details .fact")
    expect(facts.filter(has_text="train").get_by_role("link", name=rows.id)).to_be_visible()
    expect(facts.filter(has_text="test")).to_contain_text("rows.csv")
    expect(facts.filter(has_text="cleaned").get_by_role("link")).to_have_text(["outputs/cleaned", "clean people"])
    assert seen.violations() == []
    seen.picture("data")
    page.get_by_role("link", name="outputs/plot.png").click()
    expect(page.get_by_role("treeitem", name="plot.png")).to_have_attribute("aria-selected", "true")


def test_a_french_page_says_in_french_how_a_run_ended(window: Windows, scene: Scene) -> None:
    page = window(locale="fr-FR").open(address(scene.failed))
    expect(page.locator(".why")).to_contain_text("le code de l'exécution l'a terminée : Échouée")
    expect(page.locator(".why")).not_to_contain_text("ended it as")


def test_the_palette_has_what_can_be_done_to_the_run(window: Windows, server: Served) -> None:
    run = Experiment(server.workspace, "commanded").start_logging(display_name="commanded", outputs=False)
    run.complete()
    page = window().open(address(run, "details"))
    expect(page.locator(".standing")).to_contain_text("Completed")
    page.keyboard.press("Control+k")
    page.keyboard.type(">arch")
    expect(page.get_by_role("option", name="Archive")).to_be_visible()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="More").click()
    expect(page.get_by_role("menuitem", name="Bring back")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type(">compare")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/compare\?runs={run.id}$"))
    page.keyboard.press("Control+k")
    page.keyboard.type(">bring")
    expect(page.get_by_role("dialog").get_by_text("Nothing matches.")).to_be_visible()


LONG = "a-name-that-somebody-chose-because-it-says-all-there-is-to-say-about-the-run-and-more"


def whole(page: Page) -> bool:
    """Whether the name in the head is seen whole, once all that stands beside it has come."""
    expect(page.locator(".siblings").get_by_role("link").first).to_be_visible()
    return bool(page.locator(".here .cut").evaluate("name => name.scrollWidth <= name.clientWidth + 1"))


def inside(page: Page, selector: str, width: int) -> None:
    """It is seen whole: nothing of it lies beyond the window's edges."""
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    assert box["x"] >= 0, (selector, box)
    assert box["x"] + box["width"] <= width, (selector, box)


def test_the_head_gives_its_room_to_the_name(window: Windows, server: Served) -> None:
    experiment = Experiment(server.workspace, "an-experiment-of-some-length")
    run = experiment.start_logging(display_name="warm-start-of-model-7", outputs=False)
    long = experiment.start_logging(display_name=LONG, outputs=False)
    long.complete()
    seen = window(viewport={"width": 1280, "height": 800})
    page = seen.open(address(run, "raw"))
    expect(page.locator(".live")).to_contain_text("live")
    assert whole(page)  # the search gave way
    page = seen.open(address(long, "raw"))
    expect(page.locator(".standing")).to_contain_text("Completed")
    expect(page.locator(".live")).to_have_text("")  # nothing changes any more
    assert not whole(page)
    assert page.locator(".here .cut").evaluate("element => getComputedStyle(element).textOverflow") == "ellipsis"
    expect(page.locator(".here button")).to_have_attribute("title", LONG)
    box = page.get_by_role("button", name="Search or run a command").bounding_box()
    assert box is not None
    assert 24 <= box["width"] <= 40
    inside(page, ".top > :last-child", 1280)
    assert seen.violations() == []
    seen.picture("run-head-long")


def test_on_a_small_screen_the_name_has_a_line_and_all_places_are_seen(window: Windows, scene: Scene) -> None:
    seen = window(viewport={"width": 390, "height": 844})
    page = seen.open(address(scene.failed))
    expect(page.locator(".standing")).to_contain_text("Failed")
    seen.picture("run-head-narrow")
    assert whole(page)
    for name in ("Models", "Status", "Settings"):
        inside(page, f'.rail a:has-text("{name}")', 390)
    inside(page, '.tabs a:has-text("Raw")', 390)
    page = seen.open("experiments/resnet-sweep")
    expect(page.get_by_role("button", name="Share")).to_be_visible()
    for name in ("Save view", "Share"):
        inside(page, f'.tabs button:has-text("{name}")', 390)
    seen.picture("experiment-head-narrow")


def test_a_page_that_a_proxy_refused_in_passing_recovers_by_itself(window: Windows, scene: Scene) -> None:
    seen = window()
    refused: list[str] = []

    def refuse(route: Route) -> None:
        refused.append(route.request.url)
        if len(refused) > 1:
            return route.fallback()
        return route.fulfill(status=502, body="Bad Gateway")

    seen.page.route("**/runs:get", refuse)
    page = seen.open(address(scene.runs[0], "raw"))
    expect(page.get_by_text("The server does not answer.")).to_be_visible()
    expect(page.get_by_role("heading", name="No run of this id")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_contain_text("brave-fox")
    seen.excuse("502 ", "/runs:get")
