"""Addresses of pages: of the studio where one is served, else of the workspace folder with the same path behind it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final
from urllib.parse import quote

from runwatch.sdk import home

PORTAL_VARIABLE: Final = "RUNWATCH_PORTAL_URL"


def workspace_url(location: str) -> str:
    """The address that the pages of a workspace start with.

    ``RUNWATCH_PORTAL_URL`` names a studio. Without one, a workspace on disk has a ``file:`` address whose fragment is
    the path that the studio would show, and a server is its own address.
    """
    configured = os.environ.get(PORTAL_VARIABLE, "").rstrip("/")
    if configured:
        return configured
    return f"{Path(location).as_uri()}#" if home.is_folder(location) else location


def experiment_url(location: str, experiment: str) -> str:
    """The address of an experiment's page."""
    return f"{workspace_url(location)}/experiments/{quote(experiment, safe='')}"


def run_url(location: str, experiment: str, run_id: str) -> str:
    """The address of a run's page."""
    return f"{experiment_url(location, experiment)}/runs/{quote(run_id, safe='')}"


def file_url(location: str, experiment: str, run_id: str, path: str) -> str:
    """The address of a file of a run."""
    return f"{run_url(location, experiment, run_id)}/files/{quote(path)}"


def docs_url(module: str) -> str:
    """The address of a public class's documentation: its source on this machine, which holds it, works offline too.

    Args:
        module: The name of its module, without the package.
    """
    return Path(__file__).with_name(f"{module}.py").as_uri()
