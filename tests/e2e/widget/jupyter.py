"""A real JupyterLab, or Notebook 7, with kernels of its own, and a notebook opened in a browser."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import nbformat
import pytest
from msgspec import Struct
from playwright.sync_api import Browser, Locator, Page, Response, expect

from runwatch.server import process
from tests.e2e.studio.window import PICTURES

ROOT: Final = Path(__file__).parents[3]
WAIT_MS: Final = 60_000
"""A front end and its kernel start in some ten seconds on an idle machine."""


class Jupyter(Struct, frozen=True):
    """A server that runs.

    Attributes:
        address: Where it answers.
        folder: Where its notebooks are.
        kind: ``lab`` or ``notebook``.
    """

    address: str
    folder: Path
    kind: str

    def write(self, name: str, *cells: str) -> Path:
        """A notebook of these cells."""
        path = self.folder / name
        found = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])  # type: ignore[no-untyped-call]
        found.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(found, path)  # type: ignore[no-untyped-call]
        return path

    def ask(self, path: str, *, method: str = "GET") -> Any:
        """Ask the server's own interface."""
        request = urllib.request.Request(f"{self.address}/api/{path}", method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            body = answer.read()
        return json.loads(body) if body else None

    def is_ready(self, name: str) -> bool:
        """Whether the kernel of a notebook waits for work."""
        try:
            sessions = self.ask("sessions")
        except urllib.error.HTTPError:  # while a kernel starts, the server may fail to tell of it
            return False
        return any(each["path"] == name and each["kernel"]["execution_state"] == "idle" for each in sessions)

    def kernels(self) -> list[str]:
        """The ids of the kernels that run."""
        return [kernel["id"] for kernel in self.ask("kernels")]

    def end_kernels(self) -> None:
        """Shut down all kernels."""
        for kernel in self.kernels():
            self.ask(f"kernels/{kernel}", method="DELETE")


@contextmanager
def jupyter(kind: str, folder: Path, workspace: Path) -> Iterator[Jupyter]:
    """Start one, whose widgets may start a server of the workspace; all is gone afterwards, the kernels too."""
    (folder / "notebooks").mkdir(parents=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    environment = {
        **{name: value for name, value in os.environ.items() if name != "RUNWATCH_STUDIO"},
        **{name: str(folder / name.lower()) for name in names},
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]),
        "RUNWATCH_WORKSPACE": str(workspace),
    }
    command = [
        sys.executable, "-m", "jupyter", kind, "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root",
        "--IdentityProvider.token=", "--ServerApp.password=", "--ServerApp.disable_check_xsrf=True",
        f"--ServerApp.root_dir={folder / 'notebooks'}", "--LabApp.news_url=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]  # fmt: skip
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    found = Jupyter(f"http://127.0.0.1:{port}", folder / "notebooks", kind)
    try:
        _wait(found, server, folder / "server.log")
        yield found
    finally:
        if server.poll() is None:
            found.end_kernels()
            server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)
        for each in process.running(str(workspace)):
            process.stop(each)


def _wait(found: Jupyter, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            found.ask("status")
            return
        except OSError:
            if server.poll() is not None or time.monotonic() > until:
                pytest.fail(f"Jupyter did not come up: {log.read_text()[-2_000:]}")
            time.sleep(0.2)


def _is_save(answer: Response) -> bool:
    return "/api/contents/" in answer.url and answer.request.method == "PUT"


class Sheet:
    """A notebook in a browser.

    Args:
        browser: Where to open it.
        server: Whose it is.
        path: The notebook.
        folder: Where pictures go.
        settings: Of the browser's context.
    """

    def __init__(self, browser: Browser, server: Jupyter, path: Path, folder: Path, **settings: Any) -> None:
        self.context = browser.new_context(**{"viewport": {"width": 1200, "height": 1000}, **settings})
        self.folder = Path(os.environ.get(PICTURES, folder))
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(WAIT_MS)
        view = "doc/tree" if server.kind == "lab" else "notebooks"
        self.page.goto(f"{server.address}/{view}/{path.name}")
        self.page.locator(".jp-Notebook").wait_for()
        self.cells = self.page.locator(".jp-Notebook .jp-CodeCell")
        self.cells.first.wait_for()
        until = time.monotonic() + WAIT_MS / 1_000
        while not server.is_ready(path.name):  # a cell that is run before its kernel is there is not run
            assert time.monotonic() < until, "no kernel came up"
            self.page.wait_for_timeout(200)

    def run(self, number: int) -> None:
        """Run a cell without waiting for its end."""
        prompt = self.cells.nth(number).locator(".jp-InputPrompt")
        for _ in range(5):
            self.cells.nth(number).locator(".cm-content").click()
            self.page.keyboard.press("Shift+Enter")
            try:
                expect(prompt).not_to_have_text("[ ]:", timeout=3_000)
                return
            except AssertionError:  # the front end was not connected to its kernel yet
                continue
        pytest.fail(f"cell {number} does not run")

    def until_done(self, number: int) -> None:
        """Wait for the end of a cell that was run."""
        prompt = self.cells.nth(number).locator(".jp-InputPrompt")
        prompt.filter(has_text="]:").filter(has_not_text="*").filter(has_not_text="[ ]").wait_for()

    def widget(self, number: int) -> Locator:
        """The widget below a cell."""
        return self.cells.nth(number).locator(".jp-OutputArea section.frame")

    def picture(self, name: str) -> Path:
        """Keep what is seen."""
        self.page.wait_for_timeout(500)
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"jupyter-{name}.png"
        self.page.screenshot(path=path, animations="disabled")
        return path

    def save(self) -> None:
        """Save the notebook, and wait until it is on the disk."""
        with self.page.expect_response(_is_save):
            self.page.keyboard.press("Control+s")

    def close(self) -> None:
        """Close it."""
        self.context.close()
