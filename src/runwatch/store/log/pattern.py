"""What a search looks for: a text, or a regular expression on a linear-time engine; never across lines."""

from __future__ import annotations

import re
from typing import Any, Final, Protocol

from runwatch.schema import limit
from runwatch.schema.error import InvalidValueError, LimitError, ServiceException
from runwatch.schema.log import SearchLog
from runwatch.store.log.scattered import Scattered

Span = tuple[int, int]

_ACROSS_LINES: Final = re.compile(r"\\(?:\\|[ACz])|\(\?[a-zA-Z]*-[a-zA-Z]*m")
"""What has no meaning where a line is the unit: the ends of a text, single bytes, ``^`` that is not a line's own."""


class Pattern(Protocol):
    """Finds matches in the text of whole lines."""

    def find(self, text: bytes, begin: int, end: int) -> list[Span]:
        """Matches that lie between two places, in order, none of them empty; the places are line borders."""
        ...

    def near(self, raw: bytes) -> list[int] | None:
        """Bytes of all lines that may match once sequences are removed; None if only the text without them tells."""
        ...


class Literal:
    """A text that means itself.

    Args:
        text: It.
        scattered: Finds it among control sequences, if that can be had.
    """

    def __init__(self, text: str, scattered: Scattered | None = None) -> None:
        self._text = text.encode("utf-8", "replace")
        self._scattered = scattered

    def find(self, text: bytes, begin: int, end: int) -> list[Span]:
        """See `Pattern.find`."""
        found, length = [], len(self._text)
        while (begin := text.find(self._text, begin, end)) >= 0:
            found.append((begin, begin + length))
            begin += length
        return found

    def near(self, raw: bytes) -> list[int] | None:
        """See `Pattern.near`."""
        return None if self._scattered is None else self._scattered.places(raw)


class Expression:
    """A compiled regular expression.

    Args:
        compiled: Of RE2 - or of `re`, for a text whose letter case does not matter, where RE2 is not installed.
        scattered: If it is a text: finds it among control sequences.
    """

    def __init__(self, compiled: Any, scattered: Scattered | None = None) -> None:
        self._compiled = compiled
        self._scattered = scattered

    def find(self, text: bytes, begin: int, end: int) -> list[Span]:
        """See `Pattern.find`."""
        spans: list[Span] = [found.span() for found in self._compiled.finditer(text, begin, end)]
        return [span for span in spans if span[0] < span[1]]

    def near(self, raw: bytes) -> list[int] | None:
        """See `Pattern.near`."""
        return None if self._scattered is None else self._scattered.places(raw)


def compile_pattern(request: SearchLog) -> Pattern:
    """The pattern of a request.

    Raises:
        InvalidValueError: It is no pattern; ``detail["position"]`` is the character it fails at.
        LimitError: It is too long, or too large once compiled.
        ServiceException: Regular expressions are not to be had: RE2 is not installed.
    """
    pattern = request.pattern
    if not pattern:
        raise InvalidValueError("An empty pattern matches everywhere.", hint="Give at least one character.")
    if len(pattern) > limit.PATTERN_CHARS:
        raise LimitError(
            f"The pattern has {len(pattern):,} characters; the most is {limit.PATTERN_CHARS:,}.", hint="Shorten it."
        )
    if "\n" in pattern or "\r" in pattern:
        raise InvalidValueError("A pattern cannot hold a line end.", hint="A match lies within one line.")
    if request.regex:
        return _expression(pattern, ignore_case=request.ignore_case)
    return _text(pattern, ignore_case=request.ignore_case)


def _text(pattern: str, *, ignore_case: bool) -> Pattern:
    try:
        scattered = Scattered(pattern, ignore_case=ignore_case)
        if not ignore_case:
            return Literal(pattern, scattered)
        return Expression(_compile(pattern, ignore_case=True, literal=True), scattered)
    except ImportError:  # a text has no repetitions: `re` is linear, too, but knows only ASCII letters in bytes
        if not ignore_case:
            return Literal(pattern)
        return Expression(re.compile(re.escape(pattern.encode("utf-8", "replace")), re.IGNORECASE))


def _expression(pattern: str, *, ignore_case: bool) -> Pattern:
    for found in _ACROSS_LINES.finditer(pattern):
        if found[0] != r"\\":
            raise InvalidValueError(
                f"{found[0]!r} has no meaning within one line (at character {found.start() + 1}).",
                hint="Use ^ and $ for the ends of a line.",
                position=found.start(),
            )
    try:
        compiled = _compile(pattern, ignore_case=ignore_case, literal=False)
    except ImportError as error:
        raise ServiceException(
            "Regular expressions need RE2, which is not installed here.",
            hint="Install google-re2, or search for a text that means itself.",
        ) from error
    if compiled.programsize > limit.PATTERN_STEPS:
        raise _too_large()
    if compiled.search(b"") is not None:
        raise InvalidValueError(
            "The pattern matches an empty line, so it would match everywhere.", hint="Use + instead of *, or say more."
        )
    return Expression(compiled)


def _compile(pattern: str, *, ignore_case: bool, literal: bool) -> Any:
    import re2

    options = re2.Options()
    options.never_nl = True
    options.never_capture = True  # groups only group: captures would cost a slower engine
    options.log_errors = False
    options.case_sensitive = not ignore_case
    options.literal = literal
    source = pattern if literal else f"(?m){pattern}"
    try:
        return re2.compile(source.encode("utf-8", "replace"), options)
    except re2.error as error:
        raise _refused(pattern, error) from error


def _refused(pattern: str, error: Exception) -> InvalidValueError:
    """What RE2 says is a reason and the part of the pattern it is about: all of it for a lonely bracket."""
    said = error.args[0] if error.args else b""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    reason, _, part = text.partition(": ")
    place = pattern.find(part)
    position = _unbalanced(pattern) if place < 0 else place
    return InvalidValueError(
        f"The regular expression is wrong at character {position + 1}: {reason}.",
        hint="See the syntax of RE2, or search for it as a text that means itself.",
        position=position,
    )


def _unbalanced(pattern: str) -> int:
    """The first bracket without its counterpart, or the end."""
    opened: list[int] = []
    within_class = escaped = False
    for place, char in enumerate(pattern):
        if escaped or char == "\\":
            escaped = not escaped
        elif within_class or char == "[":
            within_class = char != "]"
        elif char == "(":
            opened.append(place)
        elif char == ")":
            if not opened:
                return place
            opened.pop()
    return opened[-1] if opened else len(pattern)


def _too_large() -> LimitError:
    return LimitError("The regular expression is too large.", hint="Use smaller repetitions, or search in two steps.")
