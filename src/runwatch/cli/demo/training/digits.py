"""Handwritten digits, which scikit-learn brings along, with a small neural network and one learning rate: one run.

``python digits.py --learning-rate 0.01`` runs it without a submission, too.
"""

from __future__ import annotations

import argparse
import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from sklearn.datasets import load_digits
from sklearn.metrics import confusion_matrix, log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from tqdm import tqdm

from runwatch import Run

SEED = 0


def train(run: Run, learning_rate: float, epochs: int) -> None:
    """One network, and after each epoch how well it reads digits that it has not seen."""
    images, labels = load_digits(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(
        images / 16.0, labels, test_size=0.25, random_state=SEED, stratify=labels
    )
    model = MLPClassifier((32,), learning_rate_init=learning_rate, random_state=SEED)
    run.log_params({"learning_rate": learning_rate, "hidden": 32, "epochs": epochs})
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
    print(f"learning rate {learning_rate:g}: accuracy {accuracy:.4f}")  # noqa: T201


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
    outputs = Path("outputs")
    outputs.mkdir(exist_ok=True)
    (outputs / "model.pkl").write_bytes(pickle.dumps(model))
    (outputs / "report.json").write_text(json.dumps(report, indent=2))


def draw_weights(model: MLPClassifier) -> Figure:
    """The first layer: what each of the 32 hidden units looks for in a digit of 8 by 8 pixels."""
    tiles = np.pad(model.coefs_[0].T.reshape(4, 8, 8, 8), ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=np.nan)
    figure = Figure(figsize=(6, 3), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(tiles.transpose(0, 2, 1, 3).reshape(40, 80), cmap="coolwarm")
    axes.set_axis_off()
    return figure


def main() -> None:
    """Train as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learning-rate", type=float, default=0.01)
    parser.add_argument("--epochs", type=int, default=20)
    given = parser.parse_args()
    train(Run.get_context(), given.learning_rate, given.epochs)


if __name__ == "__main__":
    main()
