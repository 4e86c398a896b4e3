"""What ``run.log`` accepts: one value becomes a float, an int, a bool, None or a text; several values are refused."""

from __future__ import annotations

import math
import operator
import os
from collections.abc import Callable, Iterator, Mapping, Set
from typing import Any, Final, NamedTuple

from runwatch.journal.format import BOOL, FLOAT, INT, NULL, TEXT
from runwatch.schema import limit
from runwatch.schema.error import InvalidValueError, LimitError

INT_MIN: Final = -(2**63)
INT_MAX: Final = 2**63 - 1
_PARAM_DEPTH: Final = 32
"""Nesting of a parameter or an event; what is deeper is recorded as text."""


class Plain(NamedTuple):
    """A value as it is recorded.

    Attributes:
        kind: The record's kind: FLOAT, INT, BOOL, NULL or TEXT.
        value: A float, int, bool, None or str.
        problem: What was lost in the conversion, to be told once for each metric; empty if nothing was.
    """

    kind: int
    value: Any
    problem: str = ""


def plain(value: object) -> Plain:
    """One value as it is recorded.

    Numbers of numpy, torch, jax and `decimal` become Python's own (a tensor on a GPU is copied, which waits for the
    device). What is no number becomes its ``repr``, with a problem to tell.

    Raises:
        InvalidValueError: If it holds several values.
        LimitError: If a text is larger than `limit.TEXT_BYTES`.
    """
    simple = _simple(value)
    if simple is not None:
        return simple
    _refuse_many(value)
    for convert in (_from_item, _from_index, _from_float):
        try:
            found = convert(value)
        except Exception as error:  # foreign code, which must not end the training: the value is kept as text
            return _described(value, f"({type(error).__name__} when it was converted)")
        if found is not None:
            return found
    return _described(value, "")


def _simple(value: object) -> Plain | None:
    """Python's own types and their subclasses, among them numpy.float64 and numpy.str_."""
    if value is None:
        return Plain(NULL, None)
    if isinstance(value, bool):
        return Plain(BOOL, bool(value))
    if isinstance(value, float):
        return Plain(FLOAT, float.__float__(value))
    if isinstance(value, int):
        return _integer(int.__index__(value))
    if isinstance(value, str):
        return Plain(TEXT, check_text(str.__str__(value)))
    return None


def _integer(value: int) -> Plain:
    if INT_MIN <= value <= INT_MAX:
        return Plain(INT, value)
    try:
        return Plain(FLOAT, float(value))
    except OverflowError:
        text = hex(value)  # decimal digits of such a number are refused beyond 4,300 of them
        return Plain(TEXT, text[: limit.TEXT_BYTES], "an integer beyond the range of a float was recorded as text")


def _refuse_many(value: object) -> None:
    many = isinstance(value, (list, tuple, range, Mapping, Set, Iterator))
    if not many:
        try:
            dimensions = getattr(value, "ndim", 0)
            many = isinstance(dimensions, int) and dimensions > 0
        except Exception:  # a foreign property
            many = False
    if many:
        raise InvalidValueError(
            f"run.log takes one value, not a {type(value).__name__}.",
            hint="Use run.log_list for several values, run.log_row or run.log_table for columns.",
        )


def _from_item(value: Any) -> Plain | None:
    """A scalar or 0-d array of numpy, torch, jax."""
    item = getattr(value, "item", None)
    if not callable(item) or not hasattr(value, "dtype"):
        return None
    return _simple(item())


def _from_index(value: Any) -> Plain | None:
    return _integer(operator.index(value)) if hasattr(type(value), "__index__") else None


def _from_float(value: Any) -> Plain | None:
    """Decimal, Fraction, numpy.longdouble, bfloat16 and the like."""
    if not hasattr(type(value), "__float__"):
        return None
    number = float(value)
    infinite = getattr(value, "is_infinite", None)
    if math.isinf(number) and callable(infinite) and not infinite():
        return None  # a Decimal beyond the range of a float
    return Plain(FLOAT, number)


def _described(value: object, reason: str) -> Plain:
    problem = f"a {type(value).__name__} is no number and was recorded as text {reason}".rstrip()
    return Plain(TEXT, _repr(value), problem)


def _repr(value: object) -> str:
    try:
        text = repr(value)
    except Exception:  # foreign code
        text = object.__repr__(value)
    return check_text(text[: limit.TEXT_BYTES // 4])  # a character takes at most four bytes


def check_text(text: str) -> str:
    """The text, with ``?`` for what is no Unicode (lone surrogates).

    Raises:
        LimitError: If it is larger than `limit.TEXT_BYTES`.
    """
    if len(text) > limit.TEXT_BYTES // 4 and len(text.encode("utf-8", "replace")) > limit.TEXT_BYTES:
        raise LimitError(
            f"A text of more than {limit.TEXT_BYTES >> 20} MiB cannot be a metric value.",
            hint="Write it to a file and use run.upload_file.",
        )
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def step_of(step: object) -> int | None:
    """A step as it is recorded: an integer of 64 bits, or None.

    Raises:
        InvalidValueError: If it is no whole number, or out of range.
    """
    if step is None:
        return None
    number: int | None = None
    try:
        number = _whole(step)
    except Exception:  # foreign code: no whole number then
        number = None
    if number is None:
        raise InvalidValueError(f"{_shown(step)} cannot be a step.", hint="Give an integer, or leave it out.")
    if not limit.STEP_MIN <= number <= limit.STEP_MAX:
        raise InvalidValueError(f"The step {_shown(step)} is out of range.", hint="Steps are 64-bit integers.")
    return number


def _whole(step: Any) -> int | None:
    if hasattr(type(step), "__index__"):
        try:
            return operator.index(step)
        except TypeError:  # a float tensor, or an array
            pass
    if getattr(step, "ndim", 0):
        return None
    number = float(step) if hasattr(type(step), "__float__") else math.nan
    return int(number) if number.is_integer() else None


def _shown(value: object) -> str:
    text = hex(value) if isinstance(value, int) and not INT_MIN <= value <= INT_MAX else _repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"


def json_like(value: object, depth: int = _PARAM_DEPTH) -> Any:
    """A parameter's or event's value as null, bool, number, text, list and dict of texts; never raises.

    Numbers of other libraries become Python's own, sets and tuples become lists, everything else its ``repr``.
    """
    simple = _simple_or_text(value)
    if simple is not None:
        return simple.value
    if depth > 0 and isinstance(value, Mapping):
        return _guarded(value, lambda: {_key(key): json_like(item, depth - 1) for key, item in value.items()})
    if depth > 0 and isinstance(value, (list, tuple, range, Set)):
        return _guarded(value, lambda: [json_like(item, depth - 1) for item in value])
    if depth > 0 and _is_array(value):
        return _guarded(value, lambda: json_like(value.tolist(), depth - 1))  # type: ignore[attr-defined]
    if isinstance(value, os.PathLike):
        return _guarded(value, lambda: check_text(os.fsdecode(value)))
    if isinstance(value, (Mapping, list, tuple, range, Set, Iterator)):
        return _repr(value)
    try:
        return plain(value).value
    except (InvalidValueError, LimitError):  # an array that cannot be a list
        return _repr(value)


def _simple_or_text(value: object) -> Plain | None:
    try:
        return _simple(value)
    except LimitError:
        return Plain(TEXT, check_text(str(value)[: limit.VALUE_CHARS]))


def _is_array(value: object) -> bool:
    try:
        return bool(getattr(value, "ndim", 0)) and callable(getattr(value, "tolist", None))
    except Exception:  # a foreign property
        return False


def _guarded(value: object, convert: Callable[[], Any]) -> Any:
    try:
        return convert()
    except Exception:  # foreign code, or a container that changes meanwhile
        return _repr(value)


def _key(key: object) -> str:
    return check_text(str(key)[: limit.VALUE_CHARS]) if isinstance(key, (str, int, float)) else _repr(key)
