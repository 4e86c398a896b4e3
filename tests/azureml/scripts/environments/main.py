"""Environments: made, registered, found again, and used."""

from azureml.core import Environment, Experiment, ScriptRunConfig, Workspace
from azureml.core.authentication import InteractiveLoginAuthentication
from azureml.core.conda_dependencies import CondaDependencies
from azureml.core.runconfig import DockerConfiguration, RunConfiguration

ws = Workspace.from_config(auth=InteractiveLoginAuthentication(tenant_id="my-tenant"))

myenv = Environment("myenv")
myenv.python.conda_dependencies = CondaDependencies.create(
    conda_packages=["scikit-learn"], pip_packages=["azureml-defaults", "joblib"], python_version="3.11"
)
myenv.register(workspace=ws)
found = Environment.get(workspace=ws, name="myenv")
print(found.name, found.version, "joblib" in found.python.conda_dependencies.serialize_to_string())

here = Environment("here")
here.python.user_managed_dependencies = True
here.environment_variables = {"GREETING": "hello"}
curated = Environment.get(ws, "AzureML-Tutorial")

run_config = RunConfiguration()
run_config.environment = here
run = Experiment(ws, "environments").submit(
    ScriptRunConfig(source_directory="src", script="train.py", run_config=run_config)
)
run.wait_for_completion(show_output=True)
print(run.get_metrics(), curated.name, DockerConfiguration(use_docker=False).use_docker)
