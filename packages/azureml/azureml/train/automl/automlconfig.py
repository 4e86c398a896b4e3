"""What a search is asked to do."""

from runwatch.sdk.automl_config import AutoMLConfig

__all__ = ["AutoMLConfig"]
