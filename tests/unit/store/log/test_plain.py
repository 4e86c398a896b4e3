"""Hostile text never reaches the terminal as anything but text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runwatch.store.log.plain import plain, visible

ANY_TEXT = st.text(st.characters(), max_size=60)


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("a\rb\nc\td", r"a\rb\nc\td"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("a\u2066b\u2069", r"a\u2066b\u2069"),
        ("\x9b2J", r"\x9b2J"),
        ("zero\u200bwidth", r"zero\u200bwidth"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
        ("Zürich 東京 🚀", "Zürich 東京 🚀"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_visible_writes_out_what_steers(hostile: str, shown: str) -> None:
    assert visible(hostile) == shown


@given(ANY_TEXT)
def test_visible_leaves_nothing_that_steers(text: str) -> None:
    shown = visible(text)
    assert not [char for char in shown if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}]
    assert "\x1b" not in plain(text)
    assert visible(shown) == shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("\x1b[1;31merror\x1b[0m: no", "error: no"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]52;c;c2VjcmV0\x07text", "text"),
        ("\x1b]0;never closed", "0;never closed"),
        ("\x1bPq#0\x1b\\sixel", "sixel"),
        ("tab\tstays", "tab\tstays"),
        ("bell\x07", r"bell\x07"),
        ("up\x1b[Aand away", "upand away"),
    ],
)
def test_plain_leaves_the_words_of_a_log(line: str, shown: str) -> None:
    assert plain(line) == shown
