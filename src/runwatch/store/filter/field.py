"""The names that a filter or an order may use, and what each of them can be compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, get_args

from msgspec import Struct

from runwatch.schema.error import InvalidValueError
from runwatch.schema.metric import MetricColumn, Stat
from runwatch.schema.name import metric_name
from runwatch.store.filter.tree import Field, FigureField, LabelField, LabelKind, OwnField, RunAttribute
from runwatch.store.filter.word import Source, Word, shown, suggest


class Kind(StrEnum):
    """What the values of a field are; the words stand in messages."""

    TEXT = "text"
    NUMBER = "number"
    TIME = "time"
    DURATION = "duration"
    STATUS = "status"
    FLAG = "true or false"
    LABEL = "tag or property"
    PARAM = "parameter"


class Named(Struct, frozen=True):
    """A field of the run itself, by the name users give it.

    Attributes:
        attribute: What it is in the tree.
        kind: What its values are.
    """

    attribute: RunAttribute
    kind: Kind


OWN: Final[Mapping[str, Named]] = {
    "id": Named("run_id", Kind.TEXT),
    "number": Named("number", Kind.NUMBER),
    "experiment": Named("experiment", Kind.TEXT),
    "name": Named("name", Kind.TEXT),
    "status": Named("status", Kind.STATUS),
    "created": Named("created_at", Kind.TIME),
    "started": Named("started_at", Kind.TIME),
    "ended": Named("ended_at", Kind.TIME),
    "duration": Named("duration", Kind.DURATION),
    "target": Named("target", Kind.TEXT),
    "type": Named("type", Kind.TEXT),
    "user": Named("submitted_by", Kind.TEXT),
    "host": Named("host", Kind.TEXT),
    "parent": Named("parent_run_id", Kind.TEXT),
    "root": Named("root_run_id", Kind.TEXT),
    "archived": Named("hidden", Kind.FLAG),
}
"""The only columns of a run that a filter reaches."""

LABELS: Final[Mapping[str, LabelKind]] = {"params": "param", "tags": "tag", "properties": "property"}
METRICS: Final = "metrics"
STATS: Final[tuple[Stat, ...]] = get_args(Stat)
NAMES: Final = (*OWN, METRICS, *LABELS)
"""The words that a field begins with."""


class Path(Struct, frozen=True):
    """A field as typed: words with points between them, and a column of a table in brackets.

    Attributes:
        words: The words; ``columns`` stand apart from them.
        columns: What stood in brackets, each with the number of words before it.
        source: Where it stands.
    """

    words: Sequence[Word]
    columns: Sequence[tuple[int, Word]]
    source: Source

    def refusal(self, message: str, *, hint: str) -> InvalidValueError:
        """The error that points at the whole field."""
        typed = [*self.words, *(word for _, word in self.columns)]
        at, end = self.words[0].at, max(word.at + word.length for word in typed)
        return self.source.refusal(message, at, end - at, hint=hint)


def resolve(path: Path) -> tuple[Field, Kind]:
    """The field that a path names, and what its values are.

    Args:
        path: The path.

    Raises:
        InvalidValueError: There is no such field or figure.
    """
    first, *rest = path.words
    if first.text in OWN:
        if rest or path.columns:
            raise path.refusal(f"{first.text} has no parts", hint=f"Write {first.text} alone.")
        named = OWN[first.text]
        return OwnField(named.attribute), named.kind
    if first.text in LABELS:
        return _label(path, LABELS[first.text])
    if first.text == METRICS:
        return _figure(path), Kind.NUMBER
    hint, close = suggest(first.text, NAMES)
    if not rest and not path.columns:
        hint += f" A parameter is written params.{first.text:.80}, a metric metrics.{first.text:.80}."
    raise first.refusal(f"{shown(first.text)} is no field of a run", hint=hint, nearest=close)


def _label(path: Path, kind: LabelKind) -> tuple[Field, Kind]:
    """Points within its name need no quotes, as in ``params.model.width``."""
    group, *names = path.words
    if path.columns or not names or not all(name.text for name in names):
        raise path.refusal(
            f"{group.text} needs the name of a {kind}", hint=f'Write {group.text}.NAME or {group.text}."A NAME".'
        )
    return LabelField(kind, ".".join(name.text for name in names)), Kind.PARAM if kind == "param" else Kind.LABEL


def _figure(path: Path) -> FigureField:
    _, *names = path.words
    wrong = [place for place, _ in path.columns if place != 2]
    if not names or not names[0].text or wrong or len(path.columns) > 1:
        raise path.refusal(
            "This names no figure of a metric",
            hint='Write metrics.loss.min, metrics."val/acc" or metrics.wave[cos].max.',
        )
    if len(names) > 2:
        raise names[2].refusal(
            "A metric has no parts below its figure", hint='Quote names that have points: metrics."a.b".'
        )
    column = path.columns[0][1] if path.columns else None
    if column is not None and not column.text:
        raise column.refusal("A column needs a name", hint="Write for example metrics.wave[cos].max.")
    name = MetricColumn(metric=metric_name(names[0].text), column=metric_name(column.text) if column else "value")
    return FigureField(name, _stat(names[1]) if len(names) > 1 else "last")


def _stat(word: Word) -> Stat:
    for stat in STATS:
        if word.text == stat:
            return stat
    hint, close = suggest(word.text, STATS)
    raise word.refusal(f"{shown(word.text)} is no figure of a metric", hint=hint, nearest=close)
