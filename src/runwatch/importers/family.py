"""The order in which runs are brought in: parents before their children."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

Member = TypeVar("Member")


def parents_first(members: Mapping[str, Member], parent_of: Callable[[Member], str | None]) -> list[Member]:
    """The members, each behind its parent; of those that are each other's parents, the first one comes last.

    Args:
        members: By id.
        parent_of: The id of a member's parent, which may be unknown.
    """
    found: dict[str, Member] = {}
    for start in members:
        line: dict[str, Member] = {}
        here: str | None = start
        while here is not None and here in members and here not in found and here not in line:
            line[here] = members[here]
            here = parent_of(members[here])
        for name in reversed(line):
            found[name] = line[name]
    return list(found.values())
