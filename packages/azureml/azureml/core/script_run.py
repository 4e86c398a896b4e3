"""Runs of scripts."""

from runwatch.sdk.run import Run as ScriptRun

__all__ = ["ScriptRun"]
