"""The estimator of scikit-learn."""

from runwatch.sdk.estimator import SKLearn

__all__ = ["SKLearn"]
