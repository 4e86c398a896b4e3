"""A real browser without a window: shows a page and gives what became of it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--enable-logging=stderr",
)  # fmt: skip


class Browser:
    """Chromium with a profile of its own; skips the test with a reason where there is none.

    Args:
        profile: Where cookies and the like are kept, made if it is not there.
    """

    def __init__(self, profile: Path) -> None:
        found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if found is None:
            pytest.skip("no Chromium is installed")
        self._command = [found, *FLAGS, f"--user-data-dir={profile}"]

    def show(self, url: str, *, wait_ms: int = 6_000) -> tuple[str, list[str]]:
        """The page as it stands once its scripts have had this (virtual) time, and what it said in its console."""
        done = subprocess.run(
            [*self._command, f"--virtual-time-budget={wait_ms}", "--dump-dom", url],
            capture_output=True, text=True, timeout=90, check=False,
        )  # fmt: skip
        return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]
