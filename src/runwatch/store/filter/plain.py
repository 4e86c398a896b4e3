"""Words of a filter that compare nothing: they are looked for in the names of runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from runwatch.store.filter.field import NAMES, Path
from runwatch.store.filter.tree import All, Compare, Condition, OwnField
from runwatch.store.filter.word import Word

_PLAIN: Final = re.compile(r"(?!-)[\w.+/@#\-]+")
_KEYWORDS: Final = frozenset(("and", "or", "not", "in"))


def joined(path: Path) -> Word | None:
    """A path as the word it was typed as, such as ``lr-0.1``; None if it names a field, a group of them or a column."""
    first, *rest = path.words
    meant = first.text in NAMES or first.text.lower() in _KEYWORDS
    if meant or path.columns or any(word.quoted for word in rest):
        return None
    return adjoined(first, rest)


def adjoined(first: Word, rest: Iterable[Word]) -> Word:
    """Words with what stands between them, as one word."""
    end = max((word.at + word.length for word in rest), default=first.at + first.length)
    return Word(first.source.text[first.at : end], False, first.at, end - first.at, first.source)


def search(words: Sequence[Word]) -> Condition:
    """The condition that the name shown contains each of these words, letter case aside.

    Raises:
        InvalidValueError: A quote stands within a word.
    """
    found: list[Word] = []
    for word in words:
        before = found[-1] if found else None
        if before is None or word.at > before.at + before.length:
            found.append(word)
        elif word.quoted or before.quoted:
            raise word.refusal("A quote stands within a word", hint="Put a space before and after a text in quotes.")
        else:  # a+b comes in pieces
            found[-1] = adjoined(before, [word])
    return _all(word.text for word in found)


def search_text(text: str) -> Condition | None:
    """The same of a whole filter that is no sentence of the language, such as ``lr-0.`` or ``#5``.

    Returns:
        None if there is any sign or word in it that the language has a meaning for: it is a mistake then.
    """
    words = text.split()
    head = re.match(r"[\w/\-]*", words[0])
    if head is None or head[0] in NAMES or any(word.lower() in _KEYWORDS for word in words):
        return None
    return _all(words) if all(_PLAIN.fullmatch(word) for word in words) else None


def _all(texts: Iterable[str]) -> Condition:
    found = tuple(Compare(OwnField("name"), "~", text) for text in texts)
    return found[0] if len(found) == 1 else All(found)
