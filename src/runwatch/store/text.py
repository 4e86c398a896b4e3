"""Texts and JSON values as every store keeps them: broken Unicode is mended, NaN survives."""

from __future__ import annotations

import json
from typing import Any, overload

from runwatch.schema.error import InvalidValueError


@overload
def clean(text: str) -> str: ...
@overload
def clean(text: None) -> None: ...
def clean(text: str | None) -> str | None:
    """The text with lone surrogates (file names that are not UTF-8) replaced by ``?``, since no database takes them."""
    if text is None or text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8")


def to_json(value: object) -> str:
    """JSON as Python writes it: NaN and infinities are kept, integers have any size.

    Raises:
        InvalidValueError: The value has no JSON form.
    """
    try:
        return json.dumps(value, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidValueError(
            f"A value cannot be stored: {error}.", hint="Use numbers, texts, booleans, None, lists and dictionaries."
        ) from error


def from_json(text: str) -> Any:
    """What `to_json` was given."""
    return json.loads(text)
