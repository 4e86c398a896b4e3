"""Configurations of sweeps: checked when they are made, refused when they are submitted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runwatch.schema.error import InvalidValueError, NotSupportedError
from runwatch.sdk.automl_config import AutoMLConfig, AutoMLRun
from runwatch.sdk.config.script import ScriptRunConfig
from runwatch.sdk.experiment import Experiment
from runwatch.sdk.sweep_config.config import HyperDriveConfig, PrimaryMetricGoal
from runwatch.sdk.sweep_config.expression import choice, uniform
from runwatch.sdk.sweep_config.policy import BanditPolicy
from runwatch.sdk.sweep_config.run import HyperDriveRun
from runwatch.sdk.sweep_config.sampling import BayesianParameterSampling, RandomParameterSampling


def sweep(**changes: Any) -> HyperDriveConfig:
    given: dict[str, Any] = {
        "hyperparameter_sampling": RandomParameterSampling({"--lr": choice(0.1, 0.2)}),
        "primary_metric_name": "loss",
        "primary_metric_goal": PrimaryMetricGoal.MINIMIZE,
        "max_total_runs": 4,
        "run_config": ScriptRunConfig(".", "train.py"),
    }
    return HyperDriveConfig(**(given | changes))


def test_the_tags_of_a_sweep() -> None:
    form = sweep(max_concurrent_runs=2, policy=BanditPolicy(slack_factor=0.1)).to_form()
    assert json.loads(form["primary_metric_config"]) == {"name": "loss", "goal": "minimize"}
    assert json.loads(form["generator_config"])["name"] == "RANDOM"
    assert json.loads(form["policy_config"])["name"] == "Bandit"
    assert (form["max_total_jobs"], form["max_concurrent_jobs"], form["max_duration_minutes"]) == ("4", "2", "10080")
    assert sweep().max_concurrent_runs == 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"run_config": None},
        {"estimator": object()},
        {"max_total_runs": 0},
        {"max_total_runs": 1001},
        {"max_concurrent_runs": 101},
        {"max_duration_minutes": 0},
        {"resume_from": [1, 2, 3, 4, 5, 6]},
        {"primary_metric_goal": "less"},
    ],
)
def test_what_no_sweep_can_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (an enumeration raises its own)
        sweep(**wrong)


def test_bayesian_sampling_ends_nothing_early_and_wants_many_runs(capsys: pytest.CaptureFixture[str]) -> None:
    sampling = BayesianParameterSampling({"--lr": uniform(0, 1)})
    with pytest.raises(InvalidValueError, match="ends no run early"):
        sweep(hyperparameter_sampling=sampling, policy=BanditPolicy(slack_factor=0.1))
    sweep(hyperparameter_sampling=sampling)
    assert "fewer than 20 runs" in capsys.readouterr().err


def test_submitting_says_what_works_instead(experiment: Experiment, tmp_path: Path) -> None:
    with pytest.raises(NotSupportedError, match=r"no HyperDrive sweeps.*one ScriptRunConfig for each combination"):
        experiment.submit(sweep())
    with pytest.raises(NotSupportedError, match="no AutoML searches"):
        experiment.submit(AutoMLConfig("regression", iterations=3))
    for kind in (HyperDriveRun, AutoMLRun):
        with pytest.raises(NotSupportedError):
            kind(experiment, "HD_1")
    assert list(experiment.get_runs()) == []


def test_a_search_is_kept_as_it_was_asked_for() -> None:
    settings = AutoMLConfig("classification", label_column_name="y", model_explainability=True).user_settings
    assert (settings["primary_metric"], settings["label_column_name"]) == ("accuracy", "y")
    assert settings["model_explainability"] is True
    assert AutoMLConfig("forecasting").user_settings["primary_metric"] == "normalized_root_mean_squared_error"
    with pytest.raises(InvalidValueError, match="no task of AutoML"):
        AutoMLConfig("clustering")
