"""A served workspace: ``runwatch up`` in a process of its own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

from runwatch import Workspace
from runwatch.sdk import home


class Served(Struct, frozen=True):
    """A workspace that is served.

    Attributes:
        folder: Where it is.
        workspace: The same, for recording straight into the folder.
        url: The server's address.
        link: The link that signs a browser in.
        process: The server.
    """

    folder: Path
    workspace: Workspace
    url: str
    link: str
    process: Any


@contextmanager
def served(folder: Path, *options: str) -> Iterator[Served]:
    """Serve a workspace, made if it is not there; the server is gone afterwards."""
    workspace = Workspace.open(folder)
    workspace.store  # noqa: B018 (opening makes it)
    command = [sys.executable, "-m", "runwatch.cli", "--json", "-w", str(folder), "up", "--port", "0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    text = ""
    while not text.rstrip().endswith("}"):
        line = process.stdout.readline()
        assert line, "the server did not come up"
        text += line
    said = json.loads(text)
    try:
        yield Served(folder=folder, workspace=workspace, url=said["url"], link=said["link"], process=process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        home.close(str(folder))
