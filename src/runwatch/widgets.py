"""Runs in notebooks: ``from runwatch.widgets import RunDetails``."""

from runwatch.widget.details import RunDetails

__all__ = ["RunDetails"]
