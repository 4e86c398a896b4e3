"""Sampling and spaces in the original's JSON."""

from __future__ import annotations

import math

import pytest

from runwatch.schema.error import InvalidValueError
from runwatch.sdk.sweep_config import expression
from runwatch.sdk.sweep_config.expression import choice, loguniform, normal, quniform, randint, uniform
from runwatch.sdk.sweep_config.sampling import (
    BayesianParameterSampling,
    GridParameterSampling,
    RandomParameterSampling,
)


@pytest.mark.parametrize(
    ("space", "form"),
    [
        (choice(1, 2), ["choice", [[1, 2]]]),
        (choice([1, 2]), ["choice", [[1, 2]]]),
        (choice(range(1, 4)), ["choice", [[1, 2, 3]]]),
        (choice("adam"), ["choice", [["adam"]]]),
        (uniform(0.05, 0.1), ["uniform", [0.05, 0.1]]),
        (quniform(1, 10, 2), ["quniform", [1, 10, 2]]),
        (loguniform(-6, -1), ["loguniform", [-6, -1]]),
        (randint(8), ["randint", [8]]),
        (normal(10, 3), ["normal", [10, 3]]),
        (expression.qlognormal(0, 1, 0.5), ["qlognormal", [0, 1, 0.5]]),
    ],
)
def test_spaces_have_the_form_of_the_original(space: expression.Expression, form: list[object]) -> None:
    assert space.to_form() == form


def test_every_law_has_its_function() -> None:
    assert {name for name in expression.LAWS if callable(getattr(expression, name, None))} == expression.LAWS


def test_what_is_no_space() -> None:
    for law, numbers in ((choice, ()), (uniform, (1, 1)), (quniform, (0, 1, 0)), (normal, (0, math.nan))):
        with pytest.raises(InvalidValueError):
            law(*numbers)


def test_samplings_have_the_form_of_the_original() -> None:
    space = {"--lr": uniform(0, 1), "batch": choice(16, 32)}
    form = {"--lr": ["uniform", [0, 1]], "batch": ["choice", [[16, 32]]]}
    assert RandomParameterSampling(space).to_form() == {"name": "RANDOM", "parameter_space": form}
    assert BayesianParameterSampling(space).to_form() == {"name": "BayesianOptimization", "parameter_space": form}
    with_seed = RandomParameterSampling({"b": choice(1)}, properties={"seed": 3})
    assert with_seed.to_form()["properties"] == {"seed": 3}


def test_a_grid_takes_choices_only_and_bayes_few_spaces() -> None:
    assert GridParameterSampling({"b": choice(1)}).to_form()["name"] == "GRID"
    with pytest.raises(InvalidValueError, match="GridParameterSampling cannot draw the parameter lr from uniform"):
        GridParameterSampling({"lr": uniform(0, 1)})
    with pytest.raises(InvalidValueError, match="normal"):
        BayesianParameterSampling({"lr": normal(0, 1)})
    with pytest.raises(InvalidValueError, match="is no space"):
        RandomParameterSampling({"lr": 0.1})  # type: ignore[dict-item]
