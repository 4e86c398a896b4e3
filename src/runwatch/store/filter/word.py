"""A word of a filter as typed: what it says, where it stands, and the refusal that points at it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct

from runwatch.schema.error import InvalidValueError
from runwatch.store.text import clean

_AROUND: Final = 24
"""So many characters of the filter are shown on either side of the word that is refused."""

_ESCAPE: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\", "/": "/"}


class Source(Struct, frozen=True):
    """The whole text.

    Attributes:
        text: As typed.
        what: What it is: ``filter`` or ``order``.
    """

    text: str
    what: str = "filter"

    def refusal(self, message: str, at: int, length: int, *, hint: str, **detail: Any) -> InvalidValueError:
        """The error that points at some characters of the text.

        Args:
            message: What is wrong, without a full stop.
            at: The index of the first of them.
            length: How many they are.
            hint: What to do.
            **detail: Facts for programs, beside ``column`` (from 1) and ``length``.
        """
        found, end = self.text, at + length
        before = ("…" if at > _AROUND else "") + found[max(0, at - _AROUND) : at]
        after = found[end : end + _AROUND] + ("…" if len(found) > end + _AROUND else "")
        there = found[at:end] if length <= 2 * _AROUND else f"{found[at : at + _AROUND]}…"
        excerpt = re.sub(r"\s", " ", f"{before}{there}{after}").strip()
        where = f"at column {at + 1} of the {self.what}" + (f" ({excerpt})" if excerpt else "")
        return InvalidValueError(
            f"{message}, {where}.",
            hint=hint,
            column=at + 1,
            length=length,
            **detail,
        )


class Word(Struct, frozen=True):
    """A name or a value.

    Attributes:
        text: What it says, without quotes and escapes.
        quoted: Whether it stood in quotes.
        at: Its index in the source.
        length: How many characters it has there.
        source: Where it stands.
    """

    text: str
    quoted: bool
    at: int
    length: int
    source: Source

    def refusal(self, message: str, *, hint: str, **detail: Any) -> InvalidValueError:
        """The error that points at this word."""
        return self.source.refusal(message, self.at, self.length, hint=hint, **detail)


def read_word(typed: str, at: int, source: Source) -> Word:
    """The word that stands in a source.

    Args:
        typed: As it stands there, quotes included.
        at: Its index.
        source: The source.

    Raises:
        InvalidValueError: A text in quotes has an escape that means nothing.
    """
    if typed[0] not in "\"'":
        return Word(clean(typed), False, at, len(typed), source)

    def meaning(match: re.Match[str]) -> str:
        escape = match[1]
        if len(escape) == 5:
            return chr(int(escape[1:], 16))
        if escape not in _ESCAPES:
            raise source.refusal(
                f"\\{escape} is no escape", at + 1 + match.start(), 2, hint=r"Write a backslash as \\ within quotes."
            )
        return _ESCAPES[escape]

    halves = _ESCAPE.sub(meaning, typed[1:-1]).encode("utf-16", "surrogatepass")
    text = halves.decode("utf-16", "surrogatepass")  # as in JSON, two escapes may be the halves of one character
    return Word(clean(text), True, at, len(typed), source)


def shown(text: str) -> str:
    """A text of somebody's as messages quote it."""
    return f'"{repr(text)[1:-1]:.80}"'


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like another one, if any is."""
    by_lower = {each.lower(): each for each in known}
    found = difflib.get_close_matches(word[:40].lower(), by_lower, n=1)
    return by_lower[found[0]] if found else None


def suggest(word: str, known: Iterable[str]) -> tuple[str, str | None]:
    """A hint that names the known word most like another one, or else all of them; and that word."""
    words = list(known)
    close = nearest(word, words)
    return (f"Did you mean {close}?" if close else f"Use one of {', '.join(words)}."), close
