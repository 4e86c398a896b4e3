"""A page that stands for a notebook: loads the widget with models that a test's kernels answer."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Locator, Page, Route

from tests.e2e.studio.window import AXE, PICTURES, WAIT_MS
from tests.e2e.widget.kernel import Kernel, pack

ADDRESS: Final = "http://notebook.invalid/"
HERE: Final = Path(__file__).parent
BUILT: Final = HERE.parents[2] / "src" / "runwatch" / "widget" / "static" / "widget.js"
JUPYTER: Final = {
    False: {"--jp-layout-color1": "#ffffff", "--jp-ui-font-family": "system-ui, sans-serif"},
    True: {"--jp-layout-color1": "#111111", "--jp-ui-font-family": "system-ui, sans-serif"},
}


class Notebook:
    """One open page; what it complains about fails the test.

    Args:
        browser: Where to open it.
        folder: Where pictures go.
        settings: Of the context, such as ``color_scheme`` and ``locale``.
    """

    def __init__(self, browser: Browser, folder: Path, **settings: Any) -> None:
        self.context = browser.new_context(
            **{"viewport": {"width": 1000, "height": 900}, "locale": "en-GB", **settings}
        )
        self.folder = Path(os.environ.get(PICTURES, folder))
        self.complaints: list[str] = []
        self.kernels: dict[str, Kernel] = {}
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(WAIT_MS)
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.route("**/*", self._serve)
        self.page.expose_function("kernel", lambda name, text: self.kernels[name].hear(text))
        self.page.goto(ADDRESS)

    def theme(self, *, dark: bool) -> None:
        """Say light or dark as JupyterLab says it."""
        self.page.evaluate(
            "([light, names]) => {document.body.dataset.jpThemeLight = light;"
            "for (const [name, value] of Object.entries(names)) document.body.style.setProperty(name, value)}",
            [str(not dark).lower(), JUPYTER[dark]],
        )

    def put(self, kernel: Kernel, name: str = "widget", *, width: str = "100%", **seed: Any) -> Locator:
        """Show a widget of this kernel, which has pushed nothing yet."""
        self.kernels[name] = kernel
        self.page.evaluate("(given) => put(...given)", [name, {"run_id": kernel.run_id, **seed}, width])
        return self.page.locator(f"#{name}")

    def push(self, message: dict[str, Any], buffers: list[bytes], name: str = "widget") -> None:
        """Let the kernel push."""
        self.page.evaluate("([name, text]) => models[name].tell(text)", [name, pack({"push": message}, buffers)])

    def picture(self, name: str) -> Path:
        """Keep what is seen."""
        self.page.wait_for_timeout(600)
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"widget-{name}.png"
        self.page.screenshot(path=path, animations="disabled", full_page=True)
        return path

    def violations(self) -> list[str]:
        """What axe finds wrong with the widget, by rule and place."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run('main', {resultTypes: ['violations']})")
        return [
            f"{rule['id']}: {json.dumps([node['target'] for node in rule['nodes'][:3]])}"
            for rule in found["violations"]
        ]

    def close(self) -> None:
        """Close it; what it complained about fails the test."""
        self.context.close()
        assert not self.complaints, self.complaints

    def _serve(self, route: Route) -> None:
        name = route.request.url.removeprefix(ADDRESS)
        if name == "":
            route.fulfill(path=HERE / "page.html", content_type="text/html")
        elif name == "widget.js":
            route.fulfill(path=BUILT, content_type="text/javascript")
        elif name == "favicon.ico":
            route.fulfill(status=204)
        elif route.request.url.startswith("blob:"):
            route.continue_()
        else:
            self.complaints.append(f"asked for {route.request.url}")
            route.abort()
