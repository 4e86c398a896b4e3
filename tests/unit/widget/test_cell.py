"""A kernel that works on a cell hears no page; a page that could not be heard has not gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from runwatch.widget import audience
from runwatch.widget.audience import SILENCE_S, Audience
from runwatch.widget.cell import Cell


class Shell:
    """Stands for IPython's: tells of cells whoever registered."""

    def __init__(self) -> None:
        self.events = self
        self.told: dict[str, list[Callable[..., None]]] = {}

    def register(self, event: str, call: Callable[..., None]) -> None:
        self.told.setdefault(event, []).append(call)

    def tell(self, event: str) -> None:
        for call in self.told[event]:
            call(None)


@pytest.fixture
def cell(monkeypatch: pytest.MonkeyPatch) -> Cell:
    cell = Cell()
    monkeypatch.setattr(audience, "CELL", cell)
    monkeypatch.setattr("time.monotonic", lambda: 500.0)
    return cell


def test_silence_counts_where_no_cell_is_known(cell: Cell) -> None:
    page = Audience(0.0)
    page.hear({"visible": True}, 0.0)
    assert page.listens(SILENCE_S)
    assert not page.listens(SILENCE_S + 1)


def test_silence_does_not_count_while_a_cell_runs(cell: Cell) -> None:
    shell, page = Shell(), Audience(0.0)
    cell.follow(shell)  # by the cell that shows the widget
    page.hear({"visible": True}, 0.0)
    assert page.listens(499.0)
    shell.tell("post_run_cell")
    assert page.listens(500.0 + SILENCE_S)  # it has so long to speak
    assert not page.listens(501.0 + SILENCE_S)
    shell.tell("pre_run_cell")
    assert page.listens(9_000.0)


def test_a_page_that_said_that_nobody_sees_it_is_not_told_anything(cell: Cell) -> None:
    shell, page = Shell(), Audience(0.0)
    cell.follow(shell)
    page.hear({"visible": False}, 0.0)
    shell.tell("post_run_cell")
    assert not page.listens(501.0)


def test_a_page_that_cannot_be_heard_is_told_although_nobody_saw_it_before(cell: Cell) -> None:
    shell, page = Shell(), Audience(0.0)
    cell.follow(shell)
    page.hear({"visible": False}, 0.0)
    assert page.listens(501.0)  # somebody may have scrolled back to it since


def test_a_page_that_is_heard_beside_the_cell_is_believed(cell: Cell) -> None:
    shell, page = Shell(), Audience(0.0)
    cell.follow(shell)
    page.hear({"visible": False}, 501.0)
    assert not page.listens(502.0)
    page.hear({"visible": True}, 503.0)
    assert page.listens(9_000.0)


def test_a_shell_is_followed_once(cell: Cell) -> None:
    shell: Any = Shell()
    cell.follow(shell)
    cell.follow(shell)
    assert {event: len(calls) for event, calls in shell.told.items()} == {"pre_run_cell": 1, "post_run_cell": 1}
