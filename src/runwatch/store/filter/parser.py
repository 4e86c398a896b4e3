"""From the text of a filter to its tree, and from the text of an order to a `RunOrder`."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any, Final

from lark import Lark, Token, Transformer_NonRecursive, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken, VisitError

from runwatch.schema import limit
from runwatch.schema.error import InvalidValueError, LimitError
from runwatch.store.filter.bound import Bounds
from runwatch.store.filter.field import Kind, Path, resolve
from runwatch.store.filter.grammar import GRAMMAR
from runwatch.store.filter.plain import joined, search, search_text
from runwatch.store.filter.tree import All, Compare, Condition, Either, Field, Has, Not, Operator, depth
from runwatch.store.filter.value import OPERATORS, read_value
from runwatch.store.filter.word import Source, Word, read_word, shown, suggest

_KNOWN: Final[Mapping[str, Operator]] = dict([("==", "="), *((each, each) for each in OPERATORS[Kind.TEXT])])
_MEANT: Final = {
    "like": "~", "contains": "~", "matches": "~", "=~": "~", "~=": "~", "is": "=", "eq": "=", ":": "=", "<>": "!=",
    "ne": "!=", "=<": "<=", "=>": ">=", "lt": "<", "gt": ">", "&&": "and", "&": "and", "||": "or", "|": "or",
    "!": "not", "has": "~",
}  # fmt: skip
"""What those mean who come from other languages."""

_EXPECTED: Final = (
    ("OPERATOR", "a comparison such as = or <"),
    ("WORD", "a value"),
    ("_AND", "and, or, or the end"),
    ("COMMA", "a comma or a closing parenthesis"),
    ("RPAR", "a closing parenthesis"),
    ("_OR", "and, or, or the end"),
    ("RSQB", "a closing bracket"),
    ("_IN", "in"),
    ("LPAR", "an opening parenthesis or a field"),
    ("NAME", "a name"),
)
"""Terminals of which the first one that could have come is named."""

_SIGNS: Final = frozenset("<>=!~:")
"""What begins a comparison."""


@functools.cache
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", start=["filter", "order"], postlex=Bounds(), maybe_placeholders=False)


def parse(text: str, start: str) -> Tree[Token]:
    """The parse tree of a text.

    Args:
        text: The text.
        start: ``filter`` or ``order``.

    Raises:
        InvalidValueError: It is not in the language.
        LimitError: It is too long, too deep or has too many terms.
    """
    if len(text) > limit.FILTER_CHARS:
        raise LimitError(
            f"A {start} has at most {limit.FILTER_CHARS:,} characters, not {len(text):,}.",
            hint="Ask in parts, or list runs by their ids.",
        )
    try:
        return _parser().parse(text, start=start)
    except UnexpectedInput as error:
        raise _refusal(Source(text, start), error) from None


def parse_filter(text: str, now: float) -> Condition | None:
    """The condition that a filter states; None if it is blank.

    Args:
        text: The filter: ``docs/query.md``.
        now: What relative times count from, seconds UTC.

    Raises:
        InvalidValueError: It is not in the language; ``detail["column"]`` says where, from 1.
        LimitError: It is too long, too deep or has too many terms.
    """
    if not text.strip():
        return None
    try:
        tree = parse(text, "filter")
    except InvalidValueError:
        words = search_text(text)
        if words is None:
            raise
        return words
    found: Condition = understand(tree, _Conditions(Source(text), now))
    if depth(found) > limit.FILTER_DEPTH:
        raise LimitError(
            f"A filter nests at most {limit.FILTER_DEPTH} levels of and, or and not; this one nests {depth(found)}.",
            hint="Ask in parts, or list runs by their ids.",
        )
    return found


def understand(tree: Tree[Token], meaning: Transformer_NonRecursive[Token, Any]) -> Any:
    """What a parse tree means.

    Raises:
        InvalidValueError: A name or value of it means nothing.
    """
    try:
        return meaning.transform(tree)
    except VisitError as error:
        raise error.orig_exc from None


class Paths(Transformer_NonRecursive[Token, Any]):
    """Fields as typed; does not recurse, however deep the tree.

    Args:
        source: The whole text.
    """

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source

    def first(self, children: list[Token]) -> Word:
        """A word, with its place."""
        return read_word(str(children[0]), children[0].start_pos or 0, self._source)

    part = first
    value = first
    more = first
    quoted = first

    def column(self, children: list[Token]) -> tuple[Word]:
        """A column of a table: wrapped, to tell it from a word."""
        return (self.first(children),)

    def field(self, children: list[Word | tuple[Word]]) -> Path:
        """A field as typed."""
        words: list[Word] = []
        columns: list[tuple[int, Word]] = []
        for child in children:
            if isinstance(child, tuple):
                columns.append((len(words), child[0]))
            else:
                words.append(child)
        return Path(words, columns, self._source)


class _Conditions(Paths):
    """The conditions of a filter."""

    def __init__(self, source: Source, now: float) -> None:
        super().__init__(source)
        self._now = now

    def filter(self, parts: list[Condition]) -> Condition:
        return Either(tuple(parts))

    def all(self, parts: list[Condition]) -> Condition:
        return All(tuple(parts))

    def negation(self, parts: list[Condition]) -> Condition:
        return Not(parts[0])

    def words(self, children: list[Any]) -> Condition:
        first, *more = children
        if isinstance(first, Path):
            word = joined(first)
            if word is None:
                resolve(first)
                raise _no_operator(self._source, more[0].text, more[0].at)
            first = word
        return search([first, *more])

    def presence(self, children: list[Path]) -> Condition:
        word = joined(children[0])
        if word is not None:
            return search([word])
        field, kind = resolve(children[0])
        return Compare(field, "=", 1.0) if kind is Kind.FLAG else Has(field)

    def comparison(self, children: list[Any]) -> Condition:
        path, token, word = children
        field, kind = resolve(path)
        return self._compare(field, kind, self._operator(token, kind), word)

    def values(self, words: list[Word]) -> list[Word]:
        return words

    def among(self, children: list[Any]) -> Condition:
        return Either(self._each(children[0], children[1], "="))

    def outside(self, children: list[Any]) -> Condition:
        return All(self._each(children[0], children[1], "!="))

    def _each(self, path: Path, words: list[Word], operator: Operator) -> tuple[Condition, ...]:
        field, kind = resolve(path)
        if operator not in OPERATORS[kind]:
            raise path.refusal(f"A {kind} cannot be looked up with in", hint=f"Use {', '.join(OPERATORS[kind])}.")
        return tuple(self._compare(field, kind, operator, word) for word in words)

    def _compare(self, field: Field, kind: Kind, operator: Operator, word: Word) -> Condition:
        return Compare(field, operator, read_value(word, kind, operator, self._now))

    def _operator(self, token: Token, kind: Kind) -> Operator:
        operator = _KNOWN.get(token)
        if operator is None:
            raise _no_operator(self._source, str(token), token.start_pos or 0)
        if operator not in OPERATORS[kind]:
            hint = f"Use {', '.join(OPERATORS[kind])}."
            if kind is Kind.TIME and operator == "=":
                hint = "For a day write >= its date and < the next one."
            raise self._source.refusal(
                f"A {kind} cannot be compared with {token}", token.start_pos or 0, len(token), hint=hint
            )
        return operator


def _no_operator(source: Source, typed: str, at: int) -> InvalidValueError:
    meant = _MEANT.get(typed.lower())
    hint = f"Did you mean {meant}?" if meant else suggest(typed, (*_KNOWN, "in"))[0]
    return source.refusal(f"{shown(typed)} is no comparison", at, len(typed), hint=hint, nearest=meant)


def _refusal(source: Source, error: UnexpectedInput) -> InvalidValueError:
    """What cannot stand where it stands, and what could."""
    could: set[str] = set()
    typed, at = "", len(source.text)
    if isinstance(error, UnexpectedToken):
        could = set(error.expected)
        if error.token.type != "$END":
            typed, at = str(error.token), error.token.start_pos or 0
    elif isinstance(error, UnexpectedCharacters):
        could, at = set(error.allowed or ()), error.pos_in_stream or 0
        typed = source.text[at]
    wanted = next((words for terminal, words in _EXPECTED if terminal in could), "something else")
    if typed and typed in "\"'":
        return source.refusal("This quote has no end", at, 1, hint=r"Close it; within quotes write \" for a quote.")
    if source.what == "order":
        return source.refusal(
            f"Expected {'the end' if typed else 'a field'}", at, len(typed),
            hint="Write one field, with a minus before it for the newest or largest first.",
        )  # fmt: skip
    if "OPERATOR" in could and typed and typed not in "()[],":
        return _no_operator(source, typed, at)
    found = f"{shown(typed)}" if typed else "the end"
    if "PLAIN" in could and typed and typed[0] in _SIGNS:
        hint = "Put and between words to look for in names and what is compared, or quote the words."
        return source.refusal(f"{shown(typed)} compares no field", at, len(typed), hint=hint)
    meant = _MEANT.get(typed) if "_AND" in could else None
    hint = "Quote names and values that have spaces or signs in them."
    if meant:
        hint = f"Did you mean {meant}?"
    elif not typed:
        hint = "Write on at the end, or take its last word away."
    return source.refusal(f"Expected {wanted}, not {found}", at, len(typed), hint=hint, nearest=meant)
