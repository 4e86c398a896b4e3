"""Policies in the original's JSON."""

from __future__ import annotations

import pytest

from runwatch.schema.error import InvalidValueError
from runwatch.sdk.sweep_config.policy import (
    BanditPolicy,
    MedianStoppingPolicy,
    NoTerminationPolicy,
    TruncationSelectionPolicy,
)


def test_policies_have_the_form_of_the_original() -> None:
    timing = {"evaluation_interval": 2, "delay_evaluation": 5}
    assert BanditPolicy(2, slack_factor=0.1, delay_evaluation=5).to_form() == {
        "name": "Bandit", "properties": {**timing, "slack_factor": 0.1},
    }  # fmt: skip
    assert BanditPolicy(slack_amount=0.0).to_form()["properties"]["slack_amount"] == 0.0
    assert MedianStoppingPolicy(2, 5).to_form() == {"name": "MedianStopping", "properties": timing}
    assert TruncationSelectionPolicy(20, 2, 5).to_form()["properties"] == {
        **timing, "truncation_percentage": 20, "exclude_finished_jobs": False,
    }  # fmt: skip
    assert NoTerminationPolicy().to_form() == {"name": "Default"}


def test_what_is_no_policy() -> None:
    for make in (
        lambda: BanditPolicy(),
        lambda: BanditPolicy(slack_factor=0.1, slack_amount=1),
        lambda: BanditPolicy(slack_amount=-1),
        lambda: MedianStoppingPolicy(0),
        lambda: TruncationSelectionPolicy(100),
    ):
        with pytest.raises(InvalidValueError):
            make()
