"""What `import runwatch` costs a script, beside `import wandb` and a bare interpreter."""

from __future__ import annotations

import importlib.util
import statistics
import subprocess
import sys
import time

from bench.figure import Figure

ROUNDS = 15


def seconds(code: str) -> float:
    """Wall seconds of a fresh interpreter that runs the code, in a folder where nothing shadows the packages."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - started


def measure() -> list[Figure]:
    """Median over interleaved rounds, the bare interpreter's start subtracted."""
    peer = importlib.util.find_spec("wandb") is not None
    codes = {"bare": "pass", "runwatch": "from runwatch import Experiment, Run, Workspace"}
    if peer:
        codes["wandb"] = "import wandb"
    for code in codes.values():  # byte code and page cache are warm for all
        seconds(code)
    taken: dict[str, list[float]] = {name: [] for name in codes}
    for _ in range(ROUNDS):
        for name, code in codes.items():
            taken[name].append(seconds(code))
    bare = statistics.median(taken["bare"])
    ours = statistics.median(taken["runwatch"]) - bare
    what = "`import runwatch`"
    if not peer:
        return [Figure(what, f"{ours * 1e3:.0f} ms", "1/5 of W&B", None, "W&B is not installed: run `make bench`")]
    theirs = statistics.median(taken["wandb"]) - bare
    note = f"{ours * 1e3:.0f} ms against {theirs * 1e3:.0f} ms, median of {ROUNDS} interleaved fresh interpreters"
    return [Figure(what, f"1/{theirs / ours:.0f} of W&B", "1/5 of W&B", ours < theirs / 5, note)]


if __name__ == "__main__":
    for figure in measure():
        print(figure.row())
