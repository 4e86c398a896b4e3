"""Searches for models as runs."""

from runwatch.sdk.automl_config import AutoMLRun

__all__ = ["AutoMLRun"]
