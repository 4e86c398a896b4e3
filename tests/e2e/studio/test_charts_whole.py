"""What charts show is told whole: extremes of several lines, bands of groups, what is not drawn, how many of all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from runwatch import Experiment, Run
from tests.e2e.studio.chart import choose, drag, metrics_of, panel, plot, point_at, saved
from tests.e2e.studio.scene import Scene
from tests.e2e.studio.server import Served
from tests.e2e.studio.window import Window

SHOWN = "Download what is shown (CSV)"


def charts_of(window: Window, experiment: str, query: str, name: str) -> Page:
    page = window.open(f"experiments/{experiment}?{query}")
    plot(page, name)
    return page


def recorded(server: Served, experiment: str, **values: Any) -> Run:
    run = Experiment(server.workspace, experiment).start_logging(display_name="same", outputs=False)
    for name, value in values.items():
        run.log_list(name, value)
    run.complete()
    return run


@pytest.fixture(scope="module")
def crowd(server: Served) -> str:
    """103 runs of one group, one each of ten others."""
    experiment = Experiment(server.workspace, "crowd")
    for number in range(113):
        run = experiment.start_logging(display_name=f"c{number}", outputs=False)
        run.log_param("k", max(0, number - 102))
        for step in range(3):
            run.log("v", float(number) + step, step=step)
        run.complete()
    return "crowd"


def test_no_extreme_of_several_lines_is_lost_in_the_table(window: Callable[..., Window], server: Served) -> None:
    ids = []
    for spike in (99.0, 100.0):
        values = [0.5] * 20_000
        values[7_777] = spike
        ids.append(recorded(server, "spikes", y=values).id)
    page = charts_of(window(), "spikes", "", "y")
    expect(plot(page, "y")).to_have_attribute("aria-label", re.compile("2 runs, step 0 to 19,999"))
    rows = saved(page, "y", SHOWN)
    assert list(rows[0]) == ["run", "run_id", "from", "to", "last", "min", "max", "count"]
    assert rows[0]["from"] == "0"
    assert int(rows[1]["from"]) == int(rows[0]["to"]) + 1
    most = {run: max(float(row["max"]) for row in rows if row["run_id"] == run) for run in ids}
    assert most == pytest.approx(dict(zip(ids, (99.0, 100.0), strict=True)))
    assert {run: sum(int(row["count"]) for row in rows if row["run_id"] == run) for run in ids} == dict.fromkeys(
        ids, 20_000
    )
    # The same as a table, of which only the rows in sight are there.
    choose(page, "y", "View as table")
    table = page.get_by_role("dialog").get_by_role("table")
    expect(table).to_have_attribute("aria-rowcount", str(len(rows) + 1))
    assert table.locator("tbody tr").count() < 100
    page.keyboard.press("Escape")
    whole = saved(page, "y", "Download all rows (CSV)")
    assert {row["run_id"] for row in whole} == set(ids)
    assert len(whole) == 40_000


def test_a_step_that_was_logged_again_stays(window: Callable[..., Window], server: Served) -> None:
    experiment = Experiment(server.workspace, "again")
    for _ in range(2):
        run = experiment.start_logging(display_name="same", outputs=False)
        for step in [0, 1, 2, 3, 1, 2, 3, 4]:
            run.log("m", step + 0.5, step=step)
        run.complete()
    page = charts_of(window(), "again", "sm=ema:0.5", "m")
    expect(point_at(page, "m", 0.5)).to_contain_text("smoothed")
    rows = saved(page, "m", SHOWN)
    assert len(rows) == 16
    assert list(rows[0]) == ["run", "run_id", "step", "value", "smoothed"]
    assert all(row["smoothed"] for row in rows)


@pytest.mark.parametrize(
    ("aggregate", "band", "heads"),
    [
        ("mean-std", "mean ± std", ["mean", "mean − std", "mean + std"]),
        ("min-max", "mean, min – max", ["mean", "min", "max"]),
        ("median", "median, quartiles", ["median", "lower quartile", "upper quartile"]),
    ],
)
def test_groups_say_what_their_line_and_their_band_are(
    window: Callable[..., Window], crowd: str, aggregate: str, band: str, heads: list[str]
) -> None:
    page = charts_of(window(), crowd, f"g=p.k&agg={aggregate}&c=v.last", "v")
    note = panel(page, "v").locator(".chart-note")
    expect(note).to_have_text(re.compile(f"^{re.escape(band)} · first 100 of 103 runs · "))
    expect(page.locator(".chart-notes").first).to_contain_text("10 of 11 groups drawn")
    tip = point_at(page, "v", 0.01)
    names = tip.locator(".row.names .num")
    expect(names.first).to_have_text(heads[0])
    expect(tip).to_contain_text("100 / 103 runs")
    rows = saved(page, "v", SHOWN)
    assert list(rows[0]) == ["group", "step", *heads, "runs"]
    assert len({row["group"] for row in rows}) == 10
    first = next(row for row in rows if row["runs"] == "100" and row["step"] == "0")
    if aggregate == "min-max":
        assert [float(first[head]) for head in ("min", "max")] == [3, 102]
    else:
        assert "lowest " + heads[0] in (plot(page, "v").get_attribute("aria-label") or "")


def test_it_is_said_how_many_runs_are_drawn_and_more_are(window: Callable[..., Window], crowd: str) -> None:
    page = charts_of(window(), crowd, "c=v.last", "v")
    notes = page.locator(".chart-notes").first
    expect(notes).to_contain_text("10 of 113 runs drawn")
    notes.get_by_role("button", name="draw 50").click()
    expect(plot(page, "v")).to_have_attribute("aria-label", re.compile("50 runs"))
    expect(page).to_have_url(re.compile("top=50"))
    expect(notes).to_contain_text("50 of 113 runs drawn")
    notes.get_by_role("button", name="group by k").click()
    expect(plot(page, "v")).to_have_attribute("aria-label", re.compile("10 groups"))
    expect(page).to_have_url(re.compile("g=p.k"))


def test_it_is_said_in_french_too(window: Callable[..., Window], crowd: str) -> None:
    opened = window(locale="fr-FR", color_scheme="dark")
    page = charts_of(opened, crowd, "c=v.last&top=50", "v")
    notes = page.locator(".chart-notes").first
    expect(notes).to_have_text(re.compile("50 exécutions tracées sur 113.*grouper par k.*métriques des 20 premières"))
    opened.picture("drawn-fr")
    page = charts_of(opened, crowd, "c=v.last&g=p.k", "v")
    expect(panel(page, "v").locator(".chart-note")).to_have_text(
        re.compile("^moyenne ± écart type · les 100 premières exécutions sur 103 · ")
    )
    expect(notes).to_have_text(re.compile("10 groupes tracés sur 11.*métriques des 20 premières exécutions sur 109"))
    point_at(page, "v", 0.5)
    opened.picture("groups-fr")


def test_the_cursor_of_linked_charts_follows(window: Callable[..., Window], scene: Scene) -> None:
    page = metrics_of(window(), scene.runs[0].id)
    other = plot(page, "val/loss").locator(".easel-cursor")
    expect(other).to_be_hidden()
    point_at(page, "train/loss", 0.5)
    expect(other).to_be_visible()
    at = other.evaluate("line => new DOMMatrix(getComputedStyle(line).transform).e / line.parentElement.clientWidth")
    assert at == pytest.approx(0.5, abs=0.05)
    page.mouse.move(2, 2)
    expect(other).to_be_hidden()


def test_a_box_is_zoomed_to_with_shift_and_stays_in_the_link(window: Callable[..., Window], scene: Scene) -> None:
    page = metrics_of(window(), scene.runs[0].id)
    plot(page, "val/loss")
    page.keyboard.down("Shift")
    drag(page, "train/loss", 0.25, 0.5, (0.25, 0.75))
    page.keyboard.up("Shift")
    expect(page).to_have_url(re.compile(r"xr=7\d.*yr=train/loss:0\.\d+:1\.\d+"))
    inked = "canvas => canvas.toDataURL()"
    expect(panel(page, "train/loss").locator(".chart-note")).to_have_text("75 values")
    expect(plot(page, "val/loss")).to_have_attribute("aria-label", re.compile(r"step 7\d"))
    page.mouse.move(2, 2)
    boxed = plot(page, "train/loss").locator("canvas").evaluate(inked)
    page.reload()
    expect(panel(page, "train/loss").locator(".chart-note")).to_have_text("75 values")
    assert plot(page, "train/loss").locator("canvas").evaluate(inked) == boxed
    page.get_by_role("button", name="Whole range").click()
    expect(page).not_to_have_url(re.compile("[xy]r="))


def test_what_an_axis_leaves_out_is_counted(window: Callable[..., Window], server: Served) -> None:
    run = recorded(server, "odd", wild=[*([1.0] * 299), 1e6], low=[-1.0, 0.0, 1.0, 10.0, 100.0])
    page = metrics_of(window(), run.id)
    note = panel(page, "wild").locator(".chart-note")
    expect(note).to_have_text("300 values")
    page.get_by_role("button", name=re.compile("^y: ")).click()
    page.get_by_role("menu").get_by_text("Ignore outliers", exact=True).click()
    expect(note).to_have_text("1 beyond the axis · 300 values")
    choose(page, "low", "y: logarithmic")
    expect(panel(page, "low").locator(".chart-note")).to_have_text("2 not drawn (≤ 0) · 5 values")


def test_a_number_that_is_none_is_called_so(window: Callable[..., Window], server: Served) -> None:
    run = Experiment(server.workspace, "odd").start_logging(outputs=False)
    for name, value in (("up", float("inf")), ("down", float("-inf")), ("nan", float("nan")), ("none", None)):
        run.log(name, value)
    run.complete()
    page = metrics_of(window(), run.id)
    for name, text in (("up", "∞"), ("down", "−∞"), ("nan", "NaN"), ("none", "–")):
        expect(panel(page, name).locator(".chart-figure")).to_have_text(text)


def test_a_regression_is_shown_with_its_charts(window: Callable[..., Window], server: Served) -> None:
    run = Experiment(server.workspace, "charts").start_logging(display_name="regression", outputs=False)
    edges = [0.0, 1.0, 2.0]
    data: dict[str, Any] = {"bin_edges": edges, "bin_counts": [3, 7]}
    run.log_residuals("off", {"schema_type": "residuals", "schema_version": "1.0.0", "data": data})
    run.log_predictions(
        "hits",
        {"schema_type": "predictions", "schema_version": "1.0.0",
         "data": {"bin_averages": [0.4, 1.6], "bin_errors": [0.1, 0.25], "bin_counts": [3, 7], "bin_edges": edges}},
    )  # fmt: skip
    run.log_table("importance", {"feature": [f"f{number}" for number in range(12)], "weight": list(range(12))})
    run.complete()
    page = metrics_of(window(), run.id)
    columns = panel(page, "off").locator(".chart-columns")
    expect(columns).to_have_attribute("aria-label", re.compile("0 – 1: 3; 1 – 2: 7"))
    expect(panel(page, "off").locator(".chart-note")).to_have_text("Residual → Count")
    expect(plot(page, "hits")).to_have_attribute("aria-label", re.compile("hits, 1 run, True 0 to 2; lowest mean 0.4"))
    tip = point_at(page, "hits", 0.25)
    expect(tip.locator(".row.names")).to_contain_text("error")
    expect(tip).to_contain_text("± 0.1")
    assert [row["mean + error"] for row in saved(page, "hits", SHOWN)] == ["0.5", "1.85"]
    # Shown as its table at first; what is shown can be saved, and likewise of the bars.
    assert [row["feature"] for row in saved(page, "importance", SHOWN)] == [f"f{number}" for number in range(12)]
    choose(page, "importance", "Largest first")
    expect(panel(page, "importance").locator(".chart-note")).to_have_text("largest 10 of 12")
    expect(panel(page, "importance").get_by_role("row").first).to_contain_text("f11")
    assert saved(page, "importance", SHOWN)[0] == {"feature": "f11", "value": "11"}


def test_many_classes_are_a_picture_that_is_read_cell_by_cell(window: Callable[..., Window], server: Served) -> None:
    many = 120
    counts = [[10 if row == column else int(column == 0) for column in range(many)] for row in range(many)]
    run = Experiment(server.workspace, "charts").start_logging(display_name="classes", outputs=False)
    data = {"class_labels": [f"class {number}" for number in range(many)], "matrix": counts}
    run.log_confusion_matrix("cm", json.loads(json.dumps(
        {"schema_type": "confusion_matrix", "schema_version": "1.0.0", "data": data})))  # fmt: skip
    run.complete()
    opened = window()
    page = metrics_of(opened, run.id)
    heat = panel(page, "cm").locator(".chart-heat")
    said = panel(page, "cm").locator(".chart-heat-said")
    heat.focus()
    page.keyboard.press("ArrowDown")
    expect(said).to_have_text("True class 0, Predicted class 0: 10 (1)")
    page.keyboard.press("ArrowDown")
    expect(said).to_have_text("True class 1, Predicted class 0: 1 (0.09091)")
    for _ in range(many):
        page.keyboard.press("ArrowRight")
    expect(said).to_have_text("True class 1, Predicted class 119: 0 (0)")
    rows = saved(page, "cm", SHOWN)
    assert len(rows) == many
    assert rows[119]["class 119"] == "10"
    with page.expect_download() as download:
        choose(page, "cm", "Save as PNG")
    assert download.value.suggested_filename == "cm.png"
    panel(page, "cm").get_by_role("button", name="Enlarge", exact=True).click()
    expect(page.get_by_role("dialog").locator(".chart-heat canvas")).to_be_visible()
    opened.picture("classes")


@pytest.fixture(scope="module")
def members(server: Served) -> str:
    """Two runs of one group with a confusion matrix each, and one that logged a curve over an irregular x."""
    experiment = Experiment(server.workspace, "members")
    for name, hits in (("one", 7), ("two", 9)):
        run = experiment.start_logging(display_name=name, outputs=False)
        run.log_param("data", "digits")
        for step in range(5):
            run.log("v", 100.0 - 25 * step, step=10 * step)
        counts = [[hits if row == column else 0 for column in range(10)] for row in range(10)]
        data = {"class_labels": [str(number) for number in range(10)], "matrix": counts}
        run.log_confusion_matrix("cm", json.loads(json.dumps(
            {"schema_type": "confusion_matrix", "schema_version": "1.0.0", "data": data})))  # fmt: skip
        run.complete()
    parent = experiment.start_logging(display_name="rates", outputs=False)
    parent.log_param("data", "digits")
    for rate, value in ((0.001, 0.9), (0.01, 0.97), (0.1, 0.96)):
        parent.log_row("curve", rate=rate, score=value)
    parent.complete()
    return "members"


def test_a_group_of_one_is_drawn_as_logged_and_a_matrix_bears_its_runs_name(
    window: Callable[..., Window], members: str
) -> None:
    page = charts_of(window(), members, "g=p.data&c=v.last", "v")
    expect(panel(page, "curve").locator(".chart-note")).to_have_text("rate → score · 3 values")
    names = panel(page, "cm").locator("select option")
    expect(names).to_have_count(2)
    assert {name.split(" (")[0] for name in names.all_inner_texts()} == {"one", "two"}
    expect(names.first).to_contain_text("(data = digits)")


def test_where_no_run_matches_nothing_is_drawn(window: Callable[..., Window], members: str) -> None:
    page = window().open(f"experiments/{members}?q=metrics.v.max%20%3E%20200")
    expect(page.locator(".run-charts")).to_contain_text("No run matches: there is nothing to draw.")
    expect(page.locator(".chart")).to_have_count(0)


def test_a_matrix_is_seen_whole_and_grows_when_it_is_enlarged(window: Callable[..., Window], members: str) -> None:
    opened = window()
    page = charts_of(opened, members, "", "v")
    scroll = panel(page, "cm").locator(".chart-scroll")
    expect(scroll.locator("tbody tr")).to_have_count(10)
    whole = "element => element.scrollHeight <= element.clientHeight && element.scrollWidth <= element.clientWidth"
    assert scroll.evaluate(whole)
    opened.picture("matrix-card")
    panel(page, "cm").get_by_role("button", name="Enlarge", exact=True).click()
    cell = page.get_by_role("dialog").locator(".chart-matrix tbody td").first
    box = cell.bounding_box()
    assert box is not None
    assert box["height"] > 40
    opened.picture("matrix-large")


def test_an_enlarged_chart_names_its_lines_and_its_zoom_is_undone(window: Callable[..., Window], members: str) -> None:
    opened = window()
    page = charts_of(opened, members, "xr=5:12", "v")
    panel(page, "v").get_by_role("button", name="Enlarge", exact=True).click()
    dialog = page.get_by_role("dialog", name="v")
    names = dialog.locator(".chart-legend li")
    expect(names).to_have_count(2)
    assert sorted(names.all_inner_texts()) == ["one", "two"]
    area = dialog.locator(".easel-over").bounding_box()
    assert area is not None
    page.mouse.move(area["x"] + area["width"] * 0.3, area["y"] + 100)
    expect(page.locator(".chart-tip")).to_contain_text("step 10")
    cursor = dialog.locator(".easel-cursor").bounding_box()
    assert cursor is not None
    assert cursor["x"] == pytest.approx(area["x"] + area["width"] * 5 / 7, abs=1.5)
    opened.picture("enlarged")
    dialog.get_by_role("button", name="Whole range").click()
    expect(page).not_to_have_url(re.compile("xr="))
