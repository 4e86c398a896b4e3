"""Does not end by itself."""

import time

from azureml.core import Run

Run.get_context().log("started", 1)
time.sleep(600)
