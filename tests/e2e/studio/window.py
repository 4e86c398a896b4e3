"""A real Chromium that tests drive, and what it must not do: fail a request, break a script, or load from elsewhere."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

FLAGS: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

PICTURES: Final = "RUNWATCH_TEST_PICTURES"
"""The variable with a folder that keeps the pictures; without it they go with the test's own."""

WAIT_MS: Final = 20_000
"""A busy machine may take so long; nothing here is measured."""

expect.set_options(timeout=WAIT_MS)

AXE: Final = Path(__file__).parents[3] / "studio" / "node_modules" / "axe-core" / "axe.min.js"


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window; skips the test with a reason where there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield browser
        browser.close()


class Window:
    """One reader's browser: signed in, and watched for whatever it complains about.

    Args:
        browser: Where to open it.
        link: The link that signs in.
        folder: Where pictures go.
        settings: Of the context, such as ``color_scheme``, ``locale`` and ``viewport``.
    """

    def __init__(self, browser: Browser, link: str, folder: Path, **settings: Any) -> None:
        settings = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", **settings}
        self.context: BrowserContext = browser.new_context(**settings)
        self.base = link.split("/#")[0]
        self.folder = Path(os.environ.get(PICTURES, folder))
        self.complaints: list[str] = []
        self._excused: list[tuple[str, ...]] = []
        signing_in = self.context.new_page()
        signing_in.goto(link)
        signing_in.locator("#studio").wait_for(state="attached", timeout=WAIT_MS)
        signing_in.close()
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(WAIT_MS)
        self.page.on("console", lambda said: self._hear(said.type, said.text))
        self.page.on("pageerror", lambda error: self._hear("error", str(error)))
        self.page.on("request", lambda request: self._see(request.url))
        self.page.on("response", lambda answer: self._judge(answer.status, answer.url))

    def open(self, path: str) -> Page:
        """Show an address of the studio."""
        self.page.goto(f"{self.base}/{path}")
        self.page.locator("main").wait_for()
        return self.page

    def picture(self, name: str) -> Path:
        """Keep what is seen, once fonts and data are there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{name}.png"
        self.page.screenshot(path=path, animations="disabled")
        return path

    def violations(self) -> list[str]:
        """What axe finds wrong with the page, by rule and place."""
        # Through the debugger, since the page's policy lets in no script that is not the studio's.
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{rule['id']}: {', '.join(str(node['target']) for node in rule['nodes'][:3])}"
            for rule in found["violations"]
        ]

    def excuse(self, *parts: str) -> None:
        """Complaints that hold all of these are what a test is about: those so far, and those still on their way."""
        self._excused.append(parts)

    def unexcused(self) -> list[str]:
        """What it complained about so far."""
        return [text for text in self.complaints if not any(all(each in text for each in one) for one in self._excused)]

    def close(self) -> None:
        """Close it; what it complained about fails the test."""
        self.context.close()
        complaints = self.unexcused()
        assert not complaints, complaints

    def _hear(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"} and not text.startswith("Failed to load resource"):
            self.complaints.append(text)

    def _judge(self, status: int, url: str) -> None:
        if status >= 400:
            self.complaints.append(f"{status} {url}")

    def _see(self, url: str) -> None:
        if not url.startswith((self.base, "data:", "blob:")):
            self.complaints.append(f"asked another host: {url}")
