"""The comparison: what differs between runs, and by how much."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from playwright.sync_api import Locator, expect

from runwatch import Experiment, Run
from tests.e2e.studio.recorded import LOG, keep
from tests.e2e.studio.scene import Scene
from tests.e2e.studio.server import Served
from tests.e2e.studio.window import Window


def test_values_stand_side_by_side_with_their_distance(window: Callable[..., Window], scene: Scene) -> None:
    ids = ",".join(run.id for run in scene.runs[:3])
    seen = window()
    page = seen.open(f"compare?runs={ids}")
    lr = page.get_by_role("row", name="lr")
    expect(lr.get_by_role("cell")).to_have_text(["3e-4", "0.001+7e-4", "0.003+0.0027"])
    expect(page.get_by_role("rowheader", name="parameters", exact=True)).to_have_count(0)  # alike in all of them
    page.get_by_label("Differences only").uncheck()
    expect(page.get_by_role("row", name="parameters 11,689,512")).to_be_visible()
    page.get_by_label("Metric value").select_option("max")
    low = page.get_by_role("row", name="val/acc").get_by_role("cell").first
    assert 0.8 < float(low.inner_text().replace("★", "")) < 1
    best = page.get_by_role("row", name="val/acc").get_by_role("img", name="Best: the highest")
    expect(best).to_have_count(1)
    expect(page.get_by_role("row", name="lr").get_by_role("img")).to_have_count(0)
    where = page.get_by_role("navigation", name="Where you are")
    expect(where.get_by_role("link", name="resnet-sweep")).to_be_visible()
    page.get_by_role("button", name="Make dry-heron the baseline").click()
    expect(page.get_by_role("columnheader").first).to_contain_text("dry-heron")
    page.get_by_role("button", name="Take calm-owl out").click()
    expect(page.get_by_role("columnheader")).to_have_count(2)
    seen.picture("compare")


def test_what_is_not_there_is_said(window: Callable[..., Window], scene: Scene) -> None:
    page = window().open(f"compare?runs={scene.runs[0].id},no-such-run")
    expect(page.get_by_role("main")).to_contain_text("Not in the workspace: no-such-run")


def test_what_became_no_number_is_said_in_comparisons_and_summaries(
    window: Callable[..., Window], server: Served
) -> None:
    runs: list[Run] = []
    for name, last in (("nan", math.nan), ("down", -math.inf), ("none", None)):
        run = Experiment(server.workspace, "diverged").start_logging(display_name=name, outputs=False)
        run.log_param("seed", 1234567987 + len(runs))
        for value in () if last is None else (0.5, last):
            run.log("loss", value)
        keep(run, LOG, "".join(f"\x1b[31mepoch {number}\x1b[0m\n" for number in range(40)))
        run.complete()
        runs.append(run)
    seen = window()
    page = seen.open(f"compare?runs={','.join(run.id for run in runs)}")
    expect(page.get_by_role("row", name="loss").get_by_role("cell")).to_have_text(["NaN", "−∞", "–"])
    seeds = ["1,234,567,987", "1,234,567,988+1", "1,234,567,989+2"]
    expect(page.get_by_role("row", name="seed").get_by_role("cell")).to_have_text(seeds)
    page = seen.open(f"experiments/diverged?peek={runs[0].id}")
    peek = page.get_by_role("complementary", name="Summary of the run")
    expect(peek.get_by_role("row", name="loss").get_by_role("cell")).to_have_text(["NaN", "0.5000", "0.5000"])
    expect(peek.locator(".chart canvas")).to_have_count(1)
    expect(peek.locator(".log-end")).to_contain_text("epoch 39")
    expect(peek.locator(".log-end")).not_to_contain_text("epoch 27")
    assert seen.violations() == []
    seen.picture("peek")
    peek.get_by_role("link", name="End of the log").click()
    expect(page.locator('.log-line[data-line="39"]')).to_be_in_viewport()


def test_a_comparison_is_walked_by_keys(window: Callable[..., Window], scene: Scene) -> None:
    seen = window()
    page = seen.open(f"compare?runs={','.join(run.id for run in scene.runs[:3])}")

    def press(role: str, name: str) -> Locator:
        """Go there by Tab, as somebody without a mouse does."""
        to = page.get_by_role(role, name=name)  # type: ignore[arg-type]
        expect(to).to_be_visible()
        for _ in range(60):
            page.keyboard.press("Tab")
            if to.evaluate("element => element === document.activeElement"):
                return to
        raise AssertionError(f"the keyboard does not reach {name}")

    press("checkbox", "Differences only")
    page.keyboard.press("Space")
    expect(page.get_by_role("row", name="parameters 11,689,512")).to_be_visible()
    press("combobox", "Metric value")
    page.keyboard.press("ArrowDown")
    expect(page).to_have_url(re.compile("stat=min"))
    press("button", "Make dry-heron the baseline")
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader").first).to_contain_text("dry-heron")
    press("button", "Take calm-owl out")
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader")).to_have_count(2)
    assert seen.violations() == []
    for name in ("Parameters", "Charts", "Code", "Images"):
        tab = press("link", name)
        page.keyboard.press("Enter")
        expect(tab).to_have_attribute("aria-current", "page")


def test_numbers_stand_below_numbers_and_figures_are_worded(window: Callable[..., Window], server: Served) -> None:
    runs: list[Run] = []
    for name, epochs in (("long", 128), ("short", 156), ("none", None)):
        run = Experiment(server.workspace, "lengths").start_logging(display_name=name, outputs=False)
        if epochs is not None:
            run.log("epochs", epochs)
            run.log("loss", epochs / 1000)
        run.complete()
        runs.append(run)
    seen = window(locale="fr-FR")
    page = seen.open(f"compare?runs={','.join(run.id for run in runs)}")
    cells = page.get_by_role("row", name="epochs").get_by_role("cell")
    expect(cells).to_have_text(["128", "156+28", "–"])
    expect(cells.last).to_have_css("text-align", "right")
    expect(page.get_by_role("row", name="loss").get_by_role("cell").nth(1)).to_have_text("0,156+0,0280")
    expect(page.get_by_role("rowheader", name="Métriques · dernière")).to_be_visible()
    figures = page.get_by_label("Valeur des métriques")
    expect(figures.get_by_role("option")).to_have_text(["dernière", "min", "max", "moyenne", "première"])
    figures.select_option("mean")
    expect(page.get_by_role("rowheader", name="Métriques · moyenne")).to_be_visible()
    seen.picture("compare-french")
