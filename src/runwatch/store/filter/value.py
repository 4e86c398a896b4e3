"""The values that a filter compares with, as typed and as the kind of the field wants them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from runwatch.schema.run import RunStatus
from runwatch.store.filter.field import Kind
from runwatch.store.filter.tree import Operator
from runwatch.store.filter.word import Word, shown, suggest

_NUMBER: Final = re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf|infinity|nan)", re.ASCII | re.IGNORECASE)
_SPAN: Final = re.compile(r"(?:\d+(?:\.\d+)?[wdhms])+", re.ASCII)
_PIECE: Final = re.compile(r"([\d.]+)([wdhms])", re.ASCII)
_UNITS: Final = {"w": 604_800.0, "d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0}
_DATE: Final = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?)?", re.ASCII | re.IGNORECASE
)
_FLAGS: Final = {"true": 1.0, "false": 0.0}
_STATUSES: Final = {status.value.lower(): status.value for status in RunStatus}

_EQUAL: Final[tuple[Operator, ...]] = ("=", "!=")
_ORDER: Final[tuple[Operator, ...]] = ("<", "<=", ">", ">=")
OPERATORS: Final[Mapping[Kind, tuple[Operator, ...]]] = {
    Kind.TEXT: (*_EQUAL, *_ORDER, "~"),
    Kind.LABEL: (*_EQUAL, *_ORDER, "~"),
    Kind.PARAM: (*_EQUAL, *_ORDER, "~"),
    Kind.NUMBER: (*_EQUAL, *_ORDER),
    Kind.DURATION: (*_EQUAL, *_ORDER),
    Kind.TIME: _ORDER,  # a time is known to the microsecond: who asks whether it equals a date means a whole day
    Kind.STATUS: _EQUAL,
    Kind.FLAG: _EQUAL,
}
"""What the values of each kind can be asked; ``in`` goes where ``=`` goes."""


def read_value(word: Word, kind: Kind, operator: Operator, now: float) -> float | str:
    """What a value means to a field of a kind.

    Args:
        word: The value.
        kind: Of the field.
        operator: Between them.
        now: What relative times count from, seconds UTC.

    Raises:
        InvalidValueError: The field has no such values.
    """
    if kind is Kind.TIME:
        return _time(word, now)
    if kind is Kind.PARAM:
        return _param(word, operator)
    if kind is Kind.LABEL:
        return _label(word, operator)
    return _READERS[kind](word)


def _text(word: Word) -> str:
    return word.text


def _param(word: Word, operator: Operator) -> float | str:
    """A number or a flag if it looks like one; in quotes it is a text, and only texts contain anything."""
    if word.quoted or operator == "~":
        return word.text
    flag = _FLAGS.get(word.text.lower())
    return flag if flag is not None else _plain_number(word.text, word.text)


def _label(word: Word, operator: Operator) -> str:
    """Tags are texts, in which 10 comes before 9: who compares with a bare number expects something else."""
    if operator in _ORDER and not word.quoted and _NUMBER.fullmatch(word.text):
        raise word.refusal(
            f"Tags and properties are texts, and {operator} would compare the number {word.text:.40} with them as text",
            hint="Record numbers as parameters (run.log_param), or quote the value.",
        )
    return word.text


def _plain_number(text: str, otherwise: str) -> float | str:
    return float(text) if _NUMBER.fullmatch(text) else otherwise


def _number(word: Word) -> float:
    found = _FLAGS.get(word.text.lower(), _plain_number(word.text, ""))
    if word.quoted or isinstance(found, str):
        raise word.refusal(
            f"{shown(word.text)} is no number", hint="Write for example 0.3, -1e-4 or inf, without quotes."
        )
    return found


def _span(text: str) -> float | None:
    """The seconds of ``1h30m``; None if it is no such thing."""
    if not _SPAN.fullmatch(text):
        return None
    return sum(float(count) * _UNITS[unit] for count, unit in _PIECE.findall(text))


def _duration(word: Word) -> float:
    span = _span(word.text)
    found = _plain_number(word.text, "") if span is None else span
    if isinstance(found, str):
        raise word.refusal(f"{shown(word.text)} is no duration", hint="Write for example 90s, 1h30m, 2d or seconds.")
    return found


def _time(word: Word, now: float) -> float:
    text = word.text
    if text.lower() == "now":
        return now
    if text.startswith("-") and (span := _span(text[1:])) is not None:
        return now - span
    if _DATE.fullmatch(text):
        try:
            found = datetime.fromisoformat(text.upper())
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            pass  # the 30th of February
    raise word.refusal(
        f"{shown(text)} is no time", hint="Write for example 2026-11-01, 2026-11-01T10:30Z or -7d (seven days ago)."
    )


def _status(word: Word) -> str:
    found = _STATUSES.get(word.text.lower())
    if found is None:
        hint, close = suggest(word.text, _STATUSES.values())
        raise word.refusal(f"{shown(word.text)} is no status of a run", hint=hint, nearest=close)
    return found


def _flag(word: Word) -> float:
    found = math.nan if word.quoted else _FLAGS.get(word.text.lower(), math.nan)
    if math.isnan(found):
        raise word.refusal(f"{shown(word.text)} is neither true nor false", hint="Write true or false, without quotes.")
    return found


_READERS: Final[Mapping[Kind, Callable[[Word], float | str]]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _number,
    Kind.DURATION: _duration,
    Kind.STATUS: _status,
    Kind.FLAG: _flag,
}
