"""The bounds of a filter, kept while its tokens pass by, before anything is built of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from lark import Token
from lark.lark import PostLex

from runwatch.schema import limit
from runwatch.schema.error import LimitError

_BETWEEN_TERMS: Final = {"_AND", "_OR", "COMMA"}
_WORDS: Final = {"NAME", "RSQB", "PLAIN", "STRING"}
"""After which a text in quotes is one more word to look for."""


class Bounds(PostLex):
    """Refuses a filter that nests too deep or asks too much; one object serves any number of filters at once."""

    always_accept: ClassVar[tuple[str, ...]] = ()  # type: ignore[misc]  # it adds no tokens

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """Hand on the tokens of one filter.

        Raises:
            LimitError: At the token that is too much.
        """
        terms, nots = 1, 0  # `nots` stand before what comes next; each makes a level, as each parenthesis does
        levels: list[int] = []
        before = ""
        for token in stream:
            terms += token.type in _BETWEEN_TERMS or token.type == "PLAIN"
            terms += token.type == "STRING" and before in _WORDS
            before = token.type
            if token.type == "LPAR":
                levels.append(nots + 1)
            elif token.type == "RPAR" and levels:
                levels.pop()
            nots = nots + 1 if token.type == "_NOT" else 0
            _check(terms, sum(levels) + nots, token)
            yield token


def _check(terms: int, depth: int, token: Token) -> None:
    column = (token.start_pos or 0) + 1
    if depth > limit.FILTER_DEPTH:
        raise LimitError(
            f"A filter nests at most {limit.FILTER_DEPTH} levels of parentheses and not; column {column} is deeper.",
            hint="Leave out parentheses that change nothing.",
            column=column,
        )
    if terms > limit.FILTER_TERMS:
        raise LimitError(
            f"A filter makes at most {limit.FILTER_TERMS} comparisons; column {column} begins one more.",
            hint="Ask in parts, or list runs by their ids.",
            column=column,
        )
