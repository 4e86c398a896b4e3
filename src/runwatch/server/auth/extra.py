"""What only teams need is installed by the extra ``team`` and imported where it is used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from runwatch.schema.error import UserErrorException


class ExtraMissingError(UserErrorException):
    """A package that an extra brings is not installed."""

    code = "extra_missing"
    status = 501


@contextmanager
def needs_team() -> Iterator[None]:
    """A block that imports a package of the extra.

    Raises:
        ExtraMissingError: It is not installed.
    """
    try:
        yield
    except ImportError as error:
        raise ExtraMissingError(
            f"Users and passwords need the package {error.name or 'of the extra'}, which is not installed.",
            hint="Install it with: pip install 'runwatch[team]'.",
        ) from error
