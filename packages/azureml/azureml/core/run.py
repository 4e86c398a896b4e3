"""Runs."""

from runwatch.sdk.run import Run, _OfflineRun, get_run
from runwatch.sdk.submitted import _SubmittedRun

__all__ = ["Run", "_OfflineRun", "_SubmittedRun", "get_run"]
