"""The charts of a run: what was logged is drawn by its kind, pointed at, zoomed, followed, heard and saved."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from runwatch import Experiment
from tests.e2e.studio.chart import choose, drag, metrics_of, panel, plot, point_at, text_of
from tests.e2e.studio.scene import FIBONACCI, Scene
from tests.e2e.studio.server import Served
from tests.e2e.studio.window import AXE, Window

COLOURED = """canvas => {
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let found = 0;
  for (let at = 0; at < data.length; at += 4) {
    const [r, g, b, a] = data.slice(at, at + 4);
    if (a > 200 && Math.max(r, g, b) - Math.min(r, g, b) > 60) found += 1;
  }
  return found;
}"""
"""How many pixels have a colour: axes and grid are grey, lines are not."""


@pytest.fixture
def shown(window: Callable[..., Window], scene: Scene) -> Page:
    return metrics_of(window(), scene.page.id)


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("Fibonacci", "12 values"),
        ("Sigmoid", "20 values"),
        ("Cosine Wave", "angle → cos · 20 values"),
        ("Sine Wave", "angle → sine · 20 values"),
    ],
)
def test_chart_type_follows_the_call(shown: Page, name: str, note: str) -> None:  # S14
    expect(plot(shown, name)).to_have_attribute("aria-label", re.compile(f"^Line chart, {name}, 1 run"))
    expect(panel(shown, name).locator(".chart-note")).to_have_text(note)
    shown.wait_for_function(
        f"([element]) => ({COLOURED})(element) > 200", arg=[plot(shown, name).locator("canvas").element_handle()]
    )


def test_two_variable_line_is_drawn_over_its_first_column(shown: Page) -> None:
    expect(plot(shown, "Cosine Wave")).to_have_attribute("aria-label", re.compile("angle -5 to 4.5"))
    tip = point_at(shown, "Cosine Wave", 10 / 19)
    expect(tip).to_contain_text("angle 0")
    expect(tip.locator(".num")).to_have_text("1")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_speaks_french(window: Callable[..., Window], scene: Scene, scheme: str) -> None:
    opened = window(locale="fr-FR", color_scheme=scheme)
    page = metrics_of(opened, scene.page.id)
    expect(panel(page, "Sigmoid").locator(".chart-note")).to_have_text("20 valeurs")
    tip = point_at(page, "Sigmoid", 10 / 19)
    expect(tip).to_contain_text("pas 10")
    expect(tip).to_contain_text("0,5")
    opened.picture(f"charts-fr-{scheme}")


def test_values_are_read_with_the_keyboard(shown: Page) -> None:
    chart = plot(shown, "Fibonacci")
    chart.focus()
    said = chart.locator("[aria-live]")
    for key, value in [("Home", "0"), ("End", "89"), ("ArrowLeft", "55"), ("Shift+ArrowLeft", "0")]:
        shown.keyboard.press(key)
        expect(said).to_have_text(re.compile(rf"^step \d+: .* {value}$"))
    shown.keyboard.press("Enter")
    table = shown.get_by_role("dialog").get_by_role("table")
    expect(table.locator("tbody tr")).to_have_count(len(FIBONACCI))


def test_nothing_is_told_of_points_while_a_part_is_marked(window: Callable[..., Window], scene: Scene) -> None:
    page = metrics_of(window(), scene.runs[0].id)
    tip = point_at(page, "train/loss", 0.25)
    expect(tip).to_be_visible()
    page.mouse.down()
    point_at(page, "train/loss", 0.4)
    expect(tip).to_be_hidden()
    point_at(page, "train/loss", 0.5)
    expect(tip).to_be_hidden()
    page.mouse.up()
    expect(page).to_have_url(re.compile("xr="))
    expect(point_at(page, "train/loss", 0.25)).to_be_visible()


def test_zoom_is_in_the_address_and_goes_back(window: Callable[..., Window], scene: Scene) -> None:
    page = metrics_of(window(), scene.runs[0].id)
    expect(plot(page, "train/loss")).to_have_attribute("aria-label", re.compile("step 0 to 299"))
    drag(page, "train/loss", 0.25, 0.5)
    expect(page).to_have_url(re.compile(r"xr=7\d[.\d]*:1[45]\d"))
    # Linked: the other charts show the same part.
    expect(plot(page, "val/loss")).to_have_attribute("aria-label", re.compile(r"step 7\d[.\d]* to 1[45]\d"))
    first = page.url
    plot(page, "val/loss").focus()
    page.keyboard.press("+")
    expect(page).not_to_have_url(first)
    page.keyboard.press("Backspace")
    expect(page).to_have_url(first)
    page.keyboard.press("0")
    expect(page).not_to_have_url(re.compile("xr="))


def charts_asked(page: Page) -> list[int]:
    """Fills with the number of charts of each request from now on."""
    asked: list[int] = []

    def see(request: Request) -> None:
        if request.url.endswith("series:batch"):
            body = request.post_data_json
            assert body is not None
            asked.append(len(body["charts"]))

    page.on("request", see)
    return asked


def test_a_large_chart_is_zoomed_alone_and_the_others_follow_when_it_closes(
    window: Callable[..., Window], scene: Scene
) -> None:
    page = metrics_of(window(), scene.runs[0].id)
    expect(panel(page, "train/loss").locator(".chart-note")).to_have_text("300 values")
    expect(plot(page, "val/loss")).to_have_attribute("aria-label", re.compile("step 0 to 290"))
    panel(page, "train/loss").get_by_role("button", name="Enlarge", exact=True).click()
    dialog = page.get_by_role("dialog", name="train/loss")
    box = dialog.locator(".easel-over").bounding_box()
    assert box is not None
    asked = charts_asked(page)
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 100, steps=5)
    page.mouse.up()
    large = dialog.locator(".chart-plot")
    expect(large).to_have_attribute("aria-label", re.compile(r"step 7\d[.\d]* to 1[45]\d"))
    expect(dialog.locator("p.dim")).to_have_text("75 values")
    assert set(asked) == {1}
    expect(plot(page, "val/loss")).to_have_attribute("aria-label", re.compile("step 0 to 290"))
    page.keyboard.press("Escape")
    # Not only closed but gone: while it is there, its panel has two charts.
    expect(page.locator("dialog")).to_have_count(0)
    for name in ("train/loss", "val/loss"):
        expect(plot(page, name)).to_have_attribute("aria-label", re.compile(r"step 7\d[.\d]* to 1[45]\d"))
    # What is seen is counted, and not what was asked for beside it.
    expect(panel(page, "train/loss").locator(".chart-note")).to_have_text("75 values")


@pytest.mark.parametrize(
    ("item", "shown_as", "kept"),
    [
        ("index", r"index 0 to 29;", "x=index"),
        ("time since start", r"time since start 0.* to \d", "x=relative"),
        ("time of day", r"time of day .*\d:\d\d", "x=time"),
    ],
)
def test_x_is_chosen_for_all_charts(
    window: Callable[..., Window], scene: Scene, item: str, shown_as: str, kept: str
) -> None:
    page = metrics_of(window(), scene.runs[0].id)
    bar = page.get_by_role("toolbar", name="Charts")
    bar.get_by_role("button", name="x: step").click()
    page.get_by_role("menu").get_by_text(item, exact=True).click()
    expect(plot(page, "val/loss")).to_have_attribute("aria-label", re.compile(shown_as))
    expect(page).to_have_url(re.compile(kept))
    page.reload()
    expect(plot(page, "val/loss")).to_have_attribute("aria-label", re.compile(shown_as))


def test_another_metric_is_x(window: Callable[..., Window], scene: Scene) -> None:
    page = metrics_of(window(), scene.runs[0].id)
    page.get_by_role("toolbar", name="Charts").get_by_role("button", name="x: step").click()
    page.get_by_role("menu").get_by_text("Another metric…", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="train/loss", exact=True).click()
    expect(plot(page, "val/loss")).to_have_attribute("aria-label", re.compile(r"train/loss 0\.\d+ to \d"))
    tip = point_at(page, "val/loss", 0.5)
    expect(tip).to_contain_text("train/loss")


def test_y_is_drawn_by_its_logarithm(window: Callable[..., Window], scene: Scene) -> None:
    page = metrics_of(window(), scene.runs[0].id)
    linear = point_at(page, "train/loss", 0.5).text_content()
    before = panel(page, "train/loss").locator(".easel-over").bounding_box()
    page.mouse.move(0, 0)
    bar = page.get_by_role("toolbar", name="Charts")
    for item in ("logarithmic", "symmetric log"):
        bar.get_by_role("button", name=re.compile("^y: ")).click()
        page.get_by_role("menu").get_by_text(item, exact=True).click()
        expect(bar.get_by_role("button", name=f"y: {item}")).to_be_visible()
        # The same point, at another height.
        assert point_at(page, "train/loss", 0.5).text_content() == linear
        page.mouse.move(0, 0)
    assert panel(page, "train/loss").locator(".easel-over").bounding_box() == before


def test_a_denser_screen_gets_a_finer_picture(window: Callable[..., Window], scene: Scene) -> None:
    page = metrics_of(window(), scene.runs[0].id)
    canvas = plot(page, "train/loss").locator("canvas")
    place, width = canvas.bounding_box(), canvas.evaluate("canvas => canvas.width")
    size = page.viewport_size
    assert size is not None
    # A little higher too, without which a browser under test does not tell of its screen; charts stay as large.
    screen = {**size, "height": size["height"] + 1, "deviceScaleFactor": 2, "mobile": False}
    page.context.new_cdp_session(page).send("Emulation.setDeviceMetricsOverride", screen)
    page.wait_for_function("([canvas, width]) => canvas.width === width", arg=[canvas.element_handle(), 2 * width])
    assert canvas.bounding_box() == place
    assert canvas.evaluate(COLOURED) > 0


def test_the_last_mark_of_an_axis_is_not_cut_off(window: Callable[..., Window], server: Served) -> None:
    run = Experiment(server.workspace, "edges").start_logging(outputs=False)
    for rate in (0.001, 0.003, 0.01, 0.03, 0.1):
        run.log_row("rates", rate=rate, accuracy=1 - rate)
    run.complete()
    page = metrics_of(window(), run.id)
    canvas = plot(page, "rates").locator("canvas")
    inked = canvas.evaluate(
        """canvas => {
          const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const inked = new Array(canvas.width).fill(false);
          for (let at = 3; at < data.length; at += 4) if (data[at]) inked[((at - 3) / 4) % canvas.width] = true;
          return inked;
        }"""
    )
    assert any(inked)
    assert not inked[-1]


def test_all_charts_on_the_screen_are_one_request(window: Callable[..., Window], scene: Scene) -> None:
    opened = window()
    asked = charts_asked(opened.page)
    page = metrics_of(opened, scene.page.id)
    for name in ("Fibonacci", "Sigmoid", "Cosine Wave", "Sine Wave"):
        expect(panel(page, name).locator(".chart-note")).not_to_be_empty()
    assert asked == [4]


def test_smoothing_keeps_the_raw_line_and_says_both(window: Callable[..., Window], scene: Scene) -> None:
    page = metrics_of(window(), scene.runs[0].id, "?sm=ema:0.9")
    tip = point_at(page, "train/loss", 0.5)
    expect(tip).to_contain_text("smoothed")
    assert tip.locator(".row").nth(1).locator(".num").count() == 2


def test_a_growing_run_is_followed(window: Callable[..., Window], server: Served) -> None:
    run = Experiment(server.workspace, "charts").start_logging(display_name="growing", outputs=False)
    for step in range(5):
        run.log("loss", 1 / (step + 1), step=step)
    run.flush()
    page = metrics_of(window(), run.id)
    expect(plot(page, "loss")).to_have_attribute("aria-label", re.compile("step 0 to 4"))
    for step in range(5, 30):
        run.log("loss", 1 / (step + 1), step=step)
        run.log("second", step, step=step)
    run.flush()
    expect(plot(page, "loss")).to_have_attribute("aria-label", re.compile("step 0 to 29"))
    expect(panel(page, "second").locator(".chart-note")).to_have_text("25 values")
    run.complete()


def test_a_figure_of_the_values_is_added_changed_and_removed(
    window: Callable[..., Window], scene: Scene
) -> None:  # S13
    run = scene.runs[0]
    page = metrics_of(window(), run.id)
    page.get_by_role("button", name="+ Chart").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("checkbox", name="val/loss").check()
    dialog.get_by_label("Shows").select_option("min")
    dialog.get_by_role("button", name="Add").click()
    values = run.get_metrics("val/loss")["val/loss"]
    expect(panel(page, "+min@val/loss").locator("td.num")).to_have_attribute("title", str(min(values)))
    assert "pin=" in page.url
    choose(page, "+min@val/loss", "Change…")
    dialog.get_by_label("Shows").select_option("max")
    dialog.get_by_role("button", name="Change").click()
    expect(panel(page, "+max@val/loss").locator("td.num")).to_have_attribute("title", str(max(values)))
    choose(page, "+max@val/loss", "Remove")
    expect(page).not_to_have_url(re.compile("pin="))


def test_what_is_drawn_can_be_saved(shown: Page) -> None:
    plot(shown, "Sigmoid")
    with shown.expect_download() as saved:
        choose(shown, "Sigmoid", "Save as SVG")
    assert text_of(saved.value).startswith("<svg")
    assert text_of(saved.value).count("<path") > 3
    with shown.expect_download() as saved:
        choose(shown, "Sigmoid", "Save as PNG")
    assert Path(saved.value.path()).read_bytes().startswith(b"\x89PNG")
    with shown.expect_download() as saved:
        choose(shown, "Fibonacci", "Download all rows (CSV)")
    rows = list(csv.DictReader(io.StringIO(text_of(saved.value))))
    assert [int(row["value"]) for row in rows] == FIBONACCI


def test_another_form_is_chosen_and_stays(shown: Page) -> None:
    choose(shown, "Cosine Wave", "Table")
    table = panel(shown, "Cosine Wave").get_by_role("table")
    expect(table.locator("th")).to_have_text(["row", "angle", "cos", "time"])
    table.get_by_role("button", name="cos").click()
    expect(table.locator("tbody tr").first).to_contain_text("-0.9")
    shown.reload()
    expect(panel(shown, "Cosine Wave").get_by_role("table")).to_be_visible()
    choose(shown, "Sigmoid", "Hide")
    expect(panel(shown, "Sigmoid")).to_have_count(0)
    shown.get_by_role("button", name="Show them").click()
    expect(panel(shown, "Sigmoid")).to_have_count(1)


def test_charts_are_found_by_a_pattern(shown: Page) -> None:
    shown.keyboard.press("f")
    shown.keyboard.type("^(co|si)[a-z]+ wave$")
    expect(shown.locator("[data-panel]")).to_have_count(2)


def test_hostile_names_are_text(window: Callable[..., Window], scene: Scene) -> None:
    page = metrics_of(window(), scene.hostile.id)
    expect(panel(page, "<u>loss</u>").locator(".chart-title")).to_have_text("<u>loss</u>")
    expect(panel(page, "<table>").locator("th").nth(1)).to_have_text("<td>")
    point_at(page, "<u>loss</u>", 0.5)
    expect(page.locator(".chart-tip")).to_contain_text("<img src=x")
    assert not page.title().startswith("broken in")


def test_a_classifier_is_shown_with_its_charts(window: Callable[..., Window], server: Served) -> None:
    run = Experiment(server.workspace, "charts").start_logging(display_name="classifier", outputs=False)
    run.log_confusion_matrix(
        "any name",
        {"schema_type": "confusion_matrix", "schema_version": "1.0.0",
         "data": {"class_labels": ["cat", "dog"], "matrix": [[3, 1], [0, 4]]}},
    )  # fmt: skip
    table = [[[4, 4, 0, 0], [3, 1, 3, 1], [0, 0, 4, 4]]] * 2
    run.log_accuracy_table(
        "curves",
        {"schema_type": "accuracy_table", "schema_version": "1.0.1",
         "data": {"probability_tables": table, "percentile_tables": table, "probability_thresholds": [0, 0.5, 1],
                  "percentile_thresholds": [0, 0.5, 1], "class_labels": ["cat", "dog"]}},
    )  # fmt: skip
    run.complete()
    page = metrics_of(window(), run.id)
    cells = panel(page, "any name").locator(".chart-matrix tbody td")
    expect(cells).to_have_text(["3", "1", "0", "4"])
    panel(page, "any name").get_by_role("button", name="Shares of the row").click()
    expect(cells).to_have_text(["0.75", "0.25", "0", "1"])
    expect(plot(page, "curves")).to_have_attribute("aria-label", re.compile("ROC, 3 "))
    panel(page, "curves").get_by_label("Chart", exact=True).select_option("lift")
    expect(plot(page, "curves")).to_have_attribute("aria-label", re.compile("Lift, 3 "))
    panel(page, "curves").get_by_text("Classes").click()
    panel(page, "curves").get_by_label("class cat").check()
    expect(plot(page, "curves")).to_have_attribute("aria-label", re.compile("Lift, 4 "))


@pytest.mark.parametrize("width", [1440, 320])
def test_accessible(window: Callable[..., Window], scene: Scene, width: int) -> None:
    opened = window(viewport={"width": width, "height": 900})
    page = metrics_of(opened, scene.runs[0].id)
    plot(page, "train/loss")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run('.run-charts', {resultTypes: ['violations']})")
    assert [rule["id"] for rule in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    opened.picture(f"charts-{width}")


def test_the_wheel_zooms_with_ctrl_and_a_double_click_goes_back(window: Callable[..., Window], scene: Scene) -> None:
    page = metrics_of(window(), scene.runs[0].id)
    point_at(page, "train/loss", 0.5).wait_for()
    page.mouse.wheel(0, -100)
    expect(page).not_to_have_url(re.compile("xr="))
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    expect(page).to_have_url(re.compile("xr="))
    box = plot(page, "train/loss").locator(".easel-over").bounding_box()
    assert box is not None
    page.mouse.dblclick(box["x"] + 40, box["y"] + 40)
    expect(page).not_to_have_url(re.compile("xr="))
