"""Plots and pictures in a run."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

from azureml.core import Experiment, Workspace  # noqa: E402

ws = Workspace.from_config()
run = Experiment(ws, "images").start_logging()
angles = [i / 2 for i in range(20)]
plt.plot(angles, angles)
plt.title("a line")
run.log_image(name="line plot", plot=plt)
plt.savefig("saved.png")
run.log_image("saved plot", path="saved.png")
run.upload_file("outputs/copy.png", "saved.png")
run.complete()
print([name for name in run.get_file_names() if name.endswith(".png")])
print(sorted(run.get_metrics()))
