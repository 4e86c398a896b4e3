"""Who may only look: the studio shows them all there is, and offers nothing that the server would refuse."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from runwatch import Experiment, Run
from tests.e2e.studio.server import Served, served

PASSWORD = "correct horse battery"

CHANGES = re.compile(r"^(Tag…|Archive|Bring back|Stop run|Delete…?|Rerun|Add a tag|Edit |Remove the tag )")
"""Names of what changes something of a run, an experiment or a model."""


@pytest.fixture(scope="module")
def team(surroundings: Path) -> Iterator[Served]:
    """A workspace of several people, who sign in."""
    with served(surroundings / "team", "--no-agent", "--auth", "team") as found:
        yield found


@pytest.fixture(scope="module")
def run(team: Served, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run with what people may change: a description, tags, a model, children of none."""
    run = Experiment(team.workspace, "digits").start_logging(outputs=False)
    run.log("loss", 0.5)
    run.set_tags({"owner": "ada"})
    weights = tmp_path_factory.mktemp("model") / "weights.bin"
    weights.write_bytes(b"weights")
    run.upload_file("outputs/weights.bin", str(weights))
    run.register_model("digits", model_path="outputs/weights.bin")
    run.complete()
    return run


def member(browser: Browser, team: Served, name: str, role: str) -> Page:
    """A page of somebody who was invited and chose a password."""
    command = [sys.executable, "-m", "runwatch.cli", "--json", "-w", str(team.folder), "user", "add", name]
    made = subprocess.run([*command, "--role", role, "--url", team.url], capture_output=True, text=True, check=True)
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB").new_page()
    page.goto(json.loads(made.stdout)["link"])
    form = page.locator("#with-invitation")
    form.get_by_label("Password").fill(PASSWORD)
    form.get_by_label("Once more").fill(PASSWORD)
    form.get_by_role("button").click()
    expect(page.locator("main")).to_be_visible()
    return page


def offered(page: Page) -> set[str]:
    """What on the page changes something, menus unfolded."""
    menu = page.get_by_role("button", name=re.compile("^(More|⋯|…)"))
    if menu.count():
        menu.last.click()
    found = named(page.get_by_role("button")) | named(page.get_by_role("menuitem"))
    page.keyboard.press("Escape")
    return {name for name in found if CHANGES.match(name)}


def named(controls: Locator) -> set[str]:
    return {
        each.get_attribute("aria-label") or each.inner_text().strip() for each in controls.all() if each.is_visible()
    }


@pytest.mark.parametrize(("role", "may"), [("viewer", False), ("contributor", True)])
def test_only_who_may_change_something_is_offered_to(
    browser: Browser, team: Served, run: Run, role: str, may: bool
) -> None:
    page = member(browser, team, role, role)
    page.goto(f"{team.url}/experiments/digits")
    page.get_by_role("row").filter(has_text="Completed").get_by_role("checkbox").check()
    expect(page.get_by_role("button", name="Compare")).to_be_visible()
    places = {"table": offered(page)}
    for place, address, there in (
        ("experiments", "experiments", "digits"),
        ("run", f"runs/{run.id}/details", "Tags"),
        ("notes", "experiments/digits?tab=notes", "Description"),
        ("model", "models/digits/1", "Description"),
    ):
        page.goto(f"{team.url}/{address}")
        expect(page.locator("main").get_by_text(there, exact=True).first).to_be_visible()
        places[place] = offered(page)
    assert {place for place, found in places.items() if found} == (set(places) if may else set()), places
    page.context.close()
