"""Judges single uses of the original by the table."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from msgspec import Struct

from runwatch.importers.azureml.table.judgement import ABSENT, ABSENT_MODULES, DIFFERS
from runwatch.importers.azureml.table.member import KIN, WATCHED, members
from runwatch.importers.azureml.table.module import MODULES

UNKNOWN: Final = "nothing of this name is known here"


class Verdict(StrEnum):
    """What of a use works."""

    WORKS = "works"
    DIFFERS = "works differently"
    ABSENT = "not supported"


class Judgement(Struct, frozen=True):
    """A verdict.

    Attributes:
        verdict: Which.
        note: Why it differs, or the nearest thing to what is not supported.
    """

    verdict: Verdict
    note: str = ""


WORKS: Final = Judgement(Verdict.WORKS)


def is_module(name: str) -> bool:
    """Whether it is the original, or a part of it, known or not."""
    return name == "azureml" or name.startswith("azureml.")


def of_module(name: str) -> Judgement:
    """An import of a module."""
    known = name in MODULES or any(module.startswith(f"{name}.") for module in MODULES)
    if known:
        return WORKS
    absent = next((each for each in ABSENT_MODULES if f"{name}.".startswith(f"{each}.")), None)
    return Judgement(Verdict.ABSENT, UNKNOWN if absent is None else ABSENT_MODULES[absent])


def of_name(module: str, name: str) -> Judgement:
    """A name of a module."""
    if f"{module}.{name}" in MODULES:
        return WORKS
    if name not in MODULES.get(module, ()):
        return Judgement(Verdict.ABSENT, UNKNOWN)
    return _told(name) or WORKS


def of_member(kind: str, member: str) -> Judgement | None:
    """A member of a class; None for one that is not the original's business."""
    for name in _line(kind):
        told = _told(f"{name}.{member}")
        if told is not None:
            return told
    if member in members(kind):
        return WORKS
    narrower = next((name for name, wider in KIN.items() if wider == kind and member in members(name)), None)
    if narrower is not None:  # what a list gives may be of a class of its own
        return of_member(narrower, member)
    if kind not in WATCHED or member.startswith("_"):
        return None
    return Judgement(Verdict.ABSENT, f"{kind} has no such member that is known here")


def of_argument(call: str, argument: str) -> Judgement | None:
    """An argument by name of a call; None if there is nothing to say."""
    return _told(f"{call}({argument})")


def _line(kind: str) -> Iterator[str]:
    yield kind
    if kind in KIN:
        yield from _line(KIN[kind])


def _told(key: str) -> Judgement | None:
    if key in ABSENT:
        return Judgement(Verdict.ABSENT, ABSENT[key])
    return Judgement(Verdict.DIFFERS, DIFFERS[key]) if key in DIFFERS else None
