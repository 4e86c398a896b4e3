"""What `import runwatch` and `import azureml.core` cost a script, beside `import wandb` and a bare interpreter."""

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


CLASSES = "from runwatch import Experiment, Run, Workspace"
"""Loads every module that a training script needs before its run starts; `import runwatch` alone loads none of them."""


ORIGINAL = "from azureml.core import Experiment, Run, Workspace"
"""What scripts of the original begin with."""

ORIGINAL_MS = 60


def measure() -> list[Figure]:
    """Median over interleaved rounds, the bare interpreter's start subtracted."""
    peer = importlib.util.find_spec("wandb") is not None
    codes = {
        "bare": "pass",
        "package": "import runwatch",
        "classes": CLASSES,
        "azureml": "import azureml.core",
        "original": ORIGINAL,
    }
    if peer:
        codes["wandb"] = "import wandb"
    for code in codes.values():  # byte code and page cache are warm for all
        seconds(code)
    taken: dict[str, list[float]] = {name: [] for name in codes}
    for _ in range(ROUNDS):
        for name, code in codes.items():
            taken[name].append(seconds(code))
    spent = {name: statistics.median(values) for name, values in taken.items()}
    package, classes = spent["package"] - spent["bare"], spent["classes"] - spent["bare"]
    what = "`import runwatch`"
    face, original = (spent["azureml"] - spent["bare"]) * 1e3, (spent["original"] - spent["bare"]) * 1e3
    shim = Figure(
        "`import azureml.core`", f"{face:.0f} ms", f"{ORIGINAL_MS} ms", face < ORIGINAL_MS,
        f"`{ORIGINAL}`: {original:.0f} ms",
    )  # fmt: skip
    if not peer:
        return [
            shim,
            Figure(what, f"{package * 1e3:.0f} ms", "1/5 of W&B", None, "W&B is not installed: run `make bench`"),
        ]
    theirs = spent["wandb"] - spent["bare"]
    note = f"{package * 1e3:.1f} ms against {theirs * 1e3:.0f} ms, median of {ROUNDS} interleaved fresh interpreters"
    return [
        Figure(what, f"1/{theirs / package:.0f} of W&B", "1/5 of W&B", package < theirs / 5, note),
        shim,
        Figure(f"`{CLASSES}`", f"1/{theirs / classes:.1f} of W&B", "", None, f"{classes * 1e3:.0f} ms"),
    ]


if __name__ == "__main__":
    for figure in measure():
        print(figure.row())
