"""Walks through a list of any shelf, page after page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec


def walk(ask: Callable[[Any], Any], request: Any) -> Iterator[Any]:
    """What all pages of a list hold, in order; the next page is fetched when it is needed.

    Args:
        ask: A shelf's method that lists, such as ``store.runs.list``.
        request: The request for the first page.
    """
    while True:
        page = ask(request)
        yield from getattr(page, page.__struct_fields__[0])
        if page.next_cursor is None:
            return
        request = msgspec.structs.replace(request, cursor=page.next_cursor)
