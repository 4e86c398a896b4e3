"""Conditions on rows, written as ``(ds["age"] > 30) & (ds["city"] == "Bern")`` and kept as plain lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from runwatch.schema.error import UserErrorException

COMPARISONS: Final = {"<": "lt", "<=": "le", "==": "eq", "!=": "ne", ">=": "ge", ">": "gt"}


class Expression:
    """A condition; ``&``, ``|`` and ``~`` join and turn conditions.

    Args:
        form: ``[comparison, column, value]``, ``["and" or "or", left, right]`` or ``["not", condition]``.
    """

    def __init__(self, form: list[Any]) -> None:
        self.form = form

    def __and__(self, other: Expression) -> Expression:
        return Expression(["and", self.form, other.form])

    def __or__(self, other: Expression) -> Expression:
        return Expression(["or", self.form, other.form])

    def __invert__(self) -> Expression:
        return Expression(["not", self.form])

    def __bool__(self) -> bool:
        raise UserErrorException(
            "A condition on rows is neither true nor false.", hint="Join conditions with & and |, each in parentheses."
        )


class Field:
    """A column of a dataset, to be compared with a number, a text or a truth value.

    Args:
        column: Its name.
    """

    def __init__(self, column: str) -> None:
        self.column = column

    def _compared(self, comparison: str, value: object) -> Expression:
        if not isinstance(value, str | int | float):
            raise UserErrorException(
                f"A column cannot be compared with a {type(value).__name__}.", hint="Use a number or a text."
            )
        return Expression([comparison, self.column, value])

    def __lt__(self, value: object) -> Expression:
        return self._compared("<", value)

    def __le__(self, value: object) -> Expression:
        return self._compared("<=", value)

    def __gt__(self, value: object) -> Expression:
        return self._compared(">", value)

    def __ge__(self, value: object) -> Expression:
        return self._compared(">=", value)

    def __eq__(self, value: object) -> Expression:  # type: ignore[override]  # a condition, not an answer
        return self._compared("==", value)

    def __ne__(self, value: object) -> Expression:  # type: ignore[override]
        return self._compared("!=", value)

    __hash__ = None  # type: ignore[assignment]  # it is never a key


def columns(form: list[Any]) -> Iterator[str]:
    """The columns that a condition speaks of."""
    if form[0] in COMPARISONS:
        yield form[1]
        return
    for part in form[1:]:
        yield from columns(part)


def holds(frame: Any, form: list[Any]) -> Any:
    """For each row of a frame, whether a condition holds.

    Raises:
        UserErrorException: The form is none.
    """
    match form:
        case [str(comparison), str(column), value] if comparison in COMPARISONS:
            return getattr(frame[column], COMPARISONS[comparison])(value)
        case ["and", list(left), list(right)]:
            return holds(frame, left) & holds(frame, right)
        case ["or", list(left), list(right)]:
            return holds(frame, left) | holds(frame, right)
        case ["not", list(inner)]:
            return ~holds(frame, inner)
    raise UserErrorException("The condition of the dataset is none.", hint="Build it with ds['column'] > value.")
