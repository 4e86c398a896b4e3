"""Sweeps as runs."""

from runwatch.sdk.sweep_config.config import PrimaryMetricGoal
from runwatch.sdk.sweep_config.run import HyperDriveRun

__all__ = ["HyperDriveRun", "PrimaryMetricGoal"]
