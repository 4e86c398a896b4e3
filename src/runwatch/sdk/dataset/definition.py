"""What a dataset is: where its files lie, how they are read, and what is done to their rows; plain data."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Struct, field

from runwatch.schema.error import CorruptDataError
from runwatch.schema.settled import settled


class Source(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Some files.

    Attributes:
        path: An absolute path of this machine, a URL, or a path in a datastore; ``*``, ``?`` and ``**`` match names.
        datastore: The datastore's name, or empty.
    """

    path: str
    datastore: str = ""


class Step(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something done to rows, or to files.

    Attributes:
        kind: ``take`` and ``skip`` count from the first; ``draw`` keeps those whose random number, from 0 to 1, is at
            least ``low`` and below ``high``; ``keep`` and ``drop`` name columns; ``where`` keeps rows that meet a
            condition.
        count: How many.
        low: See ``draw``.
        high: Likewise.
        seed: Makes the random numbers: the same ones every time.
        columns: Their names.
        condition: See `runwatch.sdk.dataset.condition`.
    """

    kind: Literal["take", "skip", "draw", "keep", "drop", "where"]
    count: int = 0
    low: float = 0.0
    high: float = 1.0
    seed: int = 0
    columns: tuple[str, ...] = ()
    condition: list[Any] = field(default_factory=list)


class Definition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A dataset.

    Attributes:
        kind: ``file`` or ``tabular``.
        sources: Its files, in this order.
        format: How a table is read: ``csv``, ``parquet`` or ``jsonl``.
        options: See `runwatch.sdk.dataset.table`.
        steps: Done one after the other.
    """

    kind: Literal["file", "tabular"]
    sources: tuple[Source, ...]
    format: Literal["", "csv", "parquet", "jsonl"] = ""
    options: dict[str, Any] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()


def to_form(definition: Definition) -> dict[str, Any]:
    """A definition as the record of a version holds it."""
    return msgspec.json.decode(msgspec.json.encode(definition))  # type: ignore[no-any-return]


def from_form(form: object, name: str) -> Definition:
    """A definition as `to_form` gave it.

    Raises:
        CorruptDataError: It is none.
    """
    try:
        return msgspec.convert(form, settled(Definition))
    except msgspec.ValidationError as error:
        raise CorruptDataError(
            f"The dataset {name} is not described as one: {error}.", hint="Register it again."
        ) from error
