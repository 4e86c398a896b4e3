"""What a sweep is asked to do: `HyperDriveConfig`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import Enum
from typing import Any, Final, NoReturn

from runwatch.schema.error import InvalidValueError
from runwatch.sdk import later, problem
from runwatch.sdk.sweep_config.policy import EarlyTerminationPolicy, NoTerminationPolicy
from runwatch.sdk.sweep_config.sampling import BayesianParameterSampling, HyperParameterSampling

MAX_RUNS: Final = 1_000
MAX_CONCURRENT: Final = 100
MAX_RESUMED: Final = 5
MAX_MINUTES: Final = 10_080
"""Seven days: how long a sweep may take unless it is told otherwise."""

INSTEAD: Final = (
    "Submit one ScriptRunConfig for each combination, as children of one run, and compare their metrics: "
    "see docs/azureml.md."
)


class PrimaryMetricGoal(Enum):
    """Whether more or less of the primary metric is better."""

    MAXIMIZE = "MAXIMIZE"
    MINIMIZE = "MINIMIZE"


class HyperDriveConfig:
    """Many runs of one script with different values. It is checked and kept; this version cannot run it.

    Args:
        hyperparameter_sampling: Which values.
        primary_metric_name: The metric that decides, as `Run.log` names it.
        primary_metric_goal: Which way.
        max_total_runs: 1 to 1000.
        max_concurrent_runs: At most 100; ``max_total_runs`` if None.
        max_duration_minutes: After so long nothing new is started.
        policy: What is ended early; nothing if None.
        estimator: What is run: exactly one of this,
        run_config: a `ScriptRunConfig`,
        resume_from: Up to five earlier sweeps whose results count.
        resume_child_runs: Runs of those that go on.
        pipeline: and this.
        debug_flag: Accepted and ignored.
        custom_run_id: The id of the sweep.
    """

    def __init__(
        self,
        hyperparameter_sampling: HyperParameterSampling,
        primary_metric_name: str,
        primary_metric_goal: PrimaryMetricGoal,
        max_total_runs: int,
        max_concurrent_runs: int | None = None,
        max_duration_minutes: int = MAX_MINUTES,
        policy: EarlyTerminationPolicy | None = None,
        estimator: object = None,
        run_config: object = None,
        resume_from: object = None,
        resume_child_runs: object = None,
        pipeline: object = None,
        debug_flag: object = None,
        custom_run_id: str | None = None,
    ) -> None:
        if [estimator, run_config, pipeline].count(None) != 2:
            raise InvalidValueError("A sweep runs one thing.", hint="Give one of run_config, estimator and pipeline.")
        self.max_total_runs = _within("max_total_runs", max_total_runs, MAX_RUNS)
        self.max_concurrent_runs = self.max_total_runs
        if max_concurrent_runs is not None:
            self.max_concurrent_runs = _within("max_concurrent_runs", max_concurrent_runs, MAX_CONCURRENT)
        self.max_duration_minutes = _within("max_duration_minutes", max_duration_minutes, None)
        resumed = _listed(resume_from)
        if len(resumed) > MAX_RESUMED:
            raise InvalidValueError("Too many sweeps to resume from.", hint=f"Give at most {MAX_RESUMED}.")
        self.sampling, self.policy = hyperparameter_sampling, policy or NoTerminationPolicy()
        self.primary_metric_name = primary_metric_name
        self.primary_metric_goal = PrimaryMetricGoal(primary_metric_goal)
        self.estimator, self.run_config, self.pipeline = estimator, run_config, pipeline
        self.resume_from, self.resume_child_runs = resumed, _listed(resume_child_runs)
        self.custom_run_id = custom_run_id
        self._check_bayesian()

    def to_form(self) -> dict[str, Any]:
        """The tags of a sweep, as the original writes them: each a text of JSON or a number as text."""
        goal = {"name": self.primary_metric_name, "goal": self.primary_metric_goal.value.lower()}
        return {
            "generator_config": json.dumps(self.sampling.to_form()),
            "primary_metric_config": json.dumps(goal),
            "policy_config": json.dumps(self.policy.to_form()),
            "max_total_jobs": str(self.max_total_runs),
            "max_concurrent_jobs": str(self.max_concurrent_runs),
            "max_duration_minutes": str(self.max_duration_minutes),
        }

    def _submit_to(self, experiment: object, **facts: Any) -> NoReturn:
        """What `Experiment.submit` calls."""
        later.missing("HyperDrive sweeps", INSTEAD)

    def _check_bayesian(self) -> None:
        if not isinstance(self.sampling, BayesianParameterSampling):
            return
        if not isinstance(self.policy, NoTerminationPolicy):
            raise InvalidValueError(
                "Bayesian sampling ends no run early.", hint="Leave policy out, or give NoTerminationPolicy()."
            )
        wished = 20 * len(self.sampling.parameter_space)
        if self.max_total_runs < wished:
            problem.say(f"Bayesian sampling learns little from fewer than {wished} runs: see max_total_runs.")
        if self.max_concurrent_runs > 20:
            problem.say("Bayesian sampling learns little from more than 20 runs at once: see max_concurrent_runs.")


def _within(name: str, value: object, most: int | None) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1 or (most is not None and value > most):
        upper = f" from 1 to {most}" if most is not None else " of at least 1"
        raise InvalidValueError(f"{name} cannot be {value!r:.80}.", hint=f"Give a whole number{upper}.")
    return value


def _listed(given: object) -> list[Any]:
    if given is None:
        return []
    return list(given) if isinstance(given, Sequence) else [given]
