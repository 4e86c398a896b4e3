"""What a sweep is asked to do."""

from runwatch.sdk.sweep_config.config import HyperDriveConfig, PrimaryMetricGoal

__all__ = ["HyperDriveConfig", "PrimaryMetricGoal"]
