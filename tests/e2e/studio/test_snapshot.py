"""The snapshot of a run in the studio: its files, the zip, what git knew, and what differs from another run."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from runwatch import Experiment, Run
from tests.e2e.studio.recorded import keep
from tests.e2e.studio.scene import HOSTILE
from tests.e2e.studio.server import Served
from tests.e2e.studio.window import Window

Windows = Callable[..., Window]

TRAIN = "import os\n" + "".join(f"step_{number} = {number}\n" for number in range(40)) + "rate = 0.1\n"
FILES = {"train.py": TRAIN, "conf/a.yaml": "lr: 0.1\n", "README.md": f"# Read me\n\n{HOSTILE}\n", "ignored.tmp": "no\n"}
PATCH = "diff --git a/train.py b/train.py\n--- a/train.py\n+++ b/train.py\n@@ -1 +1 @@\n-import sys\n+import os\n"


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / ".amlignore").write_text("*.tmp\n")
    return folder


@pytest.fixture(scope="module")
def pair(server: Served, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    """Two runs of an experiment, between which the code changed."""
    experiment = Experiment(server.workspace, "snapshots")
    folder = write(tmp_path_factory.mktemp("before"), FILES)
    first = experiment.start_logging(display_name="first", outputs=False, snapshot_directory=str(folder))
    keep(first, "git.diff", PATCH)
    first.complete()
    changed = {"train.py": TRAIN.replace("rate = 0.1", "rate = 0.2"), "conf/a.yaml": "lr: 0.1\n", "new.sh": "echo\n"}
    folder = write(tmp_path_factory.mktemp("after"), changed)
    second = experiment.start_logging(display_name="second", outputs=False, snapshot_directory=str(folder))
    second.complete()
    return first, second


def address(run: Run) -> str:
    return f"experiments/snapshots/runs/{run.id}/snapshot"


def test_the_files_are_seen_as_they_were(window: Windows, pair: tuple[Run, Run]) -> None:
    seen = window()
    page = seen.open(address(pair[0]))
    tree = page.get_by_role("tree", name="Files of the snapshot")
    expect(page.get_by_text("4 files, ")).to_be_visible()
    tree.get_by_role("treeitem", name="conf").click()
    tree.get_by_role("treeitem", name="a.yaml").click()
    expect(page.locator(".code")).to_contain_text("lr: 0.1")
    tree.get_by_role("treeitem", name="train.py").click()
    expect(page.locator(".code .hljs-keyword").first).to_have_text("import")
    tree.get_by_role("treeitem", name="README.md").click()
    expect(page.locator(".markdown")).to_contain_text("<script>")
    page.get_by_role("button", name="Show what had changed").click()
    expect(page.locator(".diff-added")).to_have_text("+import os")
    expect(page.locator(".diff-removed")).to_have_text("-import sys")
    assert "broken in" not in page.title()
    assert seen.violations() == []


def test_the_zip_is_the_submitted_folder(window: Windows, pair: tuple[Run, Run], tmp_path: Path) -> None:
    page = window().open(address(pair[0]))
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download the snapshot").click()
    target = tmp_path / "snapshot.zip"
    waiting.value.save_as(target)
    with zipfile.ZipFile(target) as found:
        content = {name: found.read(name).decode() for name in found.namelist()}
    assert content == {**{n: t for n, t in FILES.items() if n != "ignored.tmp"}, ".amlignore": "*.tmp\n"}


def test_two_runs_are_compared_file_by_file(window: Windows, pair: tuple[Run, Run]) -> None:
    first, second = pair
    seen = window()
    page = seen.open(address(second))
    page.get_by_role("button", name="Compare with…").click()
    page.get_by_role("dialog").get_by_role("button", name="first").click()
    expect(page).to_have_url(f"{seen.base}/{address(second)}?diff={first.id}")
    changes = page.get_by_role("navigation", name="What changed since first")
    expect(changes.get_by_role("button")).to_have_text(["DREADME.mdremoved", "Anew.shadded", "Mtrain.pychanged"])
    changes.get_by_role("button", name="train.py").click()
    expect(page.locator(".diff-removed")).to_contain_text("rate = 0.1")
    expect(page.locator(".diff-added")).to_contain_text("rate = 0.2")
    page.get_by_role("button", name="equal lines").click()
    expect(page.locator(".diff-line").first).to_contain_text("import os")
    assert seen.violations() == []
    page.goto(f"{seen.base}/{address(second)}?diff={second.id}")
    expect(page.get_by_text("The code is that of second, to the last byte.")).to_be_visible()


def test_a_run_without_a_snapshot_says_how_to_get_one(window: Windows, server: Served) -> None:
    run = Experiment(server.workspace, "snapshots").start_logging(outputs=False)
    run.complete()
    page = window().open(address(run))
    expect(page.get_by_role("heading", name="This run has no snapshot")).to_be_visible()
    expect(page.locator("pre")).to_contain_text("take_snapshot")
