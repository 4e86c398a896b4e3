"""What of a label's value lists compare and sort by."""

from __future__ import annotations

import math
from typing import Any

import pytest

from runwatch.store.label import SORT_CHARS, param_parts, sort_text


@pytest.mark.parametrize(
    ("value", "number", "text"),
    [
        (0.5, 0.5, None),
        (3, 3.0, None),
        (True, 1.0, None),
        (False, 0.0, None),
        (10**400, math.inf, None),
        (-(10**400), -math.inf, None),
        (-math.inf, -math.inf, None),
        (math.nan, None, None),
        ("", None, ""),
        ("0.5", None, "0.5"),
        ("\udce9", None, "?"),
        (None, None, None),
        ([1], None, None),
        ({"a": 1}, None, None),
    ],
)
def test_a_parameter_is_a_number_or_a_text_or_neither(value: Any, number: float | None, text: str | None) -> None:
    assert param_parts(value) == (number, text)


def test_texts_are_sorted_by_their_start() -> None:
    assert sort_text("é" * 100) == "é" * SORT_CHARS
    assert sort_text("a\0b") == "a"
