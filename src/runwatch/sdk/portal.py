"""Addresses of pages: of the studio where one is served, else of the workspace folder with the same path behind it."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Final
from urllib.parse import quote

from runwatch.journal import background
from runwatch.journal.location import is_folder
from runwatch.sdk import problem
from runwatch.sdk.watcher.launch import JOURNAL_VARIABLE

PORTAL_VARIABLE: Final = "RUNWATCH_PORTAL_URL"

STUDIO_VARIABLE: Final = "RUNWATCH_STUDIO"
"""``off``: never start a server by itself."""

IDLE_H: Final = 8
"""A server that started by itself ends when nobody has asked for so many hours: a working day with its breaks."""

START_S: Final = 30.0
"""It is up in a second; on a busy machine, or with a database to be upgraded, later."""

ANSWER_S: Final = 0.2
"""A server of this machine accepts a connection in less than a millisecond."""


_failed: set[str] = set()


def workspace_url(location: str, *, start: bool = False, quiet: bool = False) -> str:
    """The address that the pages of a workspace start with.

    ``RUNWATCH_PORTAL_URL`` names a studio. Without one, a server is its own address, and a workspace on disk has that
    of the server of this user that serves it. If none does (``runwatch up``), it is a ``file:`` address whose fragment
    is the path that the studio would show.

    Args:
        location: Folder or URL.
        start: Serve a workspace on disk that nobody serves, in the background, until nobody has asked for `IDLE_H`
            hours; unless ``RUNWATCH_STUDIO`` is ``off``, or this is a job, which leaves that to who looks.
        quiet: Say nothing of it.
    """
    configured = os.environ.get(PORTAL_VARIABLE, "").rstrip("/")
    if configured:
        return configured
    if not is_folder(location):
        return location
    return _served(location) or (_serve(location, quiet) if start else "") or f"{Path(location).as_uri()}#"


def is_off() -> bool:
    """Whether the user wants no server that starts by itself."""
    return os.environ.get(STUDIO_VARIABLE, "").lower() in {"off", "0", "no", "false"}


def _serve(location: str, quiet: bool) -> str:
    """Start a server; nothing if it does not come up, which is said once and not tried again."""
    say = (lambda _: None) if quiet else problem.say
    import json
    import subprocess  # every training process loads this module, and hardly any of them these

    if is_off() or JOURNAL_VARIABLE in os.environ or location in _failed:
        return ""
    line = [sys.executable, "-m", "runwatch.cli", "--json", "-w", location, "up", "--detach", "--idle", str(IDLE_H)]
    try:
        done = subprocess.run(
            line, stdin=subprocess.DEVNULL, capture_output=True, timeout=START_S, check=True, cwd="/",
            env=background.elsewhere(os.environ),
        )  # fmt: skip
        url = str(json.loads(done.stdout)["url"])
    except (OSError, subprocess.SubprocessError, ValueError, KeyError) as error:
        _failed.add(location)
        say(f"the studio could not be started ({type(error).__name__}); 'runwatch up' starts it.")
        return ""
    say(f"the studio is served at {url}; 'runwatch open' signs a browser in.")
    return url


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


def experiment_url(location: str, experiment: str, *, start: bool = False) -> str:
    """The address of an experiment's page; ``start`` as of `workspace_url`."""
    return f"{workspace_url(location, start=start)}/experiments/{quote(experiment, safe='')}"


def run_url(location: str, experiment: str, run_id: str, *, start: bool = False) -> str:
    """The address of a run's page; ``start`` as of `workspace_url`."""
    return f"{experiment_url(location, experiment, start=start)}/runs/{quote(run_id, safe='')}"


def file_url(location: str, experiment: str, run_id: str, path: str) -> str:
    """The address of a file of a run."""
    return f"{run_url(location, experiment, run_id)}/outputs?file={quote(path)}"


def docs_url(module: str) -> str:
    """The address of a public class's documentation: its source on this machine, which holds it, works offline too.

    Args:
        module: The name of its module, without the package.
    """
    return Path(__file__).with_name(f"{module}.py").as_uri()
