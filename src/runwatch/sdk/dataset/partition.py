"""Values that stand in the paths of a dataset's files, such as a department and a day, as columns."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final

from msgspec import Struct

from runwatch.schema.error import InvalidValueError, UserErrorException
from runwatch.schema.limit import PATTERN_CHARS

OPTION: Final = "partition_format"
"""Where a dataset's definition holds the format."""

_KEY: Final = re.compile(r"\{([^{}:]+)(?::([^{}]*))?\}")
_DATE_PART: Final = re.compile(r"yyyy|MM|dd|HH|mm|ss|[A-Za-z]+")
_DIGITS: Final = {"yyyy": 4, "MM": 2, "dd": 2, "HH": 2, "mm": 2, "ss": 2}
_ORDER: Final = tuple(_DIGITS)
_FIRST: Final = {"MM": 1, "dd": 1}
"""What a part of a date is that the path does not name; the others are 0."""


class Key(Struct, frozen=True):
    """A column.

    Attributes:
        name: Its name.
        parts: Of a time, in the order in which they stand in the path; none if it is a text.
    """

    name: str
    parts: tuple[str, ...] = ()


class Partition:
    """A format of paths.

    ``{name}`` is one folder or a part of one, as a text; ``{name:yyyy/MM/dd/HH/mm/ss}``, or a part of that, is a time;
    ``*`` is whatever stands within one folder. The format reaches to the end of the path, and begins anywhere in it.

    Args:
        text: For example ``/{department}/{day:yyyy/MM/dd}/data.csv``.

    Raises:
        InvalidValueError: It names no column, one twice, or a time without a year.
    """

    def __init__(self, text: str) -> None:
        import re2

        if not isinstance(text, str) or len(text) > PATTERN_CHARS:
            raise _wrong(text, "is no format of paths")
        self._text = text
        keys, pattern, end = [], "", 0
        for found in _KEY.finditer(text):
            key, groups = _key(text, found.group(1), found.group(2))
            pattern += _literal(text, text[end : found.start()]) + groups
            keys.append(key)
            end = found.end()
        names = [key.name for key in keys]
        if not names or len(set(names)) < len(names):
            raise _wrong(text, "names no column" if not names else "names a column twice")
        self.keys = tuple(keys)
        self._pattern = re2.compile(f"(?s)(?:{pattern}{_literal(text, text[end:])})$")

    def values(self, path: str) -> dict[str, Any]:
        """The columns' values for a file.

        Args:
            path: With ``/`` between folders, and one before the first.

        Raises:
            UserErrorException: The path has another form.
        """
        found = self._pattern.search(path)
        if found is None:
            raise UserErrorException(
                f"The path {path} does not have the form {self._text}.", hint="Name the files that have it."
            )
        groups = iter(found.groups())
        values: dict[str, Any] = {}
        for key in self.keys:
            if not key.parts:
                values[key.name] = next(groups)
                continue
            told = {part: int(next(groups)) for part in key.parts}
            values[key.name] = self._time(path, [told.get(part, _FIRST.get(part, 0)) for part in _ORDER])
        return values

    def _time(self, path: str, parts: list[int]) -> datetime:
        year, month, day, hour, minute, second = parts
        try:
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC).replace(tzinfo=None)
        except ValueError as error:
            raise UserErrorException(
                f"The path {path} names no time where {self._text} has one.", hint="Name the files that do."
            ) from error


def _key(text: str, name: str, date: str | None) -> tuple[Key, str]:
    """A column, and the pattern of its values."""
    if date is None:
        return Key(name), "([^/]+)"
    pattern, parts, end = "", [], 0
    for found in _DATE_PART.finditer(date):
        digits = _DIGITS.get(found.group())
        if digits is None or found.group() in parts:
            raise _wrong(
                text, f"has {found.group()!r} in a time, where yyyy, MM, dd, HH, mm and ss may stand once each"
            )
        pattern += re.escape(date[end : found.start()]) + f"([0-9]{{{digits}}})"
        parts.append(found.group())
        end = found.end()
    if "yyyy" not in parts:
        raise _wrong(text, "has a time without a year")
    return Key(name, tuple(parts)), pattern + re.escape(date[end:])


def _literal(text: str, piece: str) -> str:
    if "{" in piece or "}" in piece:
        raise _wrong(text, "has a brace that belongs to no column")
    return "[^/]*".join(map(re.escape, piece.split("*")))


def _wrong(text: object, why: str) -> InvalidValueError:
    return InvalidValueError(
        f"partition_format {text!r:.80} {why}.", hint="For example '/{department}/{day:yyyy/MM/dd}/data.csv'."
    )
