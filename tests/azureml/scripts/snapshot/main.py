"""A snapshot leaves out what .amlignore names."""

import zipfile

from azureml.core import Experiment, Workspace
from azureml.exceptions import SnapshotException

ws = Workspace.from_config()
run = Experiment(ws, "snapshot").start_logging(snapshot_directory=None)
run.take_snapshot("project")
try:
    run.take_snapshot("project")
except SnapshotException as e:
    print("once only:", run.get_snapshot_id() in str(e))
run.complete()
path = run.restore_snapshot(path=".")
with zipfile.ZipFile(path) as archive:
    print(sorted(archive.namelist()))
    print(archive.read("train.py").decode().strip())
