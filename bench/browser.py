"""A Chromium without a window for benchmarks, whose main thread's own time is counted and not the wall's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

FLAGS: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

READINGS: Final = 5


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        raise RuntimeError("no Chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield browser
        browser.close()


class Tab:
    """A page whose costs are read.

    Args:
        browser: Where.
        url: The server's address.
    """

    def __init__(self, browser: Browser, url: str) -> None:
        self.url = url
        self.context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(120_000)
        self._session: CDPSession = self.context.new_cdp_session(self.page)
        # Time of the thread, so that what else the machine does does not count.
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def open(self, path: str) -> Page:
        """Show an address of the studio."""
        self.page.goto(f"{self.url}/{path}")
        return self.page

    def heap_bytes(self) -> float:
        """What the page holds, after a collection: the least of a few readings, since a page at work makes garbage."""
        found = []
        for _ in range(READINGS):
            self._session.send("HeapProfiler.collectGarbage")
            found.append(self.cost()["JSHeapUsedSize"])
        return min(found)

    def cost(self) -> dict[str, float]:
        """What the main thread has done so far: seconds by kind."""
        found: dict[str, Any] = self._session.send("Performance.getMetrics")
        return {each["name"]: float(each["value"]) for each in found["metrics"]}

    def task_ms(self) -> float:
        """The main thread's time so far, but for what this program made it do: who waits for a row asks for it."""
        cost = self.cost()
        return (cost["TaskDuration"] - cost["DevToolsCommandDuration"]) * 1e3

    def close(self) -> None:
        """Close it."""
        self.context.close()
