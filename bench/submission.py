"""What a submission costs: the call, the way to the script's first line, and the way back from its end."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Final

from bench.figure import Figure
from runwatch import Experiment, Run, ScriptRunConfig, Workspace
from runwatch.sdk import agent, home

ROUNDS: Final = 9
FILES: Final = 1_999
"""Beside the script."""

GOAL_SUBMIT_MS: Final = 100.0
GOAL_FIRST_LINE_MS: Final = 500.0
GOAL_RETURN_MS: Final = 1_000.0
GOAL_CHILD_MS: Final = 100.0
SCRIPT: Final = "import time\nprint(time.time(), flush=True)\ntime.sleep(1.5)\nprint(time.time(), flush=True)\n"
"""Long enough for its watcher to be up; a shorter one ends before anybody could have seen it."""

CHILDREN: Final = """
import time
from runwatch import Run

run = Run.get_context()
for number in range(20):
    start = time.perf_counter()
    child = run.child_run(str(number))
    child.log("loss", 1.0)
    child.complete()
    print(time.perf_counter() - start)
"""


@contextmanager
def serving(place: Path) -> Iterator[Workspace]:
    """A workspace with an idle agent."""
    workspace = Workspace.open(place)
    home.store(workspace.place)
    with agent.serving(workspace.place, "--stay"):
        yield workspace
    home.close(workspace.place)


def folder_of(place: Path, files: int) -> Path:
    """A folder to submit: the script and so many further files of some hundred bytes."""
    place.mkdir()
    (place / "train.py").write_text(SCRIPT)
    for number in range(files):
        part = place / f"part{number % 40:02d}"
        part.mkdir(exist_ok=True)
        (part / f"module{number:04d}.py").write_text(f"X = {number}\n" * 40)
    return place


def timed_submit(experiment: Experiment, folder: Path) -> tuple[Run, float]:
    """A run, and how long its submission took, in ms."""
    config = ScriptRunConfig(folder, script="train.py")
    start = time.perf_counter()
    run = experiment.submit(config)
    return run, (time.perf_counter() - start) * 1e3


def one_run(experiment: Experiment, folder: Path) -> dict[str, float]:
    """The times of one run from its submission to the end of the wait for it, in ms."""
    submitted_at = time.time()
    run, submit_ms = timed_submit(experiment, folder)
    run.wait_for_completion(show_output=False, wait_post_processing=True)
    returned_at = time.time()
    log = run.get_details_with_logs()["logFiles"]["azureml-logs/70_driver_log.txt"]
    first, last = (float(line) for line in log.split())
    return {
        "submit": submit_ms,
        "first_line": (first - submitted_at) * 1e3,
        "return": (returned_at - last) * 1e3,
    }


def children(experiment: Experiment, folder: Path) -> dict[str, float]:
    """What a child run costs a submitted script, from `child_run` to the return of `complete`, in ms."""
    folder.mkdir()
    (folder / "train.py").write_text(CHILDREN)
    run = experiment.submit(ScriptRunConfig(folder, script="train.py"))
    run.wait_for_completion(wait_post_processing=True)
    log = run.get_details_with_logs()["logFiles"]["azureml-logs/70_driver_log.txt"]
    first, *others = (float(line) * 1e3 for line in log.split())
    return {"first_child": round(first, 1), "child": round(median(others), 1)}


def times(rounds: int = ROUNDS) -> dict[str, float]:
    """Medians in ms."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        with serving(Path(folder, "workspace")) as workspace:
            experiment = Experiment(workspace, "bench")
            small = folder_of(Path(folder, "small"), 5)
            one_run(experiment, small)  # imports, and the caches of the machine
            found = [one_run(experiment, small) for _ in range(rounds)]
            child = children(experiment, Path(folder, "children"))
            large = folder_of(Path(folder, "large"), FILES)
            run, first_ms = timed_submit(experiment, large)
            run.wait_for_completion(wait_post_processing=True)
            again = []
            for _ in range(max(3, rounds // 3)):
                run, spent_ms = timed_submit(experiment, large)
                run.wait_for_completion(wait_post_processing=True)
                again.append(spent_ms)
    medians = {name: round(median(each[name] for each in found), 1) for name in found[0]}
    return {**medians, **child, "large_first": round(first_ms, 1), "large_again": round(median(again), 1)}


def measure() -> list[Figure]:
    """The rows of the README's table."""
    found = times()
    return [
        _row("submit a folder of six files", found["submit"], GOAL_SUBMIT_MS, "median; snapshot, run and job stored"),
        _row("from there to the script's first line", found["first_line"], GOAL_FIRST_LINE_MS, "idle local target"),
        _row("from the script's last line to the return of the wait", found["return"], GOAL_RETURN_MS, "all is stored"),
        _row("a child run in a submitted script", found["child"], GOAL_CHILD_MS, "median; made, one point, completed"),
        Figure("the first one", f"{found['first_child']:,.0f} ms", note="the script's process opens the store"),
        Figure("submit a folder of 2,000 files", f"{found['large_first']:,.0f} ms", note="the first time"),
        Figure("the same, unchanged", f"{found['large_again']:,.0f} ms", note="median; no content is stored again"),
    ]


def _row(what: str, spent_ms: float, goal_ms: float, note: str) -> Figure:
    return Figure(what, f"{spent_ms:,.1f} ms", f"under {goal_ms:,.0f} ms", spent_ms < goal_ms, note)


def main() -> None:
    """Print one line of JSON."""
    sys.stdout.write(json.dumps({"bench": "submission", **times()}) + "\n")


if __name__ == "__main__":
    main()
