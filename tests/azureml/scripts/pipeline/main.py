"""Two steps, the first found by its data; the second time neither runs again."""

from azureml.core import Experiment, Workspace
from azureml.pipeline.core import Pipeline, PipelineData, PipelineParameter
from azureml.pipeline.steps import PythonScriptStep

ws = Workspace.from_config()
prepared = PipelineData("prepared", datastore=ws.get_default_datastore())
rows = PipelineParameter(name="rows", default_value=3)
prepare = PythonScriptStep(
    name="prepare",
    script_name="prepare.py",
    arguments=["--rows", rows, "--output", prepared],
    outputs=[prepared],
    compute_target="local",
    source_directory="steps",
    allow_reuse=True,
)
train = PythonScriptStep(
    name="train", script_name="train.py", arguments=["--input", prepared], inputs=[prepared], source_directory="steps"
)
pipeline = Pipeline(workspace=ws, steps=[train])
pipeline.validate()
run = Experiment(ws, "two-steps").submit(pipeline, pipeline_parameters={"rows": 5})
run.wait_for_completion(show_output=True)
print([(step.name, step.get_status()) for step in run.get_steps()], run.get_metrics())

again = Experiment(ws, "two-steps").submit(pipeline, pipeline_parameters={"rows": 5})
again.wait_for_completion()
print([step.is_reused for step in again.get_steps()])
