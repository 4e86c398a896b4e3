"""A model is trained, registered, found and downloaded."""

import os

import joblib
from sklearn.linear_model import Ridge

from azureml.core import Experiment, Workspace
from azureml.core.model import Model
from azureml.exceptions import ModelPathNotFoundException

ws = Workspace.from_config()
run = Experiment(ws, "models").start_logging()
joblib.dump(Ridge(alpha=0.4).fit([[0.0], [1.0]], [0.0, 1.0]), "ridge.pkl")
run.upload_file(name="outputs/ridge.pkl", path_or_stream="ridge.pkl")
model = run.register_model(model_name="ridge", model_path="outputs/ridge.pkl", tags={"area": "diabetes"})
run.complete()
print(model.name, model.version, model.id, sep="\t")
try:
    run.register_model("nothing", model_path="outputs/nothing.pkl")
except ModelPathNotFoundException:
    print("no such path")

second = Model.register(workspace=ws, model_path="ridge.pkl", model_name="ridge", tags={"area": "other"})
print([(each.name, each.version) for each in Model.list(ws, name="ridge", tags=[["area", "diabetes"]])])
os.makedirs("model", exist_ok=True)
file_path = Model(ws, "ridge", version=1).download(target_dir="model", exist_ok=True)
print(joblib.load(file_path).alpha, second.version, Model(ws, "ridge").version)
