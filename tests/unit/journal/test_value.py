"""What ``run.log``, ``run.log_param`` and events accept, and what becomes of it."""

from __future__ import annotations

import datetime
import enum
import fractions
import math
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runwatch.journal.format import BOOL, FLOAT, INT, NULL, TEXT
from runwatch.journal.value import json_like, plain, step_of
from runwatch.schema import limit
from runwatch.schema.error import InvalidValueError, LimitError


class Colour(enum.IntEnum):
    RED = 3


class Tensor:
    """As those of torch and jax look from outside."""

    dtype = "float32"

    def __init__(self, values: Any) -> None:
        self._values = np.asarray(values)
        self.ndim = self._values.ndim

    def item(self) -> object:
        return self._values.item()


class Device(Tensor):
    """A tensor whose device has failed."""

    def item(self) -> object:
        raise RuntimeError("device lost")

    def __repr__(self) -> str:
        raise RuntimeError("device lost")


class Brain:
    """A number of another kind, such as bfloat16."""

    def __float__(self) -> float:
        return 0.5


class Index:
    def __index__(self) -> int:
        return 7


class Strange:
    """Every question raises."""

    def __getattr__(self, name: str) -> object:
        raise RuntimeError(name)

    def __repr__(self) -> str:
        return "strange"


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (1.5, FLOAT, 1.5),
        (np.float64(1.5), FLOAT, 1.5),
        (np.float32(0.5), FLOAT, 0.5),
        (np.float16(0.5), FLOAT, 0.5),
        (np.longdouble(0.5), FLOAT, 0.5),
        (np.array(2.5), FLOAT, 2.5),
        (Decimal("0.1"), FLOAT, 0.1),
        (Decimal("inf"), FLOAT, math.inf),
        (fractions.Fraction(1, 4), FLOAT, 0.25),
        (Brain(), FLOAT, 0.5),
        (Tensor(1.5), FLOAT, 1.5),
        (2**64, FLOAT, float(2**64)),
        (np.uint64(2**64 - 1), FLOAT, float(2**64 - 1)),
        (3, INT, 3),
        (2**63 - 1, INT, 2**63 - 1),
        (-(2**63), INT, -(2**63)),
        (np.int64(3), INT, 3),
        (np.uint64(2**63 - 1), INT, 2**63 - 1),
        (np.int8(-3), INT, -3),
        (Colour.RED, INT, 3),
        (Index(), INT, 7),
        (Tensor(4), INT, 4),
        (True, BOOL, True),
        (np.bool_(False), BOOL, False),
        (Tensor(True), BOOL, True),
        (None, NULL, None),
        ("text", TEXT, "text"),
        (np.str_("text"), TEXT, "text"),
        ("a\ud800b", TEXT, "a?b"),
        ("", TEXT, ""),
    ],
)
def test_one_value_without_loss(value: object, kind: int, expected: object) -> None:
    found = plain(value)
    assert (found.kind, found.value, found.problem) == (kind, expected, "")
    assert type(found.value) is type(expected)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1 + 2j, "(1+2j)"),
        (np.complex64(1), repr(np.complex64(1))),
        (b"bytes", "b'bytes'"),
        pytest.param(10**5_000, hex(10**5_000), id="huge"),
        (Decimal("1e999"), "Decimal('1E+999')"),
        (Decimal("sNaN"), "Decimal('sNaN')"),
        (datetime.date(2024, 1, 2), "datetime.date(2024, 1, 2)"),
        (np.datetime64("2024-01-02"), repr(np.datetime64("2024-01-02"))),
        pytest.param(Strange(), "strange", id="strange"),
        (object, "<class 'object'>"),
    ],
)
def test_other_objects_become_text_with_a_problem(value: object, text: str) -> None:
    found = plain(value)
    assert (found.kind, found.value) == (TEXT, text)
    assert "text" in found.problem


def test_foreign_code_that_raises_is_no_error_of_the_training() -> None:
    found = plain(Device(1.0))
    assert found.kind == TEXT
    assert "Device object" in found.value
    assert "RuntimeError" in found.problem


@pytest.mark.parametrize(
    "value",
    [
        [],
        (),
        range(0),
        {},
        set(),
        frozenset(),
        {}.keys(),
        iter(()),
        map(int, ()),
        np.zeros(1),
        np.zeros((1, 1)),
        Tensor([1]),
    ],
)
def test_several_values_are_refused(value: object) -> None:
    with pytest.raises(InvalidValueError, match="one value"):
        plain(value)


def test_generators_are_refused_untouched() -> None:
    def values() -> Iterator[int]:
        yield 1

    generator = values()
    with pytest.raises(InvalidValueError):
        plain(generator)
    assert list(generator) == [1]


def test_text_limit_is_in_bytes() -> None:
    half = limit.TEXT_BYTES // 2
    assert len(plain("ä" * half).value) == half
    with pytest.raises(LimitError):
        plain("ä" * half + "a")


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (None, None),
        (0, 0),
        (True, 1),
        (np.int64(5), 5),
        (np.uint64(5), 5),
        (np.array(5), 5),
        (5.0, 5),
        (np.float32(5), 5),
        (np.array(5.0), 5),
        (Decimal(5), 5),
        (1e15, 10**15),
        (limit.STEP_MIN, limit.STEP_MIN),
        (limit.STEP_MAX, limit.STEP_MAX),
    ],
)
def test_steps(step: object, expected: int | None) -> None:
    found = step_of(step)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "step",
    [
        0.5,
        math.nan,
        math.inf,
        1e300,
        "1",
        b"1",
        [1],
        np.array([1]),
        1j,
        limit.STEP_MIN - 1,
        limit.STEP_MAX + 1,
        pytest.param(10**5_000, id="huge"),
        pytest.param(Strange(), id="strange"),
    ],
)
def test_wrong_steps(step: object) -> None:
    with pytest.raises(InvalidValueError):
        step_of(step)


def test_json_like() -> None:
    cyclic: list[object] = []
    cyclic.append(cyclic)
    value = {
        "path": Path("a/b"),
        1: (np.float32(0.5), {3}, range(2), None),
        "array": np.arange(4).reshape(2, 2),
        "zero": np.array(3),
        "text\ud800": "x\ud800",
        "object": datetime.date(2024, 1, 2),
        "big": 2**70,
        "nan": math.inf,
        "flag": np.bool_(True),
        "generator": iter([1]),
        "strange": Strange(),
    }
    found = json_like(value)
    assert isinstance(found.pop("generator"), str)
    assert found == {
        "path": "a/b",
        "1": [0.5, [3], [0, 1], None],
        "array": [[0, 1], [2, 3]],
        "zero": 3,
        "text?": "x?",
        "object": "datetime.date(2024, 1, 2)",
        "big": float(2**70),
        "nan": math.inf,
        "flag": True,
        "strange": "strange",
    }
    assert "[[" in str(json_like(cyclic))
