"""Says which run it is."""

from azureml.core import Run

run = Run.get_context()
run.log("answer", 42)
run.tag("place", "cluster")
print("run", run.id, "of", run.experiment.name)
