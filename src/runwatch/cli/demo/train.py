"""Trains two kinds of model on data that scikit-learn brings along, and records everything with Runwatch.

It is a script as a user would write it: ``python train.py`` runs it by itself.
"""

from __future__ import annotations

import argparse
import json
import pickle
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from sklearn.datasets import load_diabetes, load_digits
from sklearn.linear_model import Ridge
from sklearn.metrics import confusion_matrix, log_loss, mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from tqdm import tqdm

from runwatch import Experiment, Run, Workspace

SEED = 0
EPOCHS = 20
LEARNING_RATES = (0.001, 0.003, 0.01, 0.03, 0.1)
ALPHAS = np.arange(0.0, 1.0, 0.05)


def train_ridge(workspace: Workspace) -> Run:
    """Ridge regression for many strengths of regularization, one run: ``alpha`` and ``mse`` become lists."""
    features, target = load_diabetes(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(features, target, test_size=0.2, random_state=SEED)
    experiment = Experiment(workspace, "diabetes-demo")
    with experiment.start_logging(outputs=False, snapshot_directory=None, display_name="ridge") as run:
        run.log_param("model", "ridge")
        run.tag("data", "diabetes")
        for alpha in ALPHAS:
            model = Ridge(alpha=alpha).fit(x_train, y_train)
            mse = mean_squared_error(y_test, model.predict(x_test))
            run.log("alpha", alpha)
            run.log("mse", mse)
            print(f"alpha {alpha:.2f}: mse {mse:.2f}")  # noqa: T201
        log_waves(run)
    return run


def log_waves(run: Run) -> None:
    """The four kinds of curves: a list, one number again and again, rows, and a table."""
    run.log_list(name="Fibonacci", value=[0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89])
    sines: dict[str, list[float]] = {"angle": [], "sine": []}
    for i in tqdm(range(-10, 10), desc="waves"):
        run.log(name="Sigmoid", value=1 / (1 + np.exp(-i)))
        angle = i / 2.0
        run.log_row(name="Cosine Wave", angle=angle, cos=np.cos(angle))
        sines["angle"].append(angle)
        sines["sine"].append(np.sin(angle))
    run.log_table(name="Sine Wave", value=sines)


def train_digits(workspace: Workspace, epochs: int = EPOCHS) -> Run:
    """Handwritten digits with a small neural network: a parent run, and a child run for each learning rate."""
    images, labels = load_digits(return_X_y=True)
    data = train_test_split(images / 16.0, labels, test_size=0.25, random_state=SEED, stratify=labels)
    experiment = Experiment(workspace, "digits-demo")
    with experiment.start_logging(outputs=False, snapshot_directory=None, display_name="learning rates") as parent:
        parent.tag("data", "digits")
        for learning_rate in LEARNING_RATES:
            with parent.child_run(name=f"lr-{learning_rate:g}") as run:
                accuracy = train_network(run, data, learning_rate, epochs)
            parent.log_row("Learning rates", learning_rate=learning_rate, accuracy=accuracy)
            print(f"learning rate {learning_rate:g}: accuracy {accuracy:.4f}")  # noqa: T201
    return parent


def train_network(run: Run, data: list[Any], learning_rate: float, epochs: int) -> float:
    """One network; returns its accuracy on digits that it has not seen."""
    x_train, x_test, y_train, y_test = data
    model = MLPClassifier((32,), learning_rate_init=learning_rate, random_state=SEED)
    run.log_param("learning_rate", learning_rate)
    run.log_param("hidden", 32)
    run.log_param("epochs", epochs)
    run.set_tags({"data": "digits", "model": "mlp"})
    classes = np.unique(y_train)
    accuracy = 0.0
    for epoch in tqdm(range(epochs), desc=f"lr {learning_rate:g}"):
        model.partial_fit(x_train, y_train, classes=classes)
        accuracy = float(model.score(x_test, y_test))
        run.log("loss", log_loss(y_train, model.predict_proba(x_train), labels=classes), step=epoch)
        run.log("test_loss", log_loss(y_test, model.predict_proba(x_test), labels=classes), step=epoch)
        run.log("accuracy", accuracy, step=epoch)
    log_result(run, model, x_test, y_test, accuracy)
    return accuracy


def log_result(run: Run, model: MLPClassifier, x_test: Any, y_test: Any, accuracy: float) -> None:
    """What the network learned: pictures, the confusion matrix, the model itself and a report."""
    predicted = model.predict(x_test)
    matrix = confusion_matrix(y_test, predicted)
    run.log_confusion_matrix(
        "confusion_matrix",
        {
            "schema_type": "confusion_matrix",
            "schema_version": "1.0.0",
            "data": {"class_labels": [str(label) for label in model.classes_], "matrix": matrix.tolist()},
        },
    )
    run.log_image("weights", plot=draw_weights(model))
    report = {"accuracy": accuracy, "errors": int((predicted != y_test).sum()), "test_size": len(y_test)}
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "model.pkl").write_bytes(pickle.dumps(model))
        Path(folder, "report.json").write_text(json.dumps(report, indent=2))
        run.upload_file("outputs/model.pkl", str(Path(folder, "model.pkl")))
        run.upload_file("outputs/report.json", str(Path(folder, "report.json")))


def draw_weights(model: MLPClassifier) -> Figure:
    """The first layer: what each of the 32 hidden units looks for in a digit of 8 by 8 pixels."""
    tiles = np.pad(model.coefs_[0].T.reshape(4, 8, 8, 8), ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=np.nan)
    figure = Figure(figsize=(6, 3), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(tiles.transpose(0, 2, 1, 3).reshape(40, 80), cmap="coolwarm")
    axes.set_axis_off()
    return figure


def best_alpha(run: Run) -> tuple[float, float]:
    """The strength of regularization with the lowest error, and that error."""
    metrics = run.get_metrics()
    best = int(np.argmin(metrics["mse"]))
    return metrics["alpha"][best], metrics["mse"][best]


def best_child(parent: Run) -> tuple[Run, float]:
    """The child run with the highest accuracy after its last epoch, the lower loss deciding, and that accuracy."""
    children = {child.id: child for child in parent.get_children()}
    metrics = {run_id: values for run_id, values in parent.get_metrics(recursive=True).items() if run_id in children}
    best = max(metrics, key=lambda run_id: (metrics[run_id]["accuracy"][-1], -metrics[run_id]["test_loss"][-1]))
    return children[best], metrics[best]["accuracy"][-1]


def main() -> None:
    """Train both and say which was best."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspace", help="a folder or URL; else the usual one")
    workspace_name = parser.parse_args().workspace
    workspace = Workspace.open(workspace_name) if workspace_name else Workspace.from_config()
    alpha, mse = best_alpha(train_ridge(workspace))
    print(f"Ridge: the best alpha is {alpha:.2f} with a mean squared error of {mse:.2f}.")  # noqa: T201
    child, accuracy = best_child(train_digits(workspace))
    print(f"Digits: the best run is {child.id} with an accuracy of {accuracy:.4f}.")  # noqa: T201


if __name__ == "__main__":
    main()
