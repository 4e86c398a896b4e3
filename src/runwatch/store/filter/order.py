"""Orders as typed: ``created``, ``-metrics.loss.min``, ``params.lr``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

from runwatch.schema.run import RunOrder
from runwatch.store.filter.field import resolve
from runwatch.store.filter.parser import Paths, parse, understand
from runwatch.store.filter.tree import FigureField, LabelField, OwnField
from runwatch.store.filter.word import Source

_Own: TypeAlias = Literal[
    "created_at", "started_at", "ended_at", "duration", "number", "status", "name", "experiment", "target",
    "submitted_by",
]  # fmt: skip

SORTABLE: Final[Mapping[str, _Own]] = {
    "created": "created_at",
    "started": "started_at",
    "ended": "ended_at",
    "duration": "duration",
    "number": "number",
    "status": "status",
    "name": "name",
    "experiment": "experiment",
    "target": "target",
    "user": "submitted_by",
}
"""Fields of the run itself that lists can be sorted by, by the names users give them."""


def parse_order(text: str) -> RunOrder:
    """The order that a text states: a field as in filters; a minus before it puts the newest or largest first.

    Args:
        text: The order.

    Raises:
        InvalidValueError: It names nothing that runs can be sorted by.
    """
    source = Source(text, "order")
    *minus, path = understand(parse(text, "order"), _Parts(source))
    descending, (field, _) = bool(minus), resolve(path)
    match field:
        case FigureField(metric, stat):
            return RunOrder(field="metric", metric=metric, stat=stat, descending=descending)
        case LabelField(kind, key):
            return RunOrder(field=kind, key=key, descending=descending)
        case OwnField():
            name = path.words[0].text
            if name not in SORTABLE:
                raise path.refusal(f"Runs cannot be sorted by {name}", hint=f"Use one of {', '.join(SORTABLE)}.")
            return RunOrder(field=SORTABLE[name], descending=descending)


class _Parts(Paths):
    def order(self, children: list[Any]) -> list[Any]:
        return children
