"""The studio on demand: asking for the address of a run's page serves the page."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

SCRIPT = """
from runwatch import Experiment, Workspace
run = Experiment(Workspace.open("workspace"), "e").start_logging(outputs=False)
run.log("loss", 0.5)
run.complete()
print(run.get_portal_url())
print(run.get_portal_url() == run.portal_url == run.experiment.get_portal_url() + "/runs/" + run.id)
"""


def runwatch(folder: Path, *words: str) -> str:
    command = [sys.executable, "-m", "runwatch.cli", "--json", "-w", str(folder / "workspace"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user of their own, who has never served anything."""
    for name in [name for name in os.environ if name.startswith("RUNWATCH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


def test_an_address_leads_to_a_page_and_the_server_is_started_once(folder: Path) -> None:
    try:
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], cwd=folder, capture_output=True, text=True, check=True, timeout=120
        )
        url, same = done.stdout.split()
        assert same == "True"
        assert done.stderr.count("the studio is served at") == 1
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(urllib.request.Request(url, headers={"accept": "text/html"}), timeout=20)
        assert caught.value.code == 401
        assert b"runwatch open" in caught.value.read()
    finally:
        ended = json.loads(runwatch(folder, "down"))["ended"]
    assert len(ended) == 1


def test_a_server_that_nobody_asks_ends_by_itself(folder: Path) -> None:
    served = json.loads(runwatch(folder, "up", "--detach", "--no-agent", "--idle", str(1 / 3600)))
    process = psutil.Process(served["pid"])
    with contextlib.suppress(psutil.NoSuchProcess):
        process.wait(30)
    assert json.loads(runwatch(folder, "down"))["ended"] == []


def test_a_user_may_forbid_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNWATCH_STUDIO", "off")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=folder, capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.startswith("file:///")
    assert json.loads(runwatch(folder, "down"))["ended"] == []
