"""Files go to the datastore, become datasets, and are read by a script."""

import os

from azureml.core import Dataset, Datastore, Environment, Experiment, ScriptRunConfig, Workspace

ws = Workspace.from_config()
os.makedirs("data", exist_ok=True)
with open("data/flowers.csv", "w") as f:
    f.write("kind,width\na,1.0\nb,2.0\na,3.0\n")

datastore = ws.get_default_datastore()
datastore.upload(src_dir="data", target_path="flowers", overwrite=True, show_progress=True)
print(datastore.name, Datastore.get(ws, "workspaceblobstore").name)

table = Dataset.Tabular.from_delimited_files(path=[(datastore, "flowers/flowers.csv")])
print(table.take(2).to_pandas_dataframe())
table = table.register(workspace=ws, name="flowers", description="widths", create_new_version=True)
files = Dataset.File.from_files(path=(datastore, "flowers"))

env = Environment("here")
env.python.user_managed_dependencies = True
config = ScriptRunConfig(
    source_directory="src",
    script="train.py",
    arguments=[files.as_named_input("files").as_mount(), Dataset.get_by_name(ws, "flowers").as_named_input("flowers")],
    environment=env,
)
run = Experiment(ws, "datasets").submit(config)
run.wait_for_completion(show_output=True)
print(run.get_metrics())
