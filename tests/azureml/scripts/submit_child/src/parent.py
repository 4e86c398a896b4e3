"""Submits two children from within a job."""

from azureml.core import Run, ScriptRunConfig

run = Run.get_context()
children = [
    run.submit_child(ScriptRunConfig(".", script="child.py", arguments=["--penalty", penalty])) for penalty in (1, 2)
]
for child in children:
    child.wait_for_completion(wait_post_processing=True)
run.log("best", max(child.get_metrics()["score"] for child in children))
