"""Addresses of pages: of the studio where one is served, else of the workspace folder with the same path behind it."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Final
from urllib.parse import quote

from runwatch.journal.location import is_folder

PORTAL_VARIABLE: Final = "RUNWATCH_PORTAL_URL"

ANSWER_S: Final = 0.2
"""A server of this machine accepts a connection in less than a millisecond."""


def workspace_url(location: str) -> str:
    """The address that the pages of a workspace start with.

    ``RUNWATCH_PORTAL_URL`` names a studio. Without one, a server is its own address, and a workspace on disk has that
    of the server of this user that serves it. If none does (``runwatch up``), it is a ``file:`` address whose fragment
    is the path that the studio would show.
    """
    configured = os.environ.get(PORTAL_VARIABLE, "").rstrip("/")
    if configured:
        return configured
    if not is_folder(location):
        return location
    return _served(location) or f"{Path(location).as_uri()}#"


def _served(location: str) -> str:
    """The address of a running server of this folder, or nothing."""
    from runwatch.store.remote import address, credential  # loaded only by those who ask for an address

    for each in credential.announced():
        if each.location == location:
            place = address.parse(each.url)
            try:
                socket.create_connection((place.host, place.port), ANSWER_S).close()
            except OSError:  # it ended without a word
                continue
            return place.url
    return ""


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
