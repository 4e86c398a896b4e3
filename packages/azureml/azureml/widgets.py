"""Runs in notebooks."""

from runwatch.widget.details import RunDetails

__all__ = ["RunDetails"]
