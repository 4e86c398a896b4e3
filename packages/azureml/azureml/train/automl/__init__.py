"""Searches for models."""

from runwatch.sdk.automl_config import AutoMLConfig

__all__ = ["AutoMLConfig"]
