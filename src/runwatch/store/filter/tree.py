"""The syntax tree of a filter: what a run must be like, with every name resolved and every value typed."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from runwatch.schema.metric import MetricColumn, Stat

Operator: TypeAlias = Literal["=", "!=", "<", "<=", ">", ">=", "~"]
"""``~`` means "contains, letter case aside"."""

LabelKind: TypeAlias = Literal["param", "tag", "property"]
RunAttribute: TypeAlias = Literal[
    "run_id",
    "number",
    "status",
    "experiment",
    "name",
    "type",
    "target",
    "submitted_by",
    "host",
    "parent_run_id",
    "root_run_id",
    "created_at",
    "started_at",
    "ended_at",
    "duration",
    "hidden",
]


class OwnField(Struct, frozen=True):
    """Something of the run itself.

    Attributes:
        name: An attribute of `runwatch.schema.run.Run`; ``name`` is the one shown (the display name, if there is one)
            and ``duration`` the seconds from the start to the end or, before that, to now.
    """

    name: RunAttribute


class LabelField(Struct, frozen=True):
    """A parameter, tag or property by its name."""

    kind: LabelKind
    key: str


class FigureField(Struct, frozen=True):
    """A figure of a column of a metric."""

    metric: MetricColumn
    stat: Stat


Field: TypeAlias = OwnField | LabelField | FigureField


class Has(Struct, frozen=True):
    """The run has a value there; a parameter, tag or property: it has one of that name, whatever it holds."""

    field: Field


class Compare(Struct, frozen=True):
    """The run has a value there, of the same type, and the comparison holds.

    Attributes:
        field: The left side.
        operator: How they are compared.
        value: The right side: a number or a text. It may be NaN, with which no comparison holds.
    """

    field: Field
    operator: Operator
    value: float | str


class Not(Struct, frozen=True):
    """The condition does not hold."""

    condition: Condition


class All(Struct, frozen=True):
    """All of the conditions hold."""

    conditions: tuple[Condition, ...]


class Either(Struct, frozen=True):
    """At least one of the conditions holds."""

    conditions: tuple[Condition, ...]


Condition: TypeAlias = Has | Compare | Not | All | Either


def speaks_of(condition: Condition, name: RunAttribute) -> bool:
    """Whether a condition depends on an attribute of the run.

    Args:
        condition: The condition.
        name: The attribute.
    """
    match condition:
        case Has(field) | Compare(field):
            return field == OwnField(name)
        case Not(inner):
            return speaks_of(inner, name)
        case All(parts) | Either(parts):
            return any(speaks_of(part, name) for part in parts)


def depth(condition: Condition) -> int:
    """How many conditions stand within each other: 0 for a comparison."""
    match condition:
        case Has() | Compare():
            return 0
        case Not(inner):
            return depth(inner) + 1
        case All(parts) | Either(parts):
            return max(map(depth, parts)) + 1
