"""Columns as typed - ``loss.min``, ``wave[cos].max``, ``p.lr``, ``tag.team`` - and conditions and orders of them."""

from __future__ import annotations

import math
import re
from typing import Any, Final, Literal, get_args

from msgspec import Struct

from runwatch.schema.error import InvalidValueError
from runwatch.schema.metric import MetricColumn, Stat, Summary
from runwatch.schema.run import MetricCondition, Run, RunOrder, RunStatus

_STATS: Final[tuple[Stat, ...]] = get_args(Stat)
_CONDITION: Final = re.compile(
    r"(?P<left>.*[^<>=!\s])\s*(?P<op><=|>=|!=|==|<|>|=)\s*(?P<value>[^<>=!\s]+)\s*", re.DOTALL
)


class MetricFigure(Struct, frozen=True):
    """One figure of one column of a metric, e.g. ``loss.min``."""

    title: str
    metric: MetricColumn
    stat: Stat

    def of(self, summary: Summary | None) -> float | int | bool | str | None:
        """The figure in a run's summary; None if the run lacks it."""
        if summary is None:
            return None
        return {
            "last": summary.last, "min": summary.min, "max": summary.max, "first": summary.first,
            "count": summary.count, "mean": summary.mean,
        }[self.stat]  # fmt: skip


class Label(Struct, frozen=True):
    """A parameter, tag or property of a run."""

    title: str
    kind: Literal["param", "tag", "property"]
    name: str

    def of(self, run: Run) -> Any:
        """Its value in this run; None if the run lacks it."""
        labels: dict[str, Any] = {"param": run.params, "tag": run.tags, "property": run.properties}[self.kind]
        return labels.get(self.name)


_LABELS: Final[tuple[tuple[str, Literal["param", "tag", "property"]], ...]] = (
    ("p.", "param"), ("param.", "param"), ("tag.", "tag"), ("property.", "property"),
)  # fmt: skip


def parse_column(text: str) -> MetricFigure | Label:
    """What ``loss``, ``loss.min``, ``wave[cos].max``, ``p.lr``, ``tag.team`` or ``property.commit`` names.

    The last value is meant where no figure is given. ``m.`` before the name says that a metric is meant, for those
    whose names begin with ``p.`` or the like.
    """
    stripped = text.strip()
    for prefix, kind in _LABELS:
        if stripped.startswith(prefix) and len(stripped) > len(prefix):
            return Label(stripped, kind, stripped[len(prefix) :])
    return parse_figure(stripped)


def parse_figure(text: str) -> MetricFigure:
    """The figure of a metric that the text names.

    Raises:
        InvalidValueError: If no metric's name is left.
    """
    stripped = text.strip()
    name, stat = stripped.removeprefix("m."), "last"
    head, dot, tail = name.rpartition(".")
    if dot and tail in _STATS:
        name, stat = head, tail
    column = "value"
    if name.endswith("]") and "[" in name:
        name, _, column = name[:-1].partition("[")
    if not name or not column:
        raise InvalidValueError(f"{text!r} names no metric.", hint="Write for example loss, loss.min or wave[cos].max.")
    return MetricFigure(stripped, MetricColumn(metric=name, column=column), stat)  # type: ignore[arg-type]


def parse_columns(texts: list[str]) -> list[MetricFigure | Label]:
    """The columns of every ``--columns``, which may list several with commas between."""
    return [parse_column(part) for text in texts for part in text.split(",") if part.strip()]


def parse_condition(text: str) -> MetricCondition:
    """The comparison that a text such as ``loss.min<0.3`` states.

    Raises:
        InvalidValueError: If it is none, compares with no number, or is about a parameter or tag.
    """
    match = _CONDITION.fullmatch(text)
    try:
        bound = float(match["value"]) if match else math.nan
    except ValueError:
        bound = math.nan
    if match is None or math.isnan(bound):
        raise InvalidValueError(
            f"{text!r} is not a condition on a metric.",
            hint="Write a metric, a comparison (< <= = != >= >) and a number, e.g. 'loss.min<0.3' (in quotes).",
        )
    column = parse_column(match["left"])
    if isinstance(column, Label):
        raise InvalidValueError(
            f"{text!r} is about a {column.kind}, but --where compares metrics.",
            hint="Filter tags with --tag NAME=VALUE; write m.NAME if a metric of that name is meant.",
        )
    op = "=" if match["op"] == "==" else match["op"]
    return MetricCondition(metric=column.metric, stat=column.stat, op=op, value=bound)  # type: ignore[arg-type]


def parse_order(text: str) -> RunOrder:
    """What ``created``, ``-metrics.loss.min`` or, in short, ``-loss.min`` or ``p.lr`` sorts by.

    A minus puts the newest or largest first.

    Raises:
        InvalidValueError: If it names nothing that runs can be sorted by.
    """
    from runwatch.store.filter.field import LABELS, METRICS, OWN
    from runwatch.store.filter.order import parse_order as parse_field

    stripped = text.strip()
    name = stripped.removeprefix("-").strip()
    first = re.split(r"[.\[\s]", name, maxsplit=1)[0]
    if not name or first in {METRICS, *LABELS} or name in OWN:
        return parse_field(stripped)
    descending, column = stripped.startswith("-"), parse_column(name)
    if isinstance(column, Label):
        return RunOrder(field=column.kind, key=column.name, descending=descending)
    return RunOrder(field="metric", metric=column.metric, stat=column.stat, descending=descending)


def parse_statuses(texts: list[str]) -> tuple[RunStatus, ...]:
    """The statuses of every ``--status``, in any letter case; ``active`` and ``ended`` stand for all of their kind.

    Raises:
        InvalidValueError: If there is no such status.
    """
    known: dict[str, tuple[RunStatus, ...]] = {status.value.lower(): (status,) for status in RunStatus}
    known["active"] = tuple(status for status in RunStatus if not status.is_terminal)
    known["ended"] = tuple(status for status in RunStatus if status.is_terminal)
    found: dict[RunStatus, None] = {}
    for word in (part.strip() for text in texts for part in text.split(",")):
        if word.lower() not in known:
            raise InvalidValueError(
                f"{word!r} is not a status of a run.",
                hint=f"Use active, ended or any of {', '.join(status.value for status in RunStatus)}.",
            )
        found.update(dict.fromkeys(known[word.lower()]))
    return tuple(found)


def parse_labels(texts: list[str]) -> dict[str, str | None]:
    """Tags as typed: ``name=value``, or ``name`` alone for one without a value (in filters: with any).

    Raises:
        InvalidValueError: If a name is empty.
    """
    labels: dict[str, str | None] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not name:
            raise InvalidValueError(f"{text!r} has no name before the '='.", hint="Write name=value.")
        labels[name] = value if equals else None
    return labels
