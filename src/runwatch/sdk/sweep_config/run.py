"""A sweep as a run: `HyperDriveRun`; what it will answer once this version has sweeps."""

from __future__ import annotations

from typing import Any, NoReturn

from runwatch.sdk import later
from runwatch.sdk.run import Run
from runwatch.sdk.sweep_config.config import INSTEAD


def refuse() -> NoReturn:
    """Raise the error that says that sweeps are not here yet, and what is."""
    later.missing("HyperDrive sweeps", INSTEAD)


class HyperDriveRun(Run):
    """A sweep. This version starts none, so that there is none to attach to.

    Args:
        experiment: Its experiment.
        run_id: Its id.
        hyperdrive_config: What it was asked to do.
        **kwargs: Accepted and ignored.
    """

    def __init__(self, experiment: Any, run_id: str, hyperdrive_config: object = None, **kwargs: Any) -> None:
        refuse()

    @property
    def hyperdrive_config(self) -> NoReturn:
        """Not in this version."""
        refuse()

    def get_best_run_by_primary_metric(
        self, include_failed: bool = True, include_canceled: bool = True, include_resume_from_runs: bool = True
    ) -> NoReturn:
        """Not in this version."""
        refuse()

    def get_children_sorted_by_primary_metric(
        self, top: int = 0, reverse: bool = False, discard_no_metric: bool = False
    ) -> NoReturn:
        """Not in this version."""
        refuse()

    def get_hyperparameters(self) -> NoReturn:
        """Not in this version."""
        refuse()
