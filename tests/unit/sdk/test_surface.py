"""Every call that a script written for the original may make is understood: the table of its members."""

from __future__ import annotations

import inspect
from inspect import Parameter
from typing import Any

import pytest

import runwatch
from runwatch.importers.azureml.table.surface import ATTRIBUTE, SURFACE

MEMBERS = [(kind, member) for kind, members in SURFACE.items() for member in members]


def parameters(text: str) -> list[Parameter]:
    """What a text of the table says."""
    scope: dict[str, Any] = {}
    exec(f"def stated({text}): ...", scope)
    return list(inspect.signature(scope["stated"]).parameters.values())


def accepted(kind: type, member: str) -> list[Parameter]:
    """What a member takes, without the object itself."""
    given = list(inspect.signature(getattr(kind, member)).parameters.values())
    return given[1:] if given and given[0].name in {"self", "cls"} else given


def misses(stated: list[Parameter], found: list[Parameter]) -> list[str]:
    """Where calls of the stated form are not understood."""
    named = [each for each in found if each.kind is Parameter.POSITIONAL_OR_KEYWORD]
    anything = {each.kind for each in found}
    wanted = [each for each in stated if each.kind is Parameter.POSITIONAL_OR_KEYWORD]
    wrong = [
        f"{place + 1}: {each.name}={each.default!r}"
        for place, each in enumerate(wanted)
        if place >= len(named) or (named[place].name, named[place].default) != (each.name, each.default)
    ]
    wrong += [f"more: {each}" for each in stated if each not in wanted and each.kind not in anything]
    needed = [each.name for each in named[len(wanted) :] if each.default is Parameter.empty]
    return wrong + [f"needed: {name}" for name in needed]


@pytest.mark.parametrize(("kind", "member"), MEMBERS, ids=[f"{kind}.{member}" for kind, member in MEMBERS])
def test_the_member_is_there_and_takes_what_the_original_takes(kind: str, member: str) -> None:
    found = getattr(runwatch, kind)
    stated = SURFACE[kind][member]
    assert hasattr(found, member)
    if stated == ATTRIBUTE:
        held = inspect.getattr_static(found, member)
        assert isinstance(held, property | str | type)
        return
    assert misses(parameters(stated), accepted(found, member)) == []


def test_the_check_can_fail() -> None:
    """A control: another order, another default, a missing name and a new one that is needed are found."""
    found = parameters("a, b=1, *, c=None")
    assert misses(parameters("a, b=1"), found) == []
    for wrong in ("b=1, a=2", "a, b=2", "a, b=1, d=None", "a, b=1, **more"):
        assert misses(parameters(wrong), found) != []
    assert misses(parameters("a"), parameters("a, b")) == ["needed: b"]
