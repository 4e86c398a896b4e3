"""A script that nobody submitted."""

from azureml.core import Run
from azureml.core.run import _OfflineRun
from azureml.exceptions import RunEnvironmentException

run = Run.get_context()
print(run.id.startswith("OfflineRun"), isinstance(run, _OfflineRun))
run.log("loss", 0.5, step=3)
run.log("loss", 0.25, step=4)
run.tag("kind", "offline")
child = run.child_run(name="fold")
child.log("loss", 1)
child.complete()
print(run.get_metrics(), run.get_status(), run.experiment.name, Run.get_context() is run)
run.complete()
try:
    Run.get_context(allow_offline=False)
except RunEnvironmentException as e:
    print(type(e).__name__)
