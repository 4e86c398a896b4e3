"""Diagnostics, of which there are none."""

from runwatch.sdk.telemetry import diagnostic_log

__all__ = ["diagnostic_log"]
