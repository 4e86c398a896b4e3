"""A script and its library, run on this machine and waited for."""

import numpy as np

from azureml.core import Environment, Experiment, ScriptRunConfig, Workspace

ws = Workspace.from_config()
exp = Experiment(workspace=ws, name="train-on-local")

user_managed_env = Environment("user-managed-env")
user_managed_env.python.user_managed_dependencies = True

src = ScriptRunConfig(source_directory="./train_src", script="train.py", arguments=["--test-size", 0.2])
src.run_config.target = "local"
src.run_config.environment = user_managed_env

run = exp.submit(src)
run.wait_for_completion(show_output=True)

metrics = run.get_metrics()
best_alpha = metrics["alpha"][np.argmin(metrics["mse"])]
print(f"When alpha is {best_alpha:1.2f}, we have min MSE {np.min(metrics['mse']):0.2f}.")
print(run.get_portal_url())
print(sorted(run.get_details()))
