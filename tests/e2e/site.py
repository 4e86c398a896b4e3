"""A workspace with an agent of its own, to which tests submit scripts."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from runwatch import Experiment, Run, ScriptRunConfig, Workspace
from runwatch.journal import location

DRIVER_LOG = "azureml-logs/70_driver_log.txt"
WAIT_S = 60.0


class Site:
    """Submits scripts.

    Args:
        folder: An empty folder.
        workspace: The workspace that the agent serves.
    """

    def __init__(self, folder: Path, workspace: Workspace) -> None:
        self.folder = folder
        self.workspace = workspace
        self.experiment = Experiment(workspace, "tests")
        self._numbers = count()

    def source(self, script: str, **files: str) -> Path:
        """A folder with ``train.py`` and further files."""
        made = self.folder / f"source-{next(self._numbers)}"
        made.mkdir()
        (made / "train.py").write_text(textwrap.dedent(script))
        for name, text in files.items():
            (made / name).write_text(text)
        return made

    def config(self, script: str, **settings: Any) -> ScriptRunConfig:
        """What would submit a script."""
        return ScriptRunConfig(self.source(script), script="train.py", **settings)

    def submit(self, script: str, **settings: Any) -> Run:
        """Submit a script; it may not have begun."""
        return self.experiment.submit(self.config(script, **settings))

    def run(self, script: str, **settings: Any) -> Run:
        """Submit a script and wait for its end."""
        return ended(self.submit(script, **settings))

    def gate(self) -> Path:
        """A file that a script can wait for, with `waits_for`."""
        return self.folder / f"gate-{next(self._numbers)}"


def waits_for(gate: Path) -> str:
    """A line of a script that waits until the file is there."""
    return f"import os, time\nwhile not os.path.exists({str(gate)!r}): time.sleep(0.02)\n"


def ended(run: Run) -> Run:
    """The run, once it has ended."""
    run.wait_for_completion(wait_post_processing=True, raise_on_error=False)
    return run


def console(run: Run, path: str = DRIVER_LOG) -> str:
    """What a job printed."""
    text = run.get_details_with_logs()["logFiles"][path]
    assert isinstance(text, str)
    return text


def until(found: Callable[[], Any], timeout_s: float = WAIT_S) -> Any:
    """The first answer that counts as true."""
    deadline = time.monotonic() + timeout_s
    while not (answer := found()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
    return answer


@contextmanager
def serving(place: Path) -> Iterator[subprocess.Popen[bytes]]:
    """An agent for a workspace, gone afterwards, with what it runs."""
    Workspace.open(place).store  # noqa: B018 (opening makes it)
    with open(place.with_suffix(".log"), "ab") as log:
        agent = subprocess.Popen(
            [sys.executable, "-m", "runwatch.compute.agent", "--workspace", str(place), "--stay"],
            stdout=log,
            stderr=log,
        )
    try:
        until(lambda: location.bell(location.compute_folder(str(place))).exists())
        yield agent
    finally:
        agent.terminate()
        agent.wait(60)


ENDED = {"Completed", "Failed", "Canceled"}


def end_all(site: Site) -> None:
    """What a failed test left behind."""
    left = [run for run in site.experiment.get_runs(include_children=True) if run.get_status() not in ENDED]
    for run in left:
        run.cancel()
    for run in left:
        ended(run)
