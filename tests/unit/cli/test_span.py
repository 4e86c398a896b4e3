"""Lengths of time as people type them."""

from __future__ import annotations

import pytest

from runwatch.cli.span import parse_span
from runwatch.schema.error import InvalidValueError


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("45m", 2_700), ("1h30m", 5_400), (" 2D ", 172_800), ("1d1h1m1s", 90_061)]
)
def test_what_it_means(text: str, seconds: float) -> None:
    assert parse_span(text) == seconds


@pytest.mark.parametrize("text", ["", "0", "0h", "-5", "1.5h", "5m1h", "h", "1x", "9" * 30, "٣h"])
def test_what_is_none(text: str) -> None:
    with pytest.raises(InvalidValueError, match="no length of time"):
        parse_span(text)
