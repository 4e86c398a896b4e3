"""Tags, properties, and lists of runs by them."""

from azureml.core import Experiment, Workspace
from azureml.core.run import Run
from azureml.exceptions import UserErrorException

ws = Workspace.from_config()
exp = Experiment(ws, "tags-and-properties")

for quality, author in (("fantastic run", "azureml-user"), ("poor run", "somebody"), ("fantastic run", "somebody")):
    run = exp.start_logging()
    run.add_properties({"author": author})
    run.tag("quality", quality)
    run.tag("worth another look")
    run.complete()
try:
    run.add_properties({"author": "different-user"})
except Exception as e:
    print(type(e).__name__, isinstance(e, UserErrorException))
run.tag("quality", "changed")
print(run.get_tags())

print(len(list(exp.get_runs(properties={"author": "somebody"}))))
print(len(list(exp.get_runs(properties={"author": "azureml-user"}, tags={"quality": "fantastic run"}))))
print(len(list(exp.get_runs(properties={"author": "somebody"}, tags="worth another look"))))
print([found.id for found in Run.list(exp, tags={"quality": "changed"})] == [run.id])
print([name for name in ws.experiments if name == exp.name])
