"""The code of runs: the folder as it was submitted, lines to link to, and what differs between runs."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from runwatch import Experiment, Run
from tests.e2e.studio.scene import HOSTILE, RUNS, Scene
from tests.e2e.studio.server import Served
from tests.e2e.studio.window import Window

Windows = Callable[..., Window]


def address(run: Run, **query: str) -> str:
    tail = "&".join(f"{name}={text}" for name, text in query.items())
    return f"experiments/{run.experiment.name}/runs/{run.id}/snapshot{'?' if tail else ''}{tail}"


def record(server: Served, folder: Path, experiment: str = "folders") -> Run:
    run = Experiment(server.workspace, experiment).start_logging(snapshot_directory=str(folder), outputs=False)
    run.complete()
    return run


def test_the_zip_is_the_folder_without_what_is_ignored(window: Windows, server: Served, tmp_path: Path) -> None:
    folder = tmp_path / "source"
    (folder / "deep" / "er").mkdir(parents=True)
    kept = {
        ".amlignore": "*.tmp\nsecret/\n!/outputs/\n",
        "train.py": "print('é')\n",
        "deep/er/conf.yaml": "a: 1\n",
        "a name with % and #.txt": "text",
        "outputs/kept.txt": "taken back in",
    }
    ignored = {"a.tmp": "no", "deep/b.tmp": "no", "secret/key": "no", "logs/old.txt": "no", ".git/HEAD": "no"}
    for path, text in (kept | ignored).items():
        (folder / path).parent.mkdir(exist_ok=True, parents=True)
        (folder / path).write_text(text)
    run = record(server, folder)
    page = window().open(address(run))
    expect(page.locator(".source-facts")).to_contain_text("5 files")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download zip").click()
    with zipfile.ZipFile(download.value.path()) as found:
        assert {name: found.read(name).decode() for name in found.namelist() if not name.endswith("/")} == kept


def expect_marked(page: Page, *numbers: int) -> None:
    expect(page.locator(".code-line").first).to_be_visible()
    expect(page.locator(".code-line.marked .code-number")).to_have_text([str(number) for number in numbers])


def test_a_link_leads_to_lines_and_presses_make_such_links(window: Windows, scene: Scene) -> None:
    page = window().open(address(scene.code, file="train.py", line="90-92"))
    expect(page.locator(".code-line.marked")).to_have_count(3)
    expect_marked(page, 90, 91, 92)
    expect(page.locator(".code-line.marked").first).to_be_in_viewport()
    page.locator(".code-number", has_text="94").click()
    expect(page).to_have_url(re.compile("line=94$"))
    page.locator(".code-number", has_text="96").click(modifiers=["Shift"])
    expect(page.locator(".code-line.marked")).to_have_count(3)
    expect_marked(page, 94, 95, 96)
    lines = page.get_by_role("textbox", name="Lines")
    expect(lines).to_have_value("94-96")
    lines.fill("2")
    lines.press("Enter")
    expect(page.locator(".code-line.marked .code-number")).to_have_text("2")
    page.reload()
    expect(page.locator(".code-line.marked .code-number")).to_have_text("2")
    expect(page.locator(".code-line.marked")).to_contain_text("import argparse")
    expect(page.locator(".code-line.marked .word-keyword")).to_have_text("import")


def test_files_are_found_by_the_keyboard(window: Windows, scene: Scene) -> None:
    page = window().open(address(scene.code))
    tree = page.get_by_role("tree", name="Files of the snapshot")
    expect(tree.get_by_role("treeitem", selected=True)).to_contain_text("train.py")
    tree.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(tree.get_by_role("treeitem", name="model.yaml")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="conf/model.yaml", exact=True).locator(".word-comment")).to_have_text(
        "# a comment"
    )


def test_pictures_are_shown_and_other_bytes_say_so(window: Windows, scene: Scene) -> None:
    page = window().open(address(scene.code, file="example.png"))
    expect(page.get_by_role("img", name="example.png")).to_be_visible()
    page.get_by_role("treeitem", name="weights.bin").click()
    expect(page.get_by_text("There is no view of this kind of file")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download", exact=True).click()
    assert Path(download.value.path()).read_bytes() == bytes(range(256))


def test_two_snapshots_are_compared(window: Windows, scene: Scene) -> None:
    page = window().open(address(scene.recode))
    page.get_by_role("button", name="Diff with…").click()
    page.get_by_role("menuitemcheckbox", name="first").click()
    expect(page).to_have_url(re.compile(f"diff={scene.code.id}"))
    changes = page.get_by_role("navigation", name="Files that differ")
    expect(changes.get_by_role("link")).to_have_text(
        ["−conf/model.yamlremoved", "+extra.pyadded", "±train.pychanged", "±weights.binchanged"]
    )
    changes.get_by_role("link", name="train.py").click()
    shown = page.get_by_role("region", name="Difference of train.py")
    expect(shown.locator(".difference-remove .difference-text")).to_have_text(
        ["−RATE = 3e-4  # found by a sweep", "−# remark 60"]
    )
    expect(shown.locator(".difference-add .difference-text")).to_have_text(["+RATE = 1e-3"])
    expect(page.get_by_text("+1 −2 lines")).to_be_visible()
    expect(shown.get_by_text("# remark 10", exact=True)).to_have_count(0)
    shown.get_by_role("button", name="Show 40 lines").first.click()
    expect(shown.get_by_text("# remark 10", exact=True)).to_be_visible()
    changes.get_by_role("link", name="weights.bin").click()
    expect(page.get_by_text("The file is no text; its content differs.")).to_be_visible()
    page.go_back()
    expect(shown).to_be_visible()
    page.get_by_role("button", name="Back to the files").click()
    expect(page.get_by_role("tree", name="Files of the snapshot")).to_be_visible()


def test_any_run_is_compared_with_by_its_id(window: Windows, scene: Scene) -> None:
    page = window().open(address(scene.code))
    for run_id, said in (
        (scene.code.id, "The same snapshot: nothing differs."),
        (scene.page.id, "the page's own has no snapshot"),
        ("nobody", "There is no run nobody."),
    ):
        page.get_by_role("button", name="Diff with…").click()
        page.get_by_role("menuitem", name="A run by its id…").click()
        dialog = page.get_by_role("dialog", name="Diff with…")
        dialog.get_by_role("textbox", name="Run id").fill(run_id)
        dialog.get_by_role("textbox", name="Run id").press("Enter")
        expect(page.get_by_text(said)).to_be_visible()


def test_what_was_not_committed_is_there(window: Windows, scene: Scene) -> None:
    page = window().open(address(scene.recode))
    page.get_by_role("link", name="Uncommitted changes").click()
    shown = page.get_by_role("region", name="Uncommitted changes")
    expect(shown.locator(".difference-remove")).to_contain_text("RATE = 3e-4")
    expect(shown.locator(".difference-add")).to_contain_text("RATE = 1e-3")
    page.get_by_role("treeitem", name="extra.py").click()
    expect(page.get_by_role("region", name="extra.py", exact=True)).to_contain_text("EXTRA = True")


def test_a_run_without_a_snapshot_says_how_to_get_one(window: Windows, scene: Scene) -> None:
    page = window().open(address(scene.page))
    expect(page.get_by_role("heading", name="This run has no snapshot")).to_be_visible()
    expect(page.locator("pre")).to_contain_text("snapshot_directory")


def test_the_comparison_shows_code_against_the_baseline(window: Windows, scene: Scene) -> None:
    runs = f"{scene.code.id},{scene.page.id},{scene.recode.id}"
    page = window().open(f"compare?runs={runs}&tab=code")
    expect(page.get_by_text("the page's own has no snapshot")).to_be_visible()
    page.get_by_role("navigation", name="Runs compared with the baseline").get_by_role("link", name="second").click()
    expect(page.get_by_text("2 changed, 1 added, 1 removed")).to_be_visible()
    expect(page.locator(".difference-remove").first).to_contain_text("model:")


def test_names_and_contents_are_text(window: Windows, server: Served, tmp_path: Path) -> None:
    name = f'<img src=x onerror="{RUNS}">.py'
    folder = tmp_path / "hostile"
    folder.mkdir()
    (folder / name).write_text(HOSTILE)
    (folder / "page.html").write_text(f'<!doctype html><body onload="{RUNS}">{HOSTILE}')
    (folder / "drawing.svg").write_text(f'<svg xmlns="http://www.w3.org/2000/svg" onload="{RUNS}">{HOSTILE}</svg>')
    first = record(server, folder, "hostile-folders")
    (folder / name).write_text(f"{HOSTILE}\n{HOSTILE}")
    second = record(server, folder, "hostile-folders")
    seen = window()
    page = seen.open(address(second))
    page.get_by_role("treeitem", name=name).click()
    expect(page.locator(".code-line").first).to_contain_text(HOSTILE)
    for other in ("page.html", "drawing.svg"):
        page.get_by_role("treeitem", name=other).click()
        expect(page.get_by_role("treeitem", selected=True)).to_contain_text(other)
        page.wait_for_timeout(200)  # for what would run if anything did
    page.goto(f"{seen.base}/{address(second, diff=first.id)}")
    expect(page.locator(".source-change")).to_contain_text(name)
    expect(page.locator(".difference-add").first).to_contain_text(HOSTILE)
    assert "broken in" not in page.title()
    assert page.locator("img[src='x']").count() == 0
