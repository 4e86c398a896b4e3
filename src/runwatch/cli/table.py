"""Tables that never wrap: figures stay whole, long names give way, and what does not fit is named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal

from msgspec import Struct

from runwatch.cli.terminal import Terminal

_GAP: Final = "  "
NAME_CHARS: Final = 10
"""A name shortened below this would say nothing."""


class TableColumn(Struct, frozen=True):
    """A column of a table.

    Attributes:
        title: Its heading.
        cells: Its texts, safe to print.
        right: Aligned to the right, as numbers are.
        least: May be shortened to so many screen columns; None: shown whole or not at all.
        keep: What is left of a shortened text: both ends, or its start.
        rank: Where there is no room, columns of the highest rank go first, of equal ones the last.
        styles: One style a cell, ``""`` for none.
    """

    title: str
    cells: Sequence[str]
    right: bool = False
    least: int | None = None
    keep: Literal["ends", "start"] = "ends"
    rank: int = 0
    styles: Sequence[str] = ()


def show_table(terminal: Terminal, columns: Sequence[TableColumn]) -> tuple[str, ...]:
    """Print a table within the terminal's width.

    Returns:
        The titles of the columns that did not fit, so that the caller can say so.
    """
    shown, widths = _fit(columns, terminal.width)
    heading = (_cell(column, column.title, width) for column, width in zip(shown, widths, strict=True))
    terminal.line(terminal.paint(_GAP.join(heading).rstrip(), "bold"))
    for row in range(len(columns[0].cells)):
        parts = []
        for column, width in zip(shown, widths, strict=True):
            style = column.styles[row] if column.styles else ""
            text = _cell(column, column.cells[row], width)
            parts.append(terminal.paint(text, style) if style else text)
        terminal.line(_GAP.join(parts).rstrip())
    return tuple(column.title for column in columns if not any(column is each for each in shown))


def _fit(columns: Sequence[TableColumn], width: int | None) -> tuple[list[TableColumn], list[int]]:
    """The columns there is room for, and how wide each may be."""
    shown = list(columns)
    if width is None:
        return shown, [_widest(column) for column in shown]
    while len(shown) > 1 and _room(shown, map(_narrowest, shown)) > width:
        del shown[max(range(1, len(shown)), key=lambda index: (shown[index].rank, index))]
    widths, least = [_widest(column) for column in shown], [_narrowest(column) for column in shown]
    while (excess := _room(shown, widths) - width) > 0:
        widest = max(range(len(shown)), key=lambda index: (widths[index] > least[index], widths[index]))
        if widths[widest] <= least[widest]:
            widths[0] = max(1, widths[0] - excess)  # one column that is wider than the screen
            break
        widths[widest] -= 1
    return shown, widths


def _room(columns: Sequence[TableColumn], widths: Iterable[int]) -> int:
    return sum(widths) + len(_GAP) * (len(columns) - 1)


def _widest(column: TableColumn) -> int:
    return max([cells(column.title), *map(cells, column.cells)])


def _narrowest(column: TableColumn) -> int:
    return _widest(column) if column.least is None else min(_widest(column), column.least)


def _cell(column: TableColumn, text: str, width: int) -> str:
    shown = _shorten(text, width, start=column.keep == "start")
    space = " " * max(0, width - cells(shown))
    return space + shown if column.right else shown + space


def cells(text: str) -> int:
    """Screen columns that the text takes: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _shorten(text: str, width: int, *, start: bool) -> str:
    if cells(text) <= width:
        return text
    if width <= 1:
        return "…"[:width]
    end = 0 if start else (width - 1) // 2
    head, tail = text[: width - 1 - end], text[len(text) - end :]
    while cells(head) + 1 + cells(tail) > width:
        head, tail = (head[:-1], tail) if cells(head) >= cells(tail) else (head, tail[1:])
    return f"{head}…{tail}"
