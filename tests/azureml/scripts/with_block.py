"""Runs as context managers: one that completes, one that fails."""

import os

from azureml.core import Experiment, Workspace

ws = Workspace.from_config()
exp = Experiment(ws, "with-block")

with exp.start_logging() as run:
    print("hello from the block")
    run.log("loss", 0.25)
    os.makedirs("outputs", exist_ok=True)
    with open("outputs/notes.txt", "w") as f:
        f.write("kept")

try:
    with exp.start_logging() as failing:
        failing.log("loss", float("nan"))
        raise ValueError("the data is broken")
except ValueError as e:
    print("caught:", e)

print(run.get_status(), failing.get_status())
