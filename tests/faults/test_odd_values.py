"""Odd but legal input through the whole way: recorded exactly, or refused at once with a clear error."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from runwatch import Experiment, Run, Workspace
from runwatch.schema.error import LimitError, UserErrorException


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    started = Experiment(Workspace.open(tmp_path / "workspace"), "odd").start_logging(
        outputs=None, snapshot_directory=None
    )
    yield started
    started.complete()


def test_nan_and_infinity_come_back_bit_for_bit(run: Run) -> None:
    for value in (math.nan, math.inf, -math.inf, -0.0, 5e-324, 1.797e308):
        run.log("x", value)
    got = run.get_metrics("x")["x"]
    assert [np.float64(value).tobytes() for value in got] == [
        np.float64(value).tobytes() for value in (math.nan, math.inf, -math.inf, -0.0, 5e-324, 1.797e308)
    ]


def test_steps_may_be_huge_negative_repeated_and_out_of_order(run: Run) -> None:
    steps = [2**63 - 1, -(2**63) + 1, 0, 5, 5, 4, -1]
    for number, step in enumerate(steps):
        run.log("x", float(number), step=step)
    rows = run.get_metric_rows("x")
    assert rows.steps is not None
    assert rows.steps.tolist() == steps
    assert list(run.get_metrics("x")["x"]) == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]


@pytest.mark.parametrize("step", [2**63, -(2**63), 0.5, "three", math.nan])
def test_a_step_that_is_no_64_bit_integer_is_refused_at_once(run: Run, step: object) -> None:
    with pytest.raises(UserErrorException, match="step"):
        run.log("x", 1.0, step=step)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name", ["a b", " trailing ", "ünïcödé-数-🦊", "a/b@c(d),[e]", "new\nline", "'; drop table runs; --", "n" * 1_000]
)
def test_names_are_kept_verbatim(run: Run, name: str) -> None:
    run.log(name, 1.5)
    assert run.get_metrics(name) == {name: 1.5}


def test_a_name_beyond_the_limit_is_cut_and_told_apart(run: Run) -> None:
    run.log("n" * 10_000 + "a", 1)
    run.log("n" * 10_000 + "b", 2)
    names = sorted(run.get_metrics())
    assert len(names) == 2
    assert all(len(name) == 1_024 for name in names)


def test_a_text_of_fifty_megabytes_is_kept(run: Run) -> None:
    text = "ä🦊x" * (50 * 2**20 // 7)
    run.log("essay", text)
    assert run.get_metrics("essay")["essay"] == text


def test_a_text_beyond_the_limit_is_refused_at_once(run: Run) -> None:
    with pytest.raises(LimitError, match="upload_file"):
        run.log("essay", "x" * (65 << 20))
    run.log("essay", "short")
    assert run.get_metrics("essay") == {"essay": "short"}


@pytest.mark.parametrize("value", [[1, 2], (1,), range(3), np.arange(3), {"a": 1}])
def test_a_collection_given_to_log_is_wrong_use(run: Run, value: object) -> None:
    with pytest.raises(UserErrorException, match=r"log_list|log_row|log_table"):
        run.log("x", value)


def test_numbers_of_other_libraries_are_numbers(run: Run) -> None:
    from decimal import Decimal
    from fractions import Fraction

    values = [
        np.int64(3),
        np.uint8(4),
        np.float32(0.5),
        np.float16(1.5),
        np.array(2.5),
        Decimal("0.25"),
        Fraction(1, 4),
        2**70,
    ]
    for value in values:
        run.log("x", value)
    assert run.get_metrics("x")["x"] == [3.0, 4.0, 0.5, 1.5, 2.5, 0.25, 0.25, float(2**70)]
    run.log("count", np.int64(7))
    assert run.get_metrics("count") == {"count": 7}
    assert isinstance(run.get_metrics("count")["count"], int)
