"""Ridge regression on data that scikit-learn brings along, for many strengths of regularization: one run.

``python ridge.py`` runs it without a submission, too.
"""

from __future__ import annotations

import numpy as np
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
from tqdm import tqdm

from runwatch import Run

SEED = 0
ALPHAS = np.arange(0.0, 1.0, 0.05)


def train(run: Run) -> None:
    """``alpha`` and ``mse`` become lists, of which the lowest error chooses."""
    features, target = load_diabetes(return_X_y=True)
    x_train, x_test, y_train, y_test = train_test_split(features, target, test_size=0.2, random_state=SEED)
    run.log_param("model", "ridge")
    run.tag("data", "diabetes")
    for alpha in ALPHAS:
        model = Ridge(alpha=alpha).fit(x_train, y_train)
        mse = mean_squared_error(y_test, model.predict(x_test))
        run.log("alpha", alpha)
        run.log("mse", mse)
        print(f"alpha {alpha:.2f}: mse {mse:.2f}")  # noqa: T201


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


if __name__ == "__main__":
    context = Run.get_context()
    train(context)
    log_waves(context)
