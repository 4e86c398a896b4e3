"""Every kind of log call in an interactive run."""

import numpy as np

import azureml.core
from azureml.core import Experiment, Workspace

print("SDK version:", azureml.core.VERSION)

ws = Workspace.from_config()
print(ws.name, ws.resource_group, ws.location, ws.subscription_id, sep="\n")

experiment = Experiment(workspace=ws, name="logging-api-test")
run = experiment.start_logging(snapshot_directory=None)

run.log(name="accuracy", value=0.95, description="one number")
for i in range(-10, 10):
    run.log(name="Sigmoid", value=1 / (1 + np.exp(-i)))
run.log_list(name="Fibonacci", value=[0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89])
sines = {"angle": [], "sine": []}
for i in range(-10, 10):
    angle = i / 2.0
    run.log_row(name="Cosine Wave", angle=angle, cos=np.cos(angle))
    sines["angle"].append(angle)
    sines["sine"].append(np.sin(angle))
run.log_table(name="Sine Wave", value=sines)
run.log_confusion_matrix(
    "confusion_matrix",
    {
        "schema_type": "confusion_matrix",
        "schema_version": "1.0.0",
        "data": {"class_labels": ["0", "1"], "matrix": [[3, 1], [0, 4]]},
    },
)
run.log_residuals(
    "residuals",
    {"schema_type": "residuals", "schema_version": "1.0.0", "data": {"bin_edges": [-1, 0, 1], "bin_counts": [3, 5]}},
)
run.log_predictions(
    "predictions",
    {
        "schema_type": "predictions",
        "schema_version": "1.0.0",
        "data": {"bin_averages": [1, 2], "bin_errors": [0.1, 0.2], "bin_counts": [4, 4], "bin_edges": [0, 1, 2]},
    },
)
run.log_accuracy_table(
    "accuracy_table",
    '{"schema_type": "accuracy_table", "schema_version": "1.0.1", "data": {"probability_tables":'
    ' [[[2, 2, 0, 0], [0, 0, 2, 2]]], "percentile_tables": [[[2, 2, 0, 0], [0, 0, 2, 2]]],'
    ' "probability_thresholds": [0, 1], "percentile_thresholds": [0, 1], "class_labels": ["a"]}}',
)
run.complete()

metrics = run.get_metrics()
print(sorted(metrics))
