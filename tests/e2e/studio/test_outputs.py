"""The files of a run in the studio: the tree, a view for each kind, and contents that must not run."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from runwatch import Experiment, Run
from tests.e2e.studio.recorded import LOG, keep
from tests.e2e.studio.scene import ATTACKS, HOSTILE, RUNS, Scene
from tests.e2e.studio.server import Served
from tests.e2e.studio.window import Window

Windows = Callable[..., Window]

DRAWING = f'''<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60" onload="{RUNS}">
<rect width="90" height="60" fill="tomato"/><script>{RUNS}</script>
<image href="https://example.org/x.png" width="9" height="9"/></svg>'''
LOAD = """address => new Promise((tell) => {
    const image = new Image();
    image.onload = () => tell("there");
    image.onerror = () => tell("gone");
    image.src = address;
})"""
README = """# Title

Some **bold**, [good](https://example.org/), [bad](javascript:alert(1)) and <b onclick=alert(1)>raw</b>.

![beside](plot.png) ![elsewhere](https://example.org/x.png)
"""


def png(wide: int, high: int) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (wide, high), (60, 120, 220)).save(made, "PNG")
    return made.getvalue()


NOTEBOOK = {
    "nbformat": 4,
    "metadata": {"language_info": {"name": "python"}},
    "cells": [
        {"cell_type": "markdown", "source": ["# A notebook\n", HOSTILE]},
        {
            "cell_type": "code",
            "execution_count": 3,
            "source": ["x = 6 * 7"],
            "outputs": [
                {"output_type": "stream", "text": ["\x1b[31mred\x1b[0m\n"]},
                {"output_type": "display_data", "data": {"image/png": base64.b64encode(png(8, 8)).decode()}},
                {"output_type": "execute_result", "execution_count": 3, "data": {"text/html": HOSTILE}},
            ],
        },
    ],
}


@pytest.fixture(scope="module")
def run(server: Served) -> Run:
    """A run with files of every kind."""
    found = Experiment(server.workspace, "outputs").start_logging(display_name="files", outputs=False)
    keep(found, LOG, "hello from the log\n")
    keep(found, "outputs/plot.png", png(320, 200))
    keep(found, "outputs/drawing.svg", DRAWING)
    keep(found, "outputs/README.md", README)
    keep(found, "outputs/analysis.ipynb", json.dumps(NOTEBOOK))
    rows = "".join(f'run-{number},{number / 4},"quoted, ""{number}"""\n' for number in range(12_000))
    keep(found, "outputs/table.csv", f"name,loss,note\n{rows}")
    keep(found, "outputs/report.json", '{"rate": 0.91, "seed": 12345678901234567890, "worst": NaN, "list": [1, [2]]}')
    keep(found, "outputs/train.yaml", "lr: 0.1\n")
    keep(found, "outputs/model.pkl", bytes(range(256)))
    keep(found, "outputs/notes", "no ending, but text\n")
    for number in range(1_200):
        keep(found, f"outputs/many/{number:04}.txt", f"{number}\n")
    keep(found, "snapshot/train.py", "not an output\n")
    found.complete()
    return found


def shown(window: Window, run: Run, file: str) -> Page:
    return window.open(f"experiments/{run.experiment.name}/runs/{run.id}/outputs?file={file}")


def test_the_console_opens_first_and_the_tree_leads_on(window: Windows, run: Run) -> None:
    page = window().open(f"experiments/outputs/runs/{run.id}/outputs")
    expect(page.get_by_role("log")).to_contain_text("hello from the log")
    tree = page.get_by_role("tree", name="Files")
    expect(tree.get_by_role("treeitem", name="70_driver_log.txt")).to_have_attribute("aria-selected", "true")
    expect(tree.get_by_role("treeitem").first).to_contain_text("azureml-logs")
    expect(tree.get_by_role("treeitem", name="snapshot")).to_have_count(0)
    tree.get_by_role("treeitem", name="train.yaml").click()
    expect(page.get_by_role("region", name="outputs/train.yaml").last).to_contain_text("lr: 0.1")
    page.go_back()
    expect(page.get_by_role("log")).to_be_visible()


def test_without_any_log_the_first_file_opens(window: Windows, scene: Scene) -> None:
    page = window().open(f"runs/{scene.pictures.id}/outputs")
    expect(page.locator(".outputs-view img")).to_be_visible()
    expect(page.get_by_role("treeitem", selected=True)).to_contain_text("sample-0.png")


def test_the_tree_is_walked_by_keys_and_filled_as_one_goes(window: Windows, run: Run) -> None:
    seen = window()
    page = seen.open(f"experiments/outputs/runs/{run.id}/outputs")
    tree = page.get_by_role("tree", name="Files")
    expect(tree.get_by_role("treeitem", name="plot.png")).to_be_visible()
    tree.focus()
    page.keyboard.press("Home")
    for key in ("ArrowLeft", "ArrowDown", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)  # closes the logs, goes to outputs, into it, to its first folder
    active = page.locator(".tree-row.current")
    expect(active).to_contain_text("many")
    page.keyboard.press("ArrowRight")
    expect(tree.get_by_role("treeitem", name="0000.txt")).to_be_visible()
    for _ in range(4):
        page.keyboard.press("End")
        page.wait_for_timeout(300)
    expect(active).to_contain_text("train.yaml")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{seen.base}/experiments/outputs/runs/{run.id}/outputs?file=outputs/train.yaml")
    page.get_by_role("searchbox", name="Filter by the beginning of the path").fill("outputs/many/119")
    expect(tree.get_by_role("treeitem")).to_have_count(10)
    expect(tree.get_by_role("treeitem", name="outputs/many/1199.txt")).to_be_visible()
    assert seen.violations() == []


def test_each_kind_of_file_has_its_view(window: Windows, run: Run) -> None:
    seen = window()
    page = shown(seen, run, "outputs/plot.png")
    expect(page.locator(".foot")).to_contain_text(["", "320 × 200"])
    page.get_by_role("button", name="Larger").click()
    expect(page.get_by_role("img", name="outputs/plot.png")).to_have_css("width", "640px")

    page = shown(seen, run, "outputs/drawing.svg")
    drawing = page.get_by_role("img", name="outputs/drawing.svg")
    expect(drawing).to_have_js_property("naturalWidth", 90)
    address = drawing.get_attribute("src")
    # Once it is drawn, its address leads nowhere: it cannot be opened as a page of the studio.
    assert page.evaluate(LOAD, address) == "gone"
    seen.excuse("ERR_FILE_NOT_FOUND")
    assert page.title() != "broken in"

    page = shown(seen, run, "outputs/table.csv")
    table = page.get_by_role("table", name="outputs/table.csv")
    expect(table.get_by_role("row").nth(1)).to_contain_text('quoted, "0"')
    expect(page.get_by_text("the first 10,000 rows")).to_be_visible()
    table.focus()
    page.keyboard.press("End")
    expect(table.get_by_role("row", name="run-9999")).to_be_visible()

    page = shown(seen, run, "outputs/report.json")
    json_tree = page.get_by_role("tree", name="outputs/report.json")
    expect(json_tree).to_contain_text("12345678901234567890")
    expect(json_tree).to_contain_text("NaN")
    json_tree.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    expect(json_tree.get_by_role("treeitem")).to_have_count(8)

    page = shown(seen, run, "outputs/README.md")
    expect(page.get_by_role("heading", name="Title", level=2)).to_be_visible()
    expect(page.get_by_role("link", name="good")).to_have_attribute("href", "https://example.org/")
    expect(page.get_by_role("link", name="bad")).to_have_count(0)
    expect(page.locator(".markdown")).to_contain_text("<b onclick=alert(1)>raw</b>")
    expect(page.locator(".markdown img")).to_have_count(1)

    page = shown(seen, run, "outputs/analysis.ipynb")
    expect(page.locator(".nb")).to_contain_text("x = 6 * 7")
    expect(page.locator(".nb .ink-1")).to_have_text("red")
    expect(page.locator(".nb img")).to_have_count(1)
    expect(page.locator(".nb")).to_contain_text("Output of the kind text/html is not shown here.")

    page = shown(seen, run, "outputs/model.pkl")
    expect(page.locator(".hex")).to_contain_text("00000040  40 41 42 43 44 45 46 47")
    page = shown(seen, run, "outputs/notes")
    expect(page.get_by_role("log")).to_contain_text("no ending, but text")
    page = shown(seen, run, "user_logs/std_log.txt")
    expect(page.get_by_role("log")).to_contain_text("hello from the log")


def test_what_was_uploaded_shows_as_text_and_runs_nothing(window: Windows, scene: Scene) -> None:
    seen = window()
    for name, text in ATTACKS.items():
        page = shown(seen, scene.hostile, f"outputs/{name.replace('<', '%3C').replace('>', '%3E')}")
        expect(page.get_by_role("tree").get_by_role("treeitem", name=name)).to_be_visible()
        if name.endswith(".svg"):
            expect(page.get_by_text("The picture cannot be shown")).to_be_visible()  # it is no XML
            page.get_by_role("button", name="Source").click()
        if name.endswith((".html", ".svg")):
            expect(page.locator(".code")).to_contain_text("onload=")
            expect(page.locator(".code")).to_contain_text("<script>")
        elif name.endswith(".md"):
            expect(page.locator(".markdown")).to_contain_text("<script>")
            expect(page.locator(".markdown a, .markdown img, .markdown script")).to_have_count(0)
        else:
            expect(page.get_by_role("log")).to_contain_text(text.splitlines()[0][-20:])
        page.wait_for_timeout(100)
        assert page.title() != "broken in"


def test_a_folder_is_downloaded_as_a_zip(window: Windows, run: Run, tmp_path: Path) -> None:
    page = window().open(f"experiments/outputs/runs/{run.id}/outputs?file=outputs/plot.png")
    expect(page.get_by_role("treeitem", name="plot.png")).to_be_visible()
    page.locator(".outputs-side").get_by_role("button", name="Download").click()
    with page.expect_download() as waiting:
        page.get_by_role("menuitem", name="outputs/ (zip)").click()
    target = tmp_path / "outputs.zip"
    waiting.value.save_as(target)
    with zipfile.ZipFile(target) as found:
        assert found.read("outputs/plot.png") == png(320, 200)
        assert not [name for name in found.namelist() if not name.startswith("outputs/")]


def test_a_file_that_comes_is_seen_at_once(window: Windows, server: Served) -> None:
    run = Experiment(server.workspace, "outputs").start_logging(outputs=False)
    page = window().open(f"experiments/outputs/runs/{run.id}/outputs")
    expect(page.get_by_role("heading", name="This run has no files")).to_be_visible()
    keep(run, "outputs/first.txt", "here\n")
    expect(page.get_by_role("treeitem", name="first.txt")).to_be_visible()
    expect(page.get_by_role("log")).to_contain_text("here")
    run.complete()


def test_a_file_without_an_ending_that_holds_json_is_shown_as_such(window: Windows, server: Served) -> None:
    run = Experiment(server.workspace, "outputs").start_logging(outputs=False)
    keep(run, "outputs/confusion_matrix", json.dumps({"labels": ["cat", "dog"], "matrix": [[1, 2], [3, 4]]}))
    keep(run, "outputs/begins", "[INFO] it only begins like it\n")
    run.complete()
    seen = window()
    page = seen.open(f"experiments/outputs/runs/{run.id}/outputs?file=outputs/confusion_matrix")
    expect(page.get_by_role("tree", name="outputs/confusion_matrix")).to_contain_text("labels")
    page = seen.open(f"experiments/outputs/runs/{run.id}/outputs?file=outputs/begins")
    expect(page.get_by_role("log")).to_contain_text("it only begins like it")
