"""Compute pages: the active runs of a cluster with their links, gone from it when they end (S1, S2, S3)."""

from __future__ import annotations

import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from runwatch import AmlCompute, ComputeTarget, Experiment, Run, ScriptRunConfig
from runwatch.schema.job import CreateJob, Target
from runwatch.schema.run import CreateRun, RunStatus
from tests.e2e.studio.server import Served, served
from tests.e2e.studio.window import Window

SCRIPT = """
import os, sys, time
from runwatch import Run
run = Run.get_context()
run.log("started", 1)
child = run.child_run(name="fold")
while not os.path.exists(sys.argv[1]):
    time.sleep(0.05)
child.complete()
"""


@pytest.fixture(scope="module")
def working(surroundings: Path) -> Iterator[Served]:
    """A served workspace with an agent."""
    with served(surroundings / "working") as found:
        yield found


MANY = 1_001
"""More than a page of a list has."""


@pytest.fixture(scope="module")
def crowded(surroundings: Path) -> Iterator[tuple[Served, Run]]:
    """A served workspace without an agent, and a run with many children that wait; one more waits elsewhere."""
    with served(surroundings / "crowded", "--no-agent") as found:
        store = found.workspace.store
        for name in ("crowded", "quiet"):
            store.jobs.put_target(Target(name=name))
        parent = Experiment(found.workspace, "crowd").start_logging(display_name="parent", outputs=False)
        for number in range(MANY + 1):
            run_id, target = f"crowd-{number}", "crowded" if number < MANY else "quiet"
            store.runs.create(
                CreateRun(
                    experiment="crowd", run_id=run_id, token=run_id, status=RunStatus.QUEUED, created_at=time.time(),
                    parent_run_id=parent.id if number < MANY else None, target=target,
                )
            )  # fmt: skip
            store.jobs.create(CreateJob(run_id=run_id, target=target))
        yield found, parent


def test_what_a_list_cannot_hold_is_counted_all_the_same(
    crowded: tuple[Served, Run], browser: Browser, tmp_path: Path
) -> None:
    server, parent = crowded
    window = Window(browser, server.link, tmp_path)
    page = window.open("compute")
    expect(page.get_by_role("row", name="crowded").get_by_role("cell").nth(4)).to_have_text("1,000+")
    expect(page.get_by_role("row", name="quiet").get_by_role("cell").nth(4)).to_have_text("1")
    page.get_by_role("link", name="crowded").click()
    parts = page.get_by_role("navigation", name="Parts of the target")
    expect(parts.get_by_role("link", name="Runs 1,001")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("The first 1,000 are shown.")
    parts.get_by_role("link", name="Queue 1,000+").click()
    expect(page.get_by_role("main")).to_contain_text("The first 1,000 are shown.")
    page.goto(f"{window.base}/experiments/crowd/runs/{parent.id}/details")
    tabs = page.get_by_role("navigation", name="Parts of the run")
    expect(tabs.get_by_role("link", name="Child runs 1,001")).to_be_visible()
    window.close()


def test_home_and_an_experiment_count_what_comes(crowded: tuple[Served, Run], browser: Browser, tmp_path: Path) -> None:
    server, parent = crowded
    window = Window(browser, server.link, tmp_path)
    page = window.open("")
    card = page.locator(".card")
    expect(card.filter(has_text="Waiting")).to_contain_text("1,000+")
    before = int(server.workspace.store.info().runs)
    expect(card.filter(has_text="Runs")).to_contain_text(f"{before:,}")
    for _ in range(2):
        parent.experiment.start_logging(outputs=False).complete()
    expect(card.filter(has_text="Runs")).to_contain_text(f"{before + 2:,}")
    page.goto(f"{window.base}/experiments/crowd")
    tab = page.get_by_role("navigation", name="Parts of the experiment").get_by_role("link", name="Runs")
    expect(page.locator(".foot")).to_contain_text("4 runs")
    expect(tab).to_have_text("Runs4")
    window.close()


def test_compute_is_walked_by_keys(crowded: tuple[Served, Run], browser: Browser, tmp_path: Path) -> None:
    server, _ = crowded
    window = Window(browser, server.link, tmp_path)
    page = window.open("")
    page.keyboard.press("g")
    page.keyboard.press("c")
    link = page.get_by_role("link", name="quiet")
    expect(link).to_be_visible()
    walk(page, link)
    page.keyboard.press("Enter")
    expect(page.get_by_role("table", name="Runs").get_by_role("row")).to_have_count(2)
    assert window.violations() == []
    for name in ("Nodes", "Queue"):
        tab = page.get_by_role("navigation", name="Parts of the target").get_by_role("link", name=name)
        walk(page, tab)
        page.keyboard.press("Enter")
        expect(tab).to_have_attribute("aria-current", "page")
        expect(page.get_by_role("table", name=name)).to_be_visible()
    run = page.get_by_role("table", name="Queue").get_by_role("link")
    walk(page, run)
    page.keyboard.press("Enter")
    expect(page.locator(".standing")).to_contain_text("Queued")
    window.close()


def walk(page: Page, to: Locator) -> None:
    """Press Tab until it has the focus, as somebody without a mouse does."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if to.evaluate("element => element === document.activeElement"):
            return
    pytest.fail("the keyboard does not reach it")


def ended(runs: list[Run]) -> None:
    for run in runs:
        run.wait_for_completion(raise_on_error=False)


def test_a_cluster_lists_its_active_runs_and_loses_them_at_their_end(
    working: Served, browser: Browser, tmp_path: Path
) -> None:
    source, gate = tmp_path / "source", tmp_path / "gate"
    source.mkdir()
    (source / "train.py").write_text(SCRIPT)
    target = ComputeTarget.create(
        working.workspace, "shared", AmlCompute.provisioning_configuration(vm_size="", max_nodes=1)
    )
    experiment = Experiment(working.workspace, "on-a-cluster")
    config = ScriptRunConfig(source, script="train.py", arguments=[str(gate)], compute_target=target)
    runs = [experiment.submit(config) for _ in range(3)]
    window = Window(browser, working.link, tmp_path)
    page = window.open("compute")
    page.get_by_role("link", name="shared").click()
    table = page.get_by_role("table", name="Runs")
    # Three that were submitted, and the child of the one that runs.
    expect(table.get_by_role("row")).to_have_count(1 + 4)
    expect(table).to_contain_text("fold")
    expect(table.get_by_text("Running")).to_have_count(2)
    expect(table.get_by_text("Queued")).to_have_count(2)
    expect(table).to_contain_text("place 1 in the queue")
    expect(table.get_by_text("waits since")).to_have_count(2)  # they never started
    window.picture("cluster-runs")
    row = table.get_by_role("row").filter(has_text="2 in the queue")
    assert row.get_by_role("link", name="on-a-cluster", exact=True).get_attribute("href") == "/experiments/on-a-cluster"
    row.get_by_role("link").first.click()
    expect(page.locator(".standing")).to_contain_text("Queued")
    expect(page.locator(".standing")).to_contain_text("place 2 in the queue")
    waits = page.get_by_role("heading", name="Waits for shared, place 2 in the queue")
    expect(waits).to_be_visible()
    page.get_by_role("link", name="Outputs + logs").click()
    expect(page).to_have_url(re.compile("/outputs$"))
    expect(waits).to_be_visible()
    window.picture("queued")
    page.go_back()
    page.go_back()
    gate.touch()
    ended(runs)
    expect(page.get_by_role("main")).to_contain_text("No run waits or runs here")
    window.close()


def test_nodes_and_queue_say_who_is_where(working: Served, browser: Browser, tmp_path: Path) -> None:
    source, gate = tmp_path / "source", tmp_path / "gate"
    source.mkdir()
    (source / "train.py").write_text(SCRIPT)
    config = ScriptRunConfig(source, script="train.py", arguments=[str(gate)], compute_target="shared")
    runs = [Experiment(working.workspace, "in-turn").submit(config) for _ in range(2)]
    window = Window(browser, working.link, tmp_path)
    page = window.open("compute/clusters/shared/nodes")
    expect(page.get_by_role("table", name="Nodes")).to_contain_text("Working")
    expect(page.get_by_role("table", name="Nodes").get_by_role("link")).to_have_text(runs[0].display_name)
    page.get_by_role("navigation", name="Parts of the target").get_by_role("link", name="Queue").click()
    expect(page.get_by_role("table", name="Queue").get_by_role("link")).to_have_text(runs[1].display_name)
    page.goto(f"{window.base}/experiments/in-turn/runs/{runs[1].id}/details")
    ask = page.get_by_role("dialog", name="Stop the run?")
    page.get_by_role("button", name="Stop run", exact=True).click()
    ask.get_by_role("button", name="Keep it running").click()
    expect(ask).to_have_count(0)
    assert runs[1].get_status() == "Queued"
    page.get_by_role("button", name="Stop run", exact=True).click()
    ask.get_by_role("button", name="Stop the run").click()
    expect(page.locator(".standing")).to_contain_text("Canceled")
    gate.touch()
    ended(runs)
    assert runs[1].get_status() == "Canceled"
    window.close()


def test_a_run_is_submitted_again_from_its_page(working: Served, browser: Browser, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "train.py").write_text(
        "import sys\nfrom runwatch import Run\nprint('began')\nRun.get_context().log('seed', int(sys.argv[1]))\n"
    )
    config = ScriptRunConfig(source, script="train.py", arguments=["7"], compute_target="local")
    first = Experiment(working.workspace, "again").submit(config)
    first.display_name = "seven"
    first.wait_for_completion()
    window = Window(browser, working.link, tmp_path)
    page = window.open(f"experiments/again/runs/{first.id}/details")
    page.get_by_role("button", name="Run again").click()
    ask = page.get_by_role("dialog", name="Run this again?")
    expect(ask).to_contain_text("train.py")
    expect(ask.get_by_label("Name")).to_have_value("seven")
    expect(ask.get_by_label("Arguments, one a line")).to_have_value("7")
    ask.get_by_label("Arguments, one a line").fill("8")
    window.picture("run-again")
    ask.get_by_role("button", name="Run again").click()
    expect(page.get_by_role("status").filter(has_text="seven is queued.")).to_be_visible()
    expect(page).not_to_have_url(re.compile(first.id))
    expect(page.locator(".standing")).to_contain_text("Completed")
    again = next(run for run in Experiment(working.workspace, "again").get_runs() if run.id != first.id)
    assert again.id in page.url
    assert again.display_name == "seven"
    assert (first.get_metrics(), again.get_metrics()) == ({"seed": 7}, {"seed": 8})
    page.get_by_role("button", name="More").click()
    with page.expect_download() as got:
        page.get_by_role("menuitem", name=re.compile("Download")).click()
    with zipfile.ZipFile(got.value.path()) as found:
        assert b"began" in found.read("azureml-logs/70_driver_log.txt")
    window.close()


def test_an_empty_home_says_how_to_record_into_this_workspace(
    surroundings: Path, browser: Browser, tmp_path: Path
) -> None:
    with served(surroundings / "bare", "--no-agent") as found:
        window = Window(browser, found.link, tmp_path)
        page = window.open("")
        code = page.locator(".snippet pre")
        expect(code).to_contain_text(f'Workspace.open("{found.folder}")')
        expect(page.get_by_role("button", name="Copy")).to_be_visible()
        exec(code.inner_text(), {})
        expect(page.get_by_role("table", name="Recent").get_by_role("row")).to_have_count(2)
        window.close()
