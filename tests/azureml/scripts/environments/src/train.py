"""Shows its environment."""

import os

from azureml.core import Run

run = Run.get_context()
run.log("greeting", os.environ["GREETING"])
print(run.get_environment().name)
