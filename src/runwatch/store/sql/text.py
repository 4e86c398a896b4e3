"""Searching in texts, and the words of `runwatch.store.text` for the modules beside this one."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, case, func, or_

from runwatch.schema import limit
from runwatch.schema.error import LimitError
from runwatch.store.text import clean, from_json, to_json

__all__ = ["clean", "contains", "folded", "from_json", "to_json"]

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
    wanted = clean(search).casefold()  # SQLite's LIKE knows the case of ASCII letters only
    return or_(*(func.instr(folded(column), wanted) > 0 for column in columns))


def folded(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column's text without the difference of letter case; null where it is no text.

    ``casefold`` is Python's own function (see `runwatch.store.sql.connection`) and takes nothing but texts.
    """
    return case((func.typeof(column) == "text", func.casefold(column)))
