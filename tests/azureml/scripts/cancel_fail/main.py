"""Runs that are canceled, failed by hand, and failed by their script."""

import time

from azureml.core import Experiment, ScriptRunConfig, Workspace
from azureml.exceptions import ActivityFailedException

ws = Workspace.from_config()
exp = Experiment(ws, "cancel-and-fail")

slow = exp.submit(ScriptRunConfig("src", script="slow.py"))
while slow.get_status() not in ("Running", "Completed", "Failed", "Canceled"):
    time.sleep(0.1)
slow.cancel()
slow.wait_for_completion(wait_post_processing=True, raise_on_error=False)
print(slow.get_status())

bad = exp.submit(ScriptRunConfig("src", script="bad.py"))
try:
    bad.wait_for_completion(show_output=True, wait_post_processing=True)
except ActivityFailedException as e:
    print("no data today" in e.message)
print(bad.get_status(), sorted(bad.get_details_with_logs()["logFiles"])[-1])

local = exp.start_logging()
local.fail(error_details="My run failed", error_code="UserError")
print(local.get_status(), local.get_details()["error"]["error"]["message"])
gone = exp.start_logging()
gone.cancel()
print(gone.get_status())
