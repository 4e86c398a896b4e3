"""Estimators, and what is only refused when it is submitted."""

from azureml.core import Experiment, Workspace
from azureml.exceptions import UserErrorException
from azureml.telemetry import set_diagnostics_collection
from azureml.train.automl import AutoMLConfig
from azureml.train.estimator import Estimator
from azureml.train.hyperdrive import (
    BanditPolicy,
    HyperDriveConfig,
    PrimaryMetricGoal,
    RandomParameterSampling,
    choice,
    uniform,
)
from azureml.train.sklearn import SKLearn

set_diagnostics_collection(send_diagnostics=True)
ws = Workspace.from_config()
exp = Experiment(ws, "estimators")
params = {"--kernel": "linear", "--penalty": 1.0, "--verbose": ""}
estimator = SKLearn(source_directory="src", script_params=params, compute_target="local", entry_script="train.py")
run = exp.submit(estimator)
run.wait_for_completion(show_output=True)
print(run.get_metrics())

sweep = HyperDriveConfig(
    estimator=Estimator("src", entry_script="train.py", compute_target="local"),
    hyperparameter_sampling=RandomParameterSampling({"--penalty": choice(0.5, 1, 1.5), "--tol": uniform(0.1, 0.9)}),
    policy=BanditPolicy(evaluation_interval=2, slack_factor=0.1),
    primary_metric_name="accuracy",
    primary_metric_goal=PrimaryMetricGoal.MAXIMIZE,
    max_total_runs=12,
    max_concurrent_runs=4,
)
for config in (sweep, AutoMLConfig(task="classification", label_column_name="y", iterations=2)):
    try:
        exp.submit(config)
    except UserErrorException as e:
        print(type(e).__name__, e.message)
