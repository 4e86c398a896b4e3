"""Where the symbolic links of a folder lead, worked out from their texts alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MOST_HOPS: Final = 40
"""Links that are followed on the way to one target, as in Linux; what needs more goes in a circle for all we know."""

_TARGET_CHARS: Final = 4_095  # what systems take


def leads_out(path: str, links: Mapping[str, str]) -> bool:
    """Whether a link leads out of the folder, or nowhere because it goes in a circle.

    Links on the way are followed too: ``a -> b/..`` stays inside by its text alone, but not if ``b`` is a link to the
    top.

    Args:
        path: The link, below the folder.
        links: The targets of all links of the folder by their paths.
    """
    at: list[str] = []
    rest = path.split("/")[::-1]
    hops = 0
    while rest:
        part = rest.pop()
        if part in {"", "."}:
            continue
        if part == "..":
            if not at:
                return True
            at.pop()
            continue
        target = links.get("/".join([*at, part]))
        if target is None:
            at.append(part)
            continue
        hops += 1
        if hops > MOST_HOPS or not _is_target(target):
            return True
        rest += target.split("/")[::-1]
    return False


def _is_target(target: str) -> bool:
    if not target or target.startswith("/") or len(target) > _TARGET_CHARS or "\0" in target:
        return False
    try:
        target.encode()
    except UnicodeEncodeError:
        return False
    return True
