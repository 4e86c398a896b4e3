"""The runs table: columns, order, filter, groups, choosing, keys, and what is done to chosen runs."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from runwatch import Experiment, Run
from runwatch.schema.run import Delete
from tests.e2e.studio.scene import HOSTILE, Scene
from tests.e2e.studio.server import Served
from tests.e2e.studio.window import Window

SWEEP = "experiments/resnet-sweep"


def shown(page: Page) -> None:
    """The table has rows."""
    page.locator(".grid .row a").first.wait_for()


def expect_runs(page: Page, *names: str) -> None:
    """The runs of the table, from its top, once it has stopped changing: a line is there before what it shows."""
    expect(page.locator(".grid .row .name a")).to_have_text(names)


def heads(page: Page) -> list[str]:
    """The titles of its columns."""
    page.locator(".grid .row a").first.wait_for()
    return [text.replace("\n", " ") for text in page.locator(".grid .head .title").all_inner_texts()]


def row(page: Page, name: str) -> Locator:
    """The line of a run."""
    return page.locator(".grid .row").filter(has=page.get_by_role("link", name=name, exact=True))


def test_last_min_and_max_of_a_metric_stand_beside_each_other(
    window: Callable[..., Window], server: Served, scene: Scene
) -> None:
    run = Experiment(server.workspace, "three-steps").start_logging(display_name="three", outputs=False)
    for value in (2.0, 0.5, 1.25):
        run.log("score", value)
    run.complete()
    page = window().open("experiments/three-steps")
    page.get_by_role("button", name="Columns").click()
    editor = page.get_by_role("dialog", name="Columns")
    metric = editor.get_by_role("group", name="score")
    expect(metric.get_by_role("checkbox", name="last")).to_be_checked()
    metric.get_by_role("checkbox", name="min").check()
    metric.get_by_role("checkbox", name="max").check()
    editor.get_by_role("button", name="Show").click()
    expect(page.get_by_role("columnheader", name="score max")).to_be_visible()
    assert heads(page)[4:7] == ["score last", "score min", "score max"]
    cells = row(page, "three").get_by_role("gridcell").all_inner_texts()
    assert cells[5:8] == ["1.250", "0.5000", "2"]
    expect(page).to_have_url(re.compile("score.last,score.min,score.max"))


def test_what_a_cell_rounds_is_told_under_the_pointer(
    window: Callable[..., Window], server: Served, scene: Scene
) -> None:
    run = Experiment(server.workspace, "rounded").start_logging(display_name="third", outputs=False)
    run.log("score", 1 / 3)
    run.log("lost", math.nan)
    run.complete()
    page = window().open("experiments/rounded?c=started,score.last,lost.last,status")
    cells = row(page, "third").get_by_role("gridcell")
    expect(cells.nth(3)).to_have_text("0.3333")
    for number, told in (
        (2, re.compile(r"\d{4}.*\d\d:\d\d:\d\d")),
        (3, str(1 / 3)),
        (4, "NaN"),
        (5, ""),
    ):
        cells.nth(number).hover()
        expect(cells.nth(number)).to_have_attribute("title", told)


def test_the_head_of_a_column_sorts_and_switches_its_figure(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open(f"{SWEEP}?c=status,val/acc.last,p.lr")
    page.get_by_role("columnheader", name="val/acc").get_by_role("button").first.click()
    expect(page.locator(".grid .row .name a").first).to_have_text("brave-fox")
    expect(page.get_by_role("columnheader", name="val/acc")).to_have_attribute("aria-sort", "descending")
    page.get_by_role("button", name="Column val/acc").press("Enter")
    page.get_by_role("menuitemcheckbox", name="min", exact=True).click()
    expect(page).to_have_url(
        re.compile(r"s=-val/acc\.min&c=status,val/acc\.min,p\.lr|c=status,val/acc\.min,p\.lr&s=-val/acc\.min")
    )
    page.keyboard.press("Control+z")
    expect(page).to_have_url(re.compile(r"val/acc\.last"))


def test_runs_are_found_by_the_filter_and_a_mistake_is_shown_where_it_is(
    window: Callable[..., Window], scene: Scene
) -> None:
    seen = window()
    page = seen.open(SWEEP)
    shown(page)
    page.keyboard.press("/")
    page.keyboard.type('metrics.val/acc.last > 0.85 and tags.owner = "vision"')
    page.keyboard.press("Enter")
    expect(page.locator(".grid .row")).to_have_count(2)
    expect_runs(page, "keen-lynx", "calm-owl")
    field = page.get_by_role("combobox", name="Filter")
    field.fill("metrics.val/acc.mim < 0.3")
    field.press("Enter")
    expect(page.locator("#filter-failure")).to_contain_text("mim")
    expect(page.locator(".shade .wrong")).to_have_text("mim")
    expect_runs(page, "keen-lynx", "calm-owl")  # what was there stays, and is pale
    expect(page.locator(".lines")).to_have_css("opacity", "0.35")
    save = page.get_by_role("button", name="Download CSV")
    expect(page.locator(".filter .total")).to_have_text("")
    expect(page.locator(".foot")).not_to_contain_text("2 runs")
    expect(save).to_be_disabled()
    seen.picture("filter-wrong")
    page.locator(".grid").focus()  # what is below is not covered any more, and the foot says what is wrong
    expect(page.locator("#filter-failure")).to_be_hidden()
    expect(page.locator(".foot")).to_contain_text("mim")
    seen.excuse("400 ", "/runs:")
    field.press("Escape")
    expect(page.locator(".grid .row")).to_have_count(9)
    expect(page.locator(".lines")).to_have_css("opacity", "1")
    expect(page.locator(".filter .total")).to_have_text("9 runs")
    expect(save).to_be_enabled()


def test_a_link_with_a_filter_that_cannot_be_read_says_so(window: Callable[..., Window], scene: Scene) -> None:
    seen = window()
    seen.excuse("400 ", "/runs:")
    page = seen.open(f"{SWEEP}?q=metrics.loss.mim < 3")
    expect(page.locator(".runs .over")).to_contain_text("Did you mean min?")
    expect(page.get_by_role("button", name="Download CSV")).to_be_disabled()
    page = seen.open(f"{SWEEP}?tab=charts&q=metrics.loss.mim < 3")
    expect(page.locator("#filter-failure")).to_contain_text("Did you mean min?")


def test_no_digit_of_a_number_is_cut_in_the_summary(
    window: Callable[..., Window], server: Served, scene: Scene
) -> None:
    run = Experiment(server.workspace, "large").start_logging(display_name="large", outputs=False)
    run.log("params_total", 11_689_512)
    run.log("a rather long name of a metric/loss", -123.4567)
    run.complete()
    seen = window()
    page = seen.open("experiments/large")
    shown(page)
    page.keyboard.press("j")
    page.keyboard.press(" ")
    cells = page.locator(".peek .figures td.num")
    expect(page.locator(".peek .figures")).to_contain_text("11,689,512")
    expect(cells.nth(5)).to_be_attached()  # and more come where the machine was measured meanwhile
    for cell in cells.all():
        assert cell.evaluate("each => each.scrollWidth <= each.clientWidth")
    assert page.locator(".peek").evaluate("each => each.scrollWidth <= each.clientWidth")
    seen.picture("summary-large")


def test_the_filter_offers_names_that_runs_use(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open(SWEEP)
    shown(page)
    field = page.get_by_role("combobox", name="Filter")
    field.press_sequentially("par")
    field.press("ArrowDown")
    field.press("Enter")
    field.press_sequentially("opt")
    page.get_by_role("option", name="params.optimizer").click()
    field.press_sequentially("= adam")
    field.press("Enter")
    expect(page.locator(".grid .row")).to_have_count(4)


def test_chosen_runs_are_compared(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open(SWEEP)
    shown(page)
    row(page, "calm-owl").get_by_role("checkbox").check()
    row(page, "brave-fox").get_by_role("checkbox").check()
    expect(page.locator(".foot")).to_contain_text("2 chosen")
    page.get_by_role("button", name="Compare").click()
    expect(page).to_have_url(re.compile(f"compare\\?runs={scene.runs[1].id},{scene.runs[0].id}"))


def test_children_fold_out_below_their_parent(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open(SWEEP)
    shown(page)
    row(page, "calm-owl").get_by_role("button", name="3 children").click()
    below = ["calm-owl", "fold-0", "fold-1", "fold-2", "brave-fox"]
    above = [run.display_name for run in (*scene.runs[2:], scene.failed)]
    expect_runs(page, *reversed(above), *below)


def test_child_runs_that_match_are_told_of_and_shown(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open(f"{SWEEP}?q=name ~ fold")
    expect(page.get_by_text("3 child runs match")).to_be_visible()
    page.get_by_role("button", name="Show child runs").click()
    expect_runs(page, "fold-2", "fold-1", "fold-0")
    page = window().open(f'{SWEEP}?q=name ~ "ow" or name ~ "fold-1"')
    expect_runs(page, "slow-ibex", "calm-owl")
    page.get_by_role("button", name="1 child run matches").click()
    expect_runs(page, "fold-1", "slow-ibex", "calm-owl")


def test_the_name_of_a_run_stays_in_sight(window: Callable[..., Window], scene: Scene) -> None:
    columns = ",".join(f"val/acc.{stat}" for stat in ("last", "min", "max", "mean", "first", "count"))
    page = window(viewport={"width": 800, "height": 700}).open(f"{SWEEP}?c=status,started,duration,{columns}")
    shown(page)
    page.get_by_role("grid").evaluate("grid => { grid.scrollLeft = 400; }")
    expect(row(page, "grey-wren").get_by_role("link")).to_be_in_viewport(ratio=1)
    row(page, "grey-wren").get_by_role("link").click()
    expect(page).to_have_url(re.compile(f"/runs/{scene.failed.id}"))


def test_runs_are_grouped_by_a_parameter(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open(f"{SWEEP}?c=val/acc.max,p.lr")
    shown(page)
    page.get_by_role("button", name="Group by").click()
    page.get_by_role("menuitemcheckbox", name="optimizer").click()
    groups = page.locator(".grid .row.group")
    expect(groups).to_have_count(3)  # adam, sgd, and the run that failed before it had one
    expect(groups.first).to_contain_text("optimizer = adam")
    expect(groups.first).to_contain_text("4 runs")
    expect(groups.first).to_contain_text("±")
    page.get_by_role("button", name="Group by").click()
    page.get_by_role("menuitemcheckbox", name="median").click()
    expect(groups.first).not_to_contain_text("±")
    groups.first.click()
    expect(page.locator(".grid .row")).to_have_count(7)
    expect(row(page, "calm-owl")).to_be_visible()


def test_groups_stand_in_the_order_that_the_head_says(
    window: Callable[..., Window], server: Served, scene: Scene
) -> None:
    losses = {"0.1": (3, 1), "0.01": (5, 6), "1": (0, 0.5), "10": ()}
    for lr, measured in losses.items():
        for number in range(2):
            run = Experiment(server.workspace, "ordered").start_logging(outputs=False)
            run.log_param("lr", float(lr))
            if measured:
                run.log("loss", measured[number])
            run.complete()
    page = window().open("experiments/ordered?c=status,loss.min,p.lr&g=p.lr")
    groups = page.locator(".grid .row.group .strong")
    expect(groups).to_have_text(["lr = 0.01", "lr = 0.1", "lr = 1", "lr = 10"])
    loss = page.get_by_role("columnheader", name="loss")
    loss.locator("button.title").click()
    expect(groups).to_have_text(["lr = 1", "lr = 0.1", "lr = 0.01", "lr = 10"])
    expect(loss).to_have_attribute("aria-sort", "ascending")
    groups.first.click()
    loss.locator("button.title").click()
    expect(groups).to_have_text(["lr = 0.01", "lr = 0.1", "lr = 1", "lr = 10"])  # without a figure last both ways
    page.get_by_role("columnheader", name="lr").locator("button.title").click()
    expect(groups).to_have_text(["lr = 0.01", "lr = 0.1", "lr = 1", "lr = 10"])
    page.get_by_role("columnheader", name="lr").locator("button.title").click()
    expect(groups).to_have_text(["lr = 10", "lr = 1", "lr = 0.1", "lr = 0.01"])
    # A column that shows nothing of groups cannot order them, and says nothing else.
    page = window().open("experiments/ordered?c=status,loss.min,p.lr&g=p.lr&s=status")
    expect(groups).to_have_count(4)
    status = page.get_by_role("columnheader", name="Status")
    expect(status.locator("button.title")).to_have_count(0)
    expect(page.locator(".grid [aria-sort]")).to_have_count(0)


def test_the_keyboard_alone_is_enough(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open(SWEEP)
    shown(page)
    page.keyboard.press("j")
    grid = page.get_by_role("grid")
    expect(grid).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("x")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator(".foot")).to_contain_text("3 chosen")
    page.keyboard.press("Space")
    expect(page.get_by_role("complementary", name="Summary of the run")).to_contain_text("warm-mole")
    page.keyboard.press("j")
    expect(page.get_by_role("complementary", name="Summary of the run")).to_contain_text("slow-ibex")
    page.keyboard.press("k")
    page.keyboard.press("Space")
    expect(page.get_by_role("complementary", name="Summary of the run")).to_have_count(0)
    page.keyboard.press("Shift+c")
    expect(page.locator(".foot")).not_to_contain_text("chosen")
    page.keyboard.press("e")
    expect(row(page, "warm-mole").get_by_role("button", name="Show in charts")).to_have_attribute(
        "aria-pressed", "false"
    )
    page.keyboard.press("End")
    expect(grid).to_have_attribute("aria-activedescendant", "line-8")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/runs/{scene.runs[0].id}"))


def test_menus_and_dialogs_need_no_mouse(window: Callable[..., Window], server: Served, scene: Scene) -> None:
    made(server, "by-keys", 3)
    page = window().open("experiments/by-keys?c=status,p.alpha")
    shown(page)
    focused = page.locator(":focus")
    # A menu: letters and arrows find, Escape leaves it, and the focus goes back.
    page.get_by_role("button", name="Group by").press("Enter")
    expect(focused).to_contain_text("Not grouped")
    alpha = page.get_by_role("menuitemcheckbox", name="alpha")
    expect(alpha).to_be_visible()  # what can be grouped by is asked for when the menu opens
    page.keyboard.press("End")
    page.keyboard.press("ArrowDown")
    expect(focused).to_contain_text("Not grouped")
    page.keyboard.press("a")
    expect(focused).to_contain_text("alpha")
    page.keyboard.press("Escape")
    expect(focused).to_have_text("Group by▾")
    page.keyboard.press("Enter")
    expect(alpha).to_be_visible()
    page.keyboard.press("a")
    expect(focused).to_contain_text("alpha")
    page.keyboard.press("Enter")
    expect(page.locator(".grid .row.group")).to_have_count(3)
    page.keyboard.press("Control+z")
    expect_runs(page, "run-2", "run-1", "run-0")
    # The columns: a figure more, one to the left, and shown.
    page.get_by_role("button", name="Columns", exact=True).press("Enter")
    editor = page.get_by_role("dialog", name="Columns")
    editor.get_by_role("searchbox").press_sequentially("loss")
    editor.get_by_role("group", name="loss").get_by_role("checkbox", name="max").press("Space")
    editor.get_by_role("button", name="Move alpha to the left").press("Enter")
    editor.get_by_role("button", name="Show", exact=True).press("Enter")
    expect(page).to_have_url(re.compile(r"c=p\.alpha,status,loss\.max"))
    # What is done to chosen runs: Escape does nothing, Enter on its button does it.
    page.keyboard.press("x")
    page.get_by_role("button", name="Delete", exact=True).press("Enter")
    dialog = page.get_by_role("dialog", name="Delete 1 run?")
    expect(dialog.get_by_role("listitem")).to_have_text(["run-2"])
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator(".foot")).to_contain_text("1 chosen")
    page.get_by_role("button", name="Delete", exact=True).press("Enter")
    expect(dialog.get_by_role("listitem")).to_have_text(["run-2"])  # open, so that Tab stays in it
    for _ in range(3):  # past the cross and what takes it back
        page.keyboard.press("Tab")
        if focused.inner_text() == "Delete":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("This run was deleted.")).to_be_visible()


def test_a_group_is_found_by_name_where_the_menu_has_no_room(
    window: Callable[..., Window], server: Served, scene: Scene
) -> None:
    run = Experiment(server.workspace, "many-params").start_logging(display_name="one", outputs=False)
    for number in range(30):
        run.log_param(f"param-{number:02}", number)
    run.complete()
    page = window().open("experiments/many-params?c=status")
    shown(page)
    page.get_by_role("button", name="Group by").click()
    expect(page.get_by_role("menuitemcheckbox", name="param-14")).to_be_visible()
    expect(page.get_by_role("menuitemcheckbox", name="param-27")).to_have_count(0)
    page.get_by_role("menuitem", name="Search by name").click()
    dialog = page.get_by_role("dialog", name="Group by")
    dialog.get_by_role("searchbox").fill("nothing like it")
    expect(dialog).to_contain_text("Nothing of that name.")
    dialog.get_by_role("searchbox").fill("27")
    dialog.get_by_role("button", name="param-27").click()
    expect(page.locator(".grid .row.group")).to_contain_text("param-27 = 27")


def test_what_changes_is_seen_where_it_stands_and_new_runs_wait(
    window: Callable[..., Window], server: Served, scene: Scene
) -> None:
    experiment = Experiment(server.workspace, "growing")
    first = experiment.start_logging(display_name="first", outputs=False)
    page = window().open("experiments/growing?c=status,loss.last")
    expect(row(page, "first")).to_contain_text("Running")
    first.log("loss", 0.5)
    first.flush()
    expect(row(page, "first")).to_contain_text("0.5000")
    first.complete()
    expect(row(page, "first")).to_contain_text("Completed")
    experiment.start_logging(display_name="second", outputs=False).complete()
    page.get_by_role("button", name="1 new run").click()
    expect(row(page, "second")).to_be_visible()
    expect_runs(page, "second", "first")


def made(server: Served, experiment: str, count: int) -> list[Run]:
    """Ended runs."""
    runs = []
    for number in range(count):
        run = Experiment(server.workspace, experiment).start_logging(display_name=f"run-{number}", outputs=False)
        run.log("loss", number / 4)
        run.log_param("alpha", number)
        run.complete()
        runs.append(run)
    return runs


def test_a_table_says_that_it_changed_and_waits_until_it_may(
    window: Callable[..., Window], server: Served, scene: Scene
) -> None:
    runs = made(server, "changing", 3)
    page = window().open("experiments/changing?q=not tags.done")
    expect_runs(page, "run-2", "run-1", "run-0")
    runs[1].tag("done")
    changed = page.get_by_role("button", name="The list has changed")
    expect(changed).to_be_visible()
    expect(page.locator(".foot")).to_contain_text("2 runs")
    expect_runs(page, "run-2", "run-1", "run-0")
    changed.click()
    expect_runs(page, "run-2", "run-0")
    expect(changed).to_have_count(0)
    row(page, "run-2").get_by_role("checkbox").check()
    expect(page.locator(".foot")).to_contain_text("1 chosen")
    server.workspace.store.runs.delete(Delete(run_ids=(runs[2].id,)))
    Experiment(server.workspace, "changing").start_logging(display_name="run-3", outputs=False).complete()
    expect(changed).to_be_visible()
    expect(page.locator(".foot")).not_to_contain_text("chosen")
    changed.click()
    expect_runs(page, "run-3", "run-0")


def test_a_run_comes_into_an_empty_table_once_its_metrics_match(
    window: Callable[..., Window], server: Served, scene: Scene
) -> None:
    run = Experiment(server.workspace, "rising").start_logging(display_name="riser", outputs=False)
    run.log("loss", 1.0)
    run.flush()
    page = window().open("experiments/rising?q=metrics.loss.last > 100")
    expect(page.get_by_text("No run matches.")).to_be_visible()
    run.log("loss", 500.0)
    run.flush()
    expect_runs(page, "riser")
    run.complete()


def test_chosen_runs_are_tagged_archived_and_deleted(
    window: Callable[..., Window], server: Served, scene: Scene
) -> None:
    made(server, "handled", 3)
    page = window().open("experiments/handled")
    shown(page)
    page.get_by_role("checkbox", name="Choose all runs").check()
    page.get_by_role("button", name="Tag", exact=True).click()
    page.get_by_role("textbox", name="Name").or_(page.get_by_role("combobox", name="Name")).fill("checked")
    page.get_by_role("textbox", name="Value").fill("yes")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".grid .tag", has_text="checked: yes")).to_have_count(3)
    page.get_by_role("checkbox", name="run-0", exact=True).uncheck()
    page.get_by_role("checkbox", name="run-1", exact=True).uncheck()
    page.get_by_role("button", name="Archive").click()
    page.get_by_role("dialog", name="Archive 1 run?").get_by_role("button", name="Archive").click()
    expect(page.get_by_role("status").filter(has_text="Archived")).to_be_visible()
    page.reload()
    expect_runs(page, "run-1", "run-0")
    page.keyboard.press("Shift+c")
    page.get_by_role("checkbox", name="run-1", exact=True).check()
    page.get_by_role("button", name="Delete", exact=True).click()
    dialog = page.get_by_role("dialog", name="Delete 1 run?")
    expect(dialog).to_contain_text("children are deleted too")
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("This run was deleted.")).to_be_visible()
    page.reload()
    expect_runs(page, "run-0")


def test_what_is_chosen_and_not_shown_is_told_before_anything_is_done_to_it(
    window: Callable[..., Window], server: Served, scene: Scene
) -> None:
    made(server, "chosen-apart", 4)
    page = window().open("experiments/chosen-apart")
    shown(page)
    for name in ("run-0", "run-1"):
        page.get_by_role("checkbox", name=name, exact=True).check()
    field = page.get_by_role("combobox", name="Filter")
    field.fill("metrics.loss > 0.3")
    field.press("Enter")
    expect_runs(page, "run-3", "run-2")
    foot = page.locator(".foot")
    expect(foot).to_contain_text("2 chosen, 2 not shown")
    everything = page.get_by_role("checkbox", name="Choose all runs")
    expect(everything).not_to_be_checked()
    page.get_by_role("button", name="Delete", exact=True).click()
    meant = page.get_by_role("dialog", name="Delete 2 runs?").get_by_role("listitem")
    expect(meant).to_have_text(["run-0 not shown in the table", "run-1 not shown in the table"])
    page.keyboard.press("Escape")
    everything.check()
    expect(foot).to_contain_text("4 chosen, 2 not shown")
    foot.get_by_role("button", name="Drop those not shown").click()
    expect(foot).to_contain_text("2 chosen")
    expect(foot).not_to_contain_text("not shown")
    expect(everything).to_be_checked()
    page.get_by_role("checkbox", name="run-3", exact=True).uncheck()
    expect(everything).to_have_js_property("indeterminate", value=True)
    field.fill("name ~ run-0")
    field.press("Enter")
    expect_runs(page, "run-0")
    foot.get_by_role("button", name="Show what is chosen").click()
    expect_runs(page, "run-2")
    page.get_by_role("button", name="Delete", exact=True).click()
    dialog = page.get_by_role("dialog", name="Delete 1 run?")
    expect(dialog.get_by_role("listitem")).to_have_text(["run-2"])
    dialog.get_by_role("button", name="Delete").click()
    expect(foot).not_to_contain_text("chosen")


def test_running_ones_are_stopped_and_only_these(window: Callable[..., Window], server: Served, scene: Scene) -> None:
    experiment = Experiment(server.workspace, "ended-early")
    experiment.start_logging(display_name="done", outputs=False).complete()
    run = experiment.start_logging(display_name="long", outputs=False)
    page = window().open("experiments/ended-early")
    foot = page.locator(".foot")
    expect(row(page, "long")).to_be_visible()
    expect(foot.get_by_role("button", name="More")).to_have_count(0)  # nothing is chosen that it could be about
    row(page, "done").get_by_role("checkbox").check()
    expect(foot.get_by_role("button", name="Archive")).to_be_visible()
    expect(foot.get_by_role("button", name="Stop runs")).to_have_count(0)
    row(page, "long").get_by_role("checkbox").check()
    expect(foot.get_by_role("button", name="Stop runs")).to_be_visible()
    labels = [text.split()[0] for text in foot.get_by_role("button").all_inner_texts()]
    assert labels == ["Compare", "Stop", "Tag", "Archive", "Delete", "Download", "…"]
    foot.get_by_role("button", name="Stop runs").click()
    dialog = page.get_by_role("dialog", name="Stop 1 run?")
    expect(dialog.get_by_role("listitem")).to_have_text(["long"])
    dialog.get_by_role("button", name="Keep it running").click()
    expect(dialog).to_have_count(0)
    foot.get_by_role("button", name="Stop runs").click()
    dialog.get_by_role("button", name="Stop runs").click()
    expect(row(page, "long")).to_contain_text("Canceled")
    expect(foot.get_by_role("button", name="Stop runs")).to_have_count(0)
    assert run.get_status() == "Canceled"


def test_children_of_parents_that_measured_nothing_have_rows_of_their_own(
    window: Callable[..., Window], server: Served, scene: Scene
) -> None:
    parent = Experiment(server.workspace, "rates").start_logging(display_name="parent", outputs=False)
    for rate in (0.1, 0.2):
        child = parent.child_run(name=f"rate-{rate}")
        child.log_param("rate", rate)
        child.log_param("epochs", 3)
        child.log("mse", rate)
        child.complete()
    parent.log_row("Rates", rate=0.1, mse=0.1)
    parent.complete()
    page = window().open("experiments/rates")
    expect_runs(page, "rate-0.2", "rate-0.1", "parent")
    assert heads(page) == ["Run", "Status", "Started", "Duration", "mse last", "rate", "Tags"]
    expect(page.locator(".foot")).to_contain_text("3 runs")
    expect(page.get_by_role("link", name="Runs 3")).to_be_visible()  # the tab says what the table does
    switch = page.get_by_role("button", name="Child runs")
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.click()
    expect_runs(page, "parent")
    expect(page.get_by_role("link", name="Runs 1")).to_be_visible()
    expect(page).to_have_url(re.compile("flat=0"))
    page.get_by_role("link", name="Images").click()
    expect(page.get_by_role("main")).to_contain_text("2 child runs are folded away.")
    page.get_by_role("button", name="Show child runs").click()
    expect(page.get_by_text("folded away")).to_have_count(0)
    expect(switch).to_have_attribute("aria-pressed", "true")
    assert "flat" not in page.url


def test_child_runs_are_a_switch_where_there_are_any(window: Callable[..., Window], scene: Scene) -> None:
    seen = window()
    page = seen.open(SWEEP)
    shown(page)
    switch = page.locator(".bar").get_by_role("button", name="Child runs")
    expect(switch).to_have_attribute("aria-pressed", "false")
    switch.click()
    expect(page.locator(".grid .row")).to_have_count(12)
    page = seen.open("experiments/page")
    shown(page)
    expect(switch).to_have_count(0)


def test_charts_that_have_nothing_to_show_say_what_is_folded_away(
    window: Callable[..., Window], server: Served, scene: Scene
) -> None:
    parent = Experiment(server.workspace, "bare").start_logging(display_name="bare", outputs=False)
    parent.child_run(name="below").log("loss", 1)
    parent.complete()
    page = window().open("experiments/bare?flat=0&tab=charts")
    expect(page.get_by_text("1 child run is folded away.")).to_be_visible()
    page.get_by_role("button", name="Show child runs").click()
    expect(page.locator("figure").first).to_contain_text("loss")
    expect(page.get_by_text("folded away")).to_have_count(0)


def test_an_order_that_no_column_shows_is_told_and_ended(window: Callable[..., Window], scene: Scene) -> None:
    seen = window()
    page = seen.open(f"{SWEEP}?s=-val/loss.min&c=status,val/acc.last")
    expect(page.locator(".grid .row .name a").first).to_have_text("bold-crane")
    told = page.get_by_role("button", name="Sorted by val/loss min")
    expect(told).to_contain_text("↓")
    told.click()
    expect(page.locator(".grid .row .name a").first).to_have_text("grey-wren")
    expect(told).to_have_count(0)
    page = seen.open(f"{SWEEP}?s=-val/loss.min&c=status,val/loss.min")
    expect(page.get_by_role("columnheader", name="val/loss")).to_have_attribute("aria-sort", "descending")
    expect(told).to_have_count(0)


def test_titles_are_whole_where_there_is_room_and_their_menu_covers_nothing(
    window: Callable[..., Window], server: Served, scene: Scene
) -> None:
    name = "a rather long name of a metric that takes some room"
    run = Experiment(server.workspace, "long-titles").start_logging(display_name="one", outputs=False)
    for metric in ("accuracy", "momentum", name):
        run.log(metric, 1)
    run.complete()
    for locale in ("en-GB", "fr-FR"):
        columns = f"status,accuracy.mean,momentum.min_step,{name}.min_step"
        page = window(locale=locale).open(f"experiments/long-titles?c={columns}&s=-accuracy.mean")
        shown(page)
        titles = page.locator(".grid .head .title .cut")
        expect(titles).to_have_count(5)
        for number in range(5):
            expect(titles.nth(number)).to_have_js_property(
                "scrollWidth", titles.nth(number).evaluate("each => each.clientWidth")
            )
        for number in range(1, 5):
            head = page.locator(".grid .head [role=columnheader]").nth(number + 1)
            head.hover()
            title, menu = head.locator(".title").bounding_box(), head.locator(".tiny").bounding_box()
            assert title is not None
            assert menu is not None
            assert title["x"] + title["width"] <= menu["x"]


def test_the_free_part_of_a_head_sorts_too(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open(f"{SWEEP}?c=status,val/acc.last")
    shown(page)
    for name, place in (("Status", 80), ("val/acc", 12)):
        head = page.get_by_role("columnheader", name=name)
        head.click(position={"x": place, "y": 15})
        expect(head).to_have_attribute("aria-sort", re.compile("ending"))


def test_texts_stand_at_the_left_and_numbers_at_the_right(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open(f"{SWEEP}?c=p.optimizer,p.lr,val/acc.last")
    cells = row(page, "calm-owl").get_by_role("gridcell")
    expect(cells.nth(2)).to_have_text("adam")
    for number, side in ((2, "start"), (3, "right"), (4, "right")):
        expect(cells.nth(number)).to_have_css("text-align", side)
    head = page.get_by_role("columnheader", name="optimizer")
    assert "num" not in (head.get_attribute("class") or "")


def test_the_ring_of_a_row_is_whole(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open(SWEEP)
    shown(page)
    page.keyboard.press("j")
    line = page.locator(".grid .row.active")
    expect(line).to_be_visible()
    ring = line.evaluate(
        "each => { const {outlineStyle, position, left, zIndex} = getComputedStyle(each, '::after');"
        " return [outlineStyle, position, left, zIndex]; }"
    )
    assert ring == ["solid", "absolute", "0px", "2"]  # above the cells that stay in sight, from the first pixel on
    assert line.locator(".box").evaluate("each => getComputedStyle(each).zIndex") == "1"


def test_results_come_first_among_the_columns_to_choose(
    window: Callable[..., Window], server: Served, scene: Scene
) -> None:
    run = Experiment(server.workspace, "to-choose").start_logging(display_name="one", outputs=False)
    for metric in ("system/cpu", "Sigmoid", "accuracy"):
        run.log(metric, 1)
    run.log_confusion_matrix(
        "matrix", {"schema_type": "confusion_matrix", "schema_version": "v1",
                   "data": {"class_labels": ["a", "b"], "matrix": [[1, 0], [0, 1]]}},
    )  # fmt: skip
    run.complete()
    page = window().open("experiments/to-choose")
    shown(page)
    page.get_by_role("button", name="Columns", exact=True).click()
    metrics = page.get_by_role("dialog", name="Columns").locator("legend")
    expect(metrics.first).to_have_text("accuracy")
    found = metrics.all_inner_texts()
    assert found[1] == "Sigmoid"
    assert found[2:]
    assert all(name.startswith("system/") for name in found[2:])  # and no matrix, of which there is no figure


def test_the_dialog_of_tags_names_the_runs_that_are_not_shown(
    window: Callable[..., Window], server: Served, scene: Scene
) -> None:
    page = window(locale="fr-FR").open(f"{SWEEP}?sel={scene.runs[0].id},{scene.runs[1].id}&q=name ~ owl")
    expect(page.locator(".foot")).to_contain_text("1 hors du tableau")
    page.get_by_role("button", name="Étiqueter").click()
    expect(page.get_by_role("dialog").get_by_role("listitem")).to_have_text(["brave-fox hors du tableau", "calm-owl"])


def test_what_is_told_of_a_group_is_in_the_reader_s_language(window: Callable[..., Window], scene: Scene) -> None:
    page = window(locale="fr-FR").open(f"{SWEEP}?c=val/acc.max&g=p.optimizer")
    told = page.locator(".grid .row.group [aria-colindex='3'] [title]").first
    expect(told).to_have_attribute("title", re.compile("moyenne .*écart type .*médiane"))


def saved(page: Page) -> list[list[str]]:
    """The lines of the table's file."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download CSV").click()
    with open(waiting.value.path(), encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_the_table_is_saved_as_csv(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open(f"{SWEEP}?c=status,val/acc.max,p.lr&s=-val/acc.max")
    shown(page)
    lines = saved(page)
    assert lines[0] == ["run_id", "name", "status", "val/acc.max", "p.lr"]
    assert [line[1] for line in lines[1:3]] == ["brave-fox", "calm-owl"]
    assert float(lines[1][3]) == max(scene.runs[0].get_metrics("val/acc")["val/acc"])
    assert len(lines) == 10
    expect(page.get_by_role("status").filter(has_text="9 runs (all that match)")).to_be_visible()
    for name in ("pale-finch", "calm-owl"):
        row(page, name).get_by_role("checkbox").check()
    assert [line[1] for line in saved(page)[1:]] == ["calm-owl", "pale-finch"]  # in the table's order
    expect(page.get_by_role("status").filter(has_text="2 runs (what is chosen)")).to_be_visible()


def test_groups_are_saved_as_they_are_shown(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open(f"{SWEEP}?c=status,val/acc.max&g=p.optimizer&agg=min-max")
    expect(page.locator(".grid .row.group")).to_have_count(3)
    lines = saved(page)
    assert lines[0] == ["p.optimizer", "runs", "val/acc.max min", "val/acc.max max", "val/acc.max n"]
    assert [(line[0], line[1], line[4]) for line in lines[1:]] == [
        ("adam", "4", "4"),
        ("sgd", "4", "4"),
        ("", "1", "0"),
    ]
    assert float(lines[1][3]) >= float(lines[1][2]) > 0


def test_what_is_no_number_and_what_is_infinite_is_shown_grouped_and_saved_as_it_is(
    window: Callable[..., Window], server: Served, scene: Scene
) -> None:
    experiment = Experiment(server.workspace, "beyond")
    for name, opt, value in (
        ("above", "adam", math.inf), ("below", "rms", -math.inf), ("none", "sgd", math.nan), ("half", "sgd", 0.5),
        ("lacking", "adam", None),
    ):  # fmt: skip
        run = experiment.start_logging(display_name=name, outputs=False)
        run.log_param("opt", opt)
        if value is not None:
            run.log("score", value)
        run.complete()
    page = window().open("experiments/beyond?c=score.last,p.opt&s=score.last")
    expect_runs(page, "below", "half", "above", "lacking", "none")  # what is no number has no place: it comes last
    column = page.locator(".grid .row [aria-colindex='3']")
    expect(column).to_have_text(["−∞", "0.5000", "∞", "–", "NaN"])
    page.get_by_role("columnheader", name="score").get_by_role("button").first.click()
    expect(page.get_by_role("columnheader", name="score")).to_have_attribute("aria-sort", "descending")
    expect_runs(page, "above", "half", "below", "lacking", "none")
    assert [line[2] for line in saved(page)[1:]] == ["Infinity", "0.5", "-Infinity", "", "NaN"]
    page.get_by_role("button", name="Group by").click()
    page.get_by_role("menuitemcheckbox", name="opt Parameters").click()
    groups = page.locator(".grid .row.group [aria-colindex='3']")
    expect(groups).to_have_text(["∞ n 1 of 2", "0.5000 n 1 of 2", "−∞"])
    assert [line[2] for line in saved(page)[1:]] == ["Infinity", "0.5", "-Infinity"]


def test_hostile_texts_are_shown_as_texts(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open("experiments/hostile")
    expect(page.locator(".grid .row .name a")).to_have_text(HOSTILE)
    expect(page.get_by_role("columnheader", name="<u>loss</u>")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Space")
    expect(page.get_by_role("complementary")).to_contain_text("<i>param</i>")
    page.get_by_role("button", name="Columns").click()
    expect(page.get_by_role("dialog").get_by_text("<b>tag</b>").first).to_be_visible()
    assert "broken in" not in page.title()


def test_a_narrow_window_has_it_all(window: Callable[..., Window], scene: Scene) -> None:
    seen = window(viewport={"width": 320, "height": 640})
    page = seen.open(SWEEP)
    shown(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for name in ("Status", "Group by", "Columns"):
        expect(page.locator(".bar").get_by_role("button", name=name)).to_be_in_viewport()
    row(page, "grey-wren").get_by_role("checkbox").check()
    expect(page.get_by_role("button", name="Compare")).to_be_in_viewport()
    page.mouse.move(0, 0)  # what is under the pointer stands out, and the rest is faded
    assert seen.violations() == []
