"""When runs of a sweep that do badly are ended early."""

from __future__ import annotations

from typing import Any, ClassVar

from runwatch.schema.error import InvalidValueError


class EarlyTerminationPolicy:
    """What all policies have.

    Args:
        evaluation_interval: They look at every so many-th report of the primary metric.
        delay_evaluation: And not before so many.
    """

    NAME: ClassVar[str] = ""

    def __init__(self, evaluation_interval: int = 1, delay_evaluation: int = 0) -> None:
        self.evaluation_interval = _whole("evaluation_interval", evaluation_interval, 1)
        self.delay_evaluation = _whole("delay_evaluation", delay_evaluation, 0)

    def to_form(self) -> dict[str, Any]:
        """Its form in the original's JSON."""
        timing = {"evaluation_interval": self.evaluation_interval, "delay_evaluation": self.delay_evaluation}
        return {"name": self.NAME, "properties": timing | self._properties()}

    def _properties(self) -> dict[str, Any]:
        return {}


class BanditPolicy(EarlyTerminationPolicy):
    """Ends what falls behind the best run by more than a slack.

    Args:
        evaluation_interval: See `EarlyTerminationPolicy`.
        slack_factor: As a ratio; exactly one of the two is given.
        slack_amount: As a difference.
        delay_evaluation: See `EarlyTerminationPolicy`.
    """

    NAME = "Bandit"

    def __init__(
        self, evaluation_interval: int = 1, slack_factor: float | None = None, slack_amount: float | None = None,
        delay_evaluation: int = 0,
    ) -> None:  # fmt: skip
        super().__init__(evaluation_interval, delay_evaluation)
        if (slack_factor is None) == (slack_amount is None):
            raise InvalidValueError(
                "BanditPolicy takes a factor or an amount of slack.",
                hint="Give slack_factor or slack_amount, not both.",
            )
        if (slack_factor if slack_factor is not None else slack_amount or 0) < 0:
            raise InvalidValueError("A slack cannot be negative.", hint="Give a number of at least 0.")
        self.slack_factor, self.slack_amount = slack_factor, slack_amount

    def _properties(self) -> dict[str, Any]:
        if self.slack_factor is not None:
            return {"slack_factor": self.slack_factor}
        return {"slack_amount": self.slack_amount}


class MedianStoppingPolicy(EarlyTerminationPolicy):
    """Ends what is worse than the median of the running averages of all runs."""

    NAME = "MedianStopping"


class TruncationSelectionPolicy(EarlyTerminationPolicy):
    """Ends the worst share of the runs at every look.

    Args:
        truncation_percentage: That share, 1 to 99.
        evaluation_interval: See `EarlyTerminationPolicy`.
        delay_evaluation: Likewise.
        exclude_finished_jobs: Only runs that go on count.
    """

    NAME = "TruncationSelection"

    def __init__(
        self, truncation_percentage: int, evaluation_interval: int = 1, delay_evaluation: int = 0,
        exclude_finished_jobs: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(evaluation_interval, delay_evaluation)
        self.truncation_percentage = _whole("truncation_percentage", truncation_percentage, 1)
        if truncation_percentage > 99:
            raise InvalidValueError("truncation_percentage leaves no run.", hint="Give a number from 1 to 99.")
        self.exclude_finished_jobs = bool(exclude_finished_jobs)

    def _properties(self) -> dict[str, Any]:
        return {
            "truncation_percentage": self.truncation_percentage,
            "exclude_finished_jobs": self.exclude_finished_jobs,
        }


class NoTerminationPolicy(EarlyTerminationPolicy):
    """Ends nothing."""

    NAME = "Default"

    def __init__(self) -> None:
        super().__init__()

    def to_form(self) -> dict[str, Any]:
        """Its form in the original's JSON."""
        return {"name": self.NAME}


def _whole(name: str, value: object, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise InvalidValueError(f"{name} cannot be {value!r:.80}.", hint=f"Give a whole number of at least {least}.")
    return value
