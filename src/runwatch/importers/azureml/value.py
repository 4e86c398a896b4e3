"""What an expression of a script is, as far as it has to do with the original."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from runwatch.importers.azureml.table.member import KIN
from runwatch.importers.azureml.table.result import RESULTS


class Value(Struct, frozen=True):
    """A module, a class or function, an object, several objects, or a member of a class.

    Attributes:
        sort: Which of these.
        name: Of the module, the class, or the member as ``Class.member``.
        module: Where a name came from that no import spells: ``from … import *``.
    """

    sort: Literal["module", "name", "object", "several", "member"]
    name: str
    module: str = ""


def result(name: str) -> Value | None:
    """What a member or function gives."""
    told = RESULTS.get(name)
    if told is None:
        return None
    return Value("several", told[:-1]) if told.endswith("*") else Value("object", told)


def settled(value: Value | None) -> Value | None:
    """What it is when it is read: a member that is an attribute is what that gives."""
    return result(value.name) if value is not None and value.sort == "member" else value


def told_by(kind: str, member: str) -> str:
    """The member by the class whose results the table knows, which may be one that the class takes members from."""
    known = kind
    while result(f"{known}.{member}") is None and known in KIN:
        known = KIN[known]
    return f"{known if result(f'{known}.{member}') else kind}.{member}"


def one_of(value: Value | None) -> Value | None:
    """What a loop over it, or an index into it, gives."""
    return Value("object", value.name) if value is not None and value.sort == "several" else None
