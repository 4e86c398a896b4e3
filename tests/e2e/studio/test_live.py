"""What changed while a page could not hear of it: it shows it once it can again, however little it had heard before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from runwatch import Experiment, Run
from tests.e2e.studio.gate import Gate
from tests.e2e.studio.server import served
from tests.e2e.studio.window import Window

WITHOUT_WORKER = "delete globalThis.SharedWorker"
POLLING = f"{WITHOUT_WORKER}; delete globalThis.EventSource"

JOINS_LATE = """
const post = MessagePort.prototype.postMessage;
MessagePort.prototype.postMessage = function (message) {
  if (message.address) globalThis.join = () => post.call(this, message);
  else post.call(this, message);
};
"""


@pytest.fixture(scope="module")
def gate() -> Iterator[Gate]:
    found = Gate()
    yield found
    found.close()


@pytest.fixture(scope="module")
def run(surroundings: Path, gate: Gate) -> Iterator[tuple[Run, str]]:
    """A run of a server behind the gate, and the link that signs in there."""
    with served(surroundings / "behind-a-gate", "--no-agent", "--name", gate.host) as server:
        gate.upstream = int(server.url.rsplit(":", 1)[1].rstrip("/"))
        run = Experiment(server.workspace, "gate").start_logging(display_name="quiet", outputs=False)
        run.complete()  # nothing else is told of it
        yield run, server.link.replace(server.url.split("//")[1].rstrip("/"), gate.host)


@pytest.fixture
def behind(browser: Browser, run: tuple[Run, str], tmp_path: Path) -> Iterator[Callable[..., Window]]:
    """Opens windows that see the server through the gate."""
    made: list[Window] = []

    def open_window(script: str = "") -> Window:
        window = Window(browser, run[1], tmp_path)
        window.excuse("502")
        window.page.add_init_script(script or "0")
        made.append(window)
        return window

    yield open_window
    for each in made:
        each.close()


def is_there(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text("quiet")
    expect(page.locator(".run-tags")).to_be_visible()


def tags(page: Page, text: str) -> None:
    expect(page.locator(".run-tags")).to_contain_text(text)


@pytest.mark.parametrize("script", ["", WITHOUT_WORKER, POLLING], ids=["worker", "stream", "polling"])
def test_what_changed_while_the_server_was_away_is_seen_afterwards(
    script: str, behind: Callable[..., Window], run: tuple[Run, str], gate: Gate
) -> None:
    """Nothing had changed before: the page knows from where on it has to hear by what it was served with."""
    name = f"tagged-{script.count('delete')}"
    page = behind(script).open(f"runs/{run[0].id}/details")
    is_there(page)
    gate.refuse()
    try:
        expect(page.locator(".live")).to_contain_text("reconnecting")
        run[0].tag(name, "unheard")
        page.wait_for_timeout(3_000)  # it tries in vain meanwhile
        expect(page.locator(".run-tags")).not_to_contain_text(name)
    finally:
        gate.let_pass()
    expect(page.get_by_text("reconnecting")).to_have_count(0)
    tags(page, name)


def test_what_changes_between_a_page_and_its_stream_is_seen(
    behind: Callable[..., Window], run: tuple[Run, str]
) -> None:
    """The stream is held up until after the change, the answers that the page shows are from before it."""
    window = behind(WITHOUT_WORKER)
    held: list[Callable[[], None]] = []
    window.page.route("**/changes:stream*", lambda route: held.append(route.continue_))
    page = window.open(f"runs/{run[0].id}/details")
    expect(page.locator(".run-tags")).to_be_visible()
    page.wait_for_load_state("networkidle")
    run[0].tag("in-between", "x")
    expect(page.locator(".run-tags")).not_to_contain_text("in-between")
    assert held
    held[0]()
    tags(page, "in-between")


def test_a_second_tab_hears_of_what_the_first_was_told_before_it_came(
    behind: Callable[..., Window], run: tuple[Run, str]
) -> None:
    """Both share one stream, which stood further on than the second page when it was served."""
    window = behind()
    first = window.open(f"runs/{run[0].id}/details")
    is_there(first)
    second = window.context.new_page()
    second.add_init_script(JOINS_LATE)
    second.goto(first.url)
    is_there(second)
    run[0].tag("told-the-first", "x")
    tags(first, "told-the-first")
    expect(second.locator(".run-tags")).not_to_contain_text("told-the-first")
    second.evaluate("join()")
    tags(second, "told-the-first")
    second.close()
