"""Experiments."""

from runwatch.sdk.experiment import Experiment

__all__ = ["Experiment"]
