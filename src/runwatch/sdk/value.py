"""Turns what users log - Python's, numpy's, torch's and pandas' values - into the few types that are recorded."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any, Final

from runwatch.journal import value as journal_value
from runwatch.schema.error import InvalidValueError

Scalar = bool | int | float | str | None

PLAIN: Final = frozenset({bool, float, type(None)})
"""Types whose every value is recorded as it is."""

INT_MAX: Final = 2**63 - 1


def scalar(value: object) -> Scalar:
    """One value as bool, int, float, str or None, by the same rules as ``run.log``.

    Raises:
        InvalidValueError: If it is several values.
        LimitError: If a text is longer than `limit.TEXT_BYTES`.
    """
    if type(value) in PLAIN:
        return value  # type: ignore[return-value]
    found: Scalar = journal_value.plain(value).value
    return found


def is_collection(value: object) -> bool:
    """Whether a value is several values: a list, an array with a dimension, a generator, a mapping; a text is none."""
    if type(value) in PLAIN or isinstance(value, int | str | bytes):
        return False
    dimensions = getattr(value, "ndim", None)
    if isinstance(dimensions, int):
        return dimensions > 0
    return isinstance(value, Iterable)


def items(value: object, call: str) -> list[Any] | Any:
    """The values of a list, array, series or generator; a numpy array of numbers is given back as it is.

    Args:
        value: What was logged.
        call: The logging call, for the message.

    Raises:
        InvalidValueError: If it is a single value or a mapping.
    """
    if isinstance(value, list):
        return value
    if is_array(value):
        return value
    if isinstance(value, Mapping) or not is_collection(value):
        raise InvalidValueError(
            f"{call} takes a list of values, not {_kind(value)}.",
            hint="Use run.log for one value and run.log_table for columns with names.",
        )
    unpack = getattr(value, "tolist", None)  # torch tensors and pandas series
    return unpack() if callable(unpack) else list(value)  # type: ignore[call-overload]


def is_array(value: Any) -> bool:
    """Whether this is a one-dimensional numpy array of booleans or numbers, which can be recorded without unpacking."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and type(value) is numpy.ndarray and value.ndim == 1 and value.dtype.kind in "biuf"


def _kind(value: object) -> str:
    return "None" if value is None else f"a {type(value).__name__}"
