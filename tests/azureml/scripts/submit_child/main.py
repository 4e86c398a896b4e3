"""A job that has jobs as children."""

from azureml.core import Experiment, ScriptRunConfig, Workspace

ws = Workspace.from_config()
run = Experiment(ws, "submit-child").submit(ScriptRunConfig("src", script="parent.py"))
run.wait_for_completion(show_output=True, wait_post_processing=True)
print(run.get_metrics(), sorted(child.get_metrics()["score"] for child in run.get_children()))
print([found.id == run.id for found in Experiment(ws, "submit-child").get_runs()])
