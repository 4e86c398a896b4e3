"""Searching in texts, and the words of `runwatch.store.text` for the modules beside this one."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, func, or_

from runwatch.schema import limit
from runwatch.schema.error import LimitError
from runwatch.store.text import clean, from_json, to_json

__all__ = ["clean", "contains", "from_json", "to_json"]

ESCAPE: Final = "\\"


def contains(search: str, *columns: ColumnElement[Any]) -> ColumnElement[bool]:
    """A condition: one of the columns contains the text as it stands, letter case aside.

    Raises:
        LimitError: The text is longer than any name.
    """
    if len(search) > limit.NAME_CHARS:
        raise LimitError(f"A search text has at most {limit.NAME_CHARS} characters.", hint="Search for less.")
    if search.isascii():
        pattern = search.replace(ESCAPE, ESCAPE * 2).replace("%", ESCAPE + "%").replace("_", ESCAPE + "_")
        return or_(*(column.like(f"%{pattern}%", escape=ESCAPE) for column in columns))
    folded = clean(search).casefold()  # SQLite's LIKE knows the case of ASCII letters only
    return or_(*(func.instr(func.casefold(column), folded) > 0 for column in columns))
