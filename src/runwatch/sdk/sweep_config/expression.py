"""The spaces that a parameter of a sweep is drawn from: ``choice``, ``uniform`` and their kin."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct

from runwatch.schema.error import InvalidValueError

LAWS: Final = frozenset(
    {
        "choice", "randint", "uniform", "quniform", "loguniform", "qloguniform", "normal", "qnormal", "lognormal",
        "qlognormal",
    }
)  # fmt: skip
"""The names of all spaces."""


class Expression(Struct, frozen=True):
    """A space.

    Attributes:
        law: One of `LAWS`.
        arguments: What it is given.
    """

    law: str
    arguments: tuple[Any, ...]

    def to_form(self) -> list[Any]:
        """Its form in the original's JSON: the name, and the list of arguments."""
        if self.law == "choice":
            return [self.law, [list(self.arguments)]]
        return [self.law, list(self.arguments)]


def choice(*options: Any) -> Expression:
    """One of several values.

    Args:
        *options: The values; or one list or range of them.
    """
    if len(options) == 1 and isinstance(options[0], Iterable) and not isinstance(options[0], str | bytes):
        options = tuple(options[0])
    if not options:
        raise InvalidValueError("choice has nothing to choose from.", hint="Give it at least one value.")
    return Expression("choice", options)


def randint(upper: int) -> Expression:
    """A whole number from 0 up to, and without, ``upper``."""
    return _of("randint", upper)


def uniform(min_value: float, max_value: float) -> Expression:
    """A number between the two, each as likely."""
    return _between("uniform", min_value, max_value)


def quniform(min_value: float, max_value: float, q: float) -> Expression:
    """As `uniform`, rounded to multiples of ``q``."""
    return _between("quniform", min_value, max_value, q)


def loguniform(min_value: float, max_value: float) -> Expression:
    """``exp`` of a number between the two: ``min_value`` and ``max_value`` are logarithms."""
    return _between("loguniform", min_value, max_value)


def qloguniform(min_value: float, max_value: float, q: float) -> Expression:
    """As `loguniform`, rounded to multiples of ``q``."""
    return _between("qloguniform", min_value, max_value, q)


def normal(mu: float, sigma: float) -> Expression:
    """A number of the normal distribution with this mean and deviation."""
    return _of("normal", mu, sigma)


def qnormal(mu: float, sigma: float, q: float) -> Expression:
    """As `normal`, rounded to multiples of ``q``."""
    return _of("qnormal", mu, sigma, q)


def lognormal(mu: float, sigma: float) -> Expression:
    """``exp`` of a number of the normal distribution."""
    return _of("lognormal", mu, sigma)


def qlognormal(mu: float, sigma: float, q: float) -> Expression:
    """As `lognormal`, rounded to multiples of ``q``."""
    return _of("qlognormal", mu, sigma, q)


def _between(law: str, low: float, high: float, *more: float) -> Expression:
    made = _of(law, low, high, *more)
    if low >= high:
        raise InvalidValueError(f"{law} has no room between {low} and {high}.", hint="Give the smaller number first.")
    return made


def _of(law: str, *numbers: float) -> Expression:
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
            raise InvalidValueError(f"{law} cannot be made of {number!r:.80}.", hint="Give it numbers.")
    if law.startswith("q") and numbers[-1] <= 0:
        raise InvalidValueError(f"{law} cannot round to multiples of {numbers[-1]}.", hint="Give a number above 0.")
    return Expression(law, numbers)
