"""Scripts to be submitted."""

from runwatch.sdk.config.script import ScriptRunConfig

__all__ = ["ScriptRunConfig"]
