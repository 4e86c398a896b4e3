"""Keeps runs as folders before a workspace goes away: files, details and metrics of a parent and its children."""

import json
import os

from azureml.core import Experiment, Workspace

ws = Workspace.from_config()
experiment = Experiment(ws, "kept")
with experiment.start_logging(outputs=None, snapshot_directory=None) as run:
    run.tag("team", "vision")
    for step in range(3):
        run.log("loss", 1 / (step + 1))
    run.log_table("sines", {"angle": [0.0, 0.5], "sine": [0.0, 0.479]})
    for rate in (0.1, 0.2):
        with run.child_run(name=f"rate {rate}") as child:
            child.log("rate", rate)
    with open("model.txt", "w") as file:
        file.write("a model")
    run.upload_file("outputs/model.txt", "model.txt")

for each in [run, *run.get_children()]:
    folder = os.path.join("kept", each.id)
    os.makedirs(folder)
    each.download_files(output_directory=folder)
    record = {**each.get_details(), "tags": each.get_tags(), "experimentName": experiment.name}
    if each.parent is not None:
        record["parentRunId"] = each.parent.id
    with open(os.path.join(folder, "details.json"), "w") as file:
        json.dump(record, file)
    with open(os.path.join(folder, "metrics.json"), "w") as file:
        json.dump(each.get_metrics(), file)
print(run.id)
