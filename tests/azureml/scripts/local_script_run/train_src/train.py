"""Ridge regression over alphas."""

import argparse
import os

import joblib
import mylib
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split

from azureml.core.run import Run

parser = argparse.ArgumentParser()
parser.add_argument("--test-size", type=float, dest="test_size")
args = parser.parse_args()

os.makedirs("./outputs", exist_ok=True)
X, y = load_diabetes(return_X_y=True)
run = Run.get_context()
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=args.test_size, random_state=0)
for alpha in mylib.get_alphas():
    reg = Ridge(alpha=alpha)
    reg.fit(X_train, y_train)
    preds = reg.predict(X_test)
    mse = mean_squared_error(preds, y_test)
    run.log("alpha", alpha)
    run.log("mse", mse)
    with open("outputs/ridge_best.pkl", "wb") as file:
        joblib.dump(value=reg, filename=file)
    print(f"alpha is {alpha:.2f}, and mse is {mse:0.2f}")
