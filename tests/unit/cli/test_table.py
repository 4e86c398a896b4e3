"""Tables keep to the width of the screen and never cut a number."""

from __future__ import annotations

import pytest

from runwatch.cli.table import TableColumn, cells, show_table
from runwatch.cli.terminal import Terminal


def _table(capsys: pytest.CaptureFixture[str], columns: list[TableColumn]) -> tuple[list[str], tuple[str, ...]]:
    missing = show_table(Terminal(), columns)
    return capsys.readouterr().out.splitlines(), missing


COLUMNS = [
    TableColumn("RUN", ["run-" + "a" * 60 + "-1", "b"], least=10),
    TableColumn("STATUS", ["Completed", "Failed"]),
    TableColumn("LOSS", ["0.1234", "12345"], right=True),
]


def test_without_a_screen_nothing_is_cut(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    lines, missing = _table(capsys, COLUMNS)
    assert lines[1].split() == ["run-" + "a" * 60 + "-1", "Completed", "0.1234"]
    assert not missing


@pytest.mark.parametrize("width", [40, 60, 80])
def test_names_give_way_and_numbers_stay(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines, missing = _table(capsys, COLUMNS)
    assert max(map(cells, lines)) <= width
    assert len(lines) == 3
    assert "…" in lines[1]
    assert lines[1].startswith("run-a")
    assert "-1  Completed" in lines[1]
    assert lines[1].endswith("0.1234")
    assert lines[2].endswith(" 12345")
    assert not missing


def test_columns_without_room_are_named(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "24")
    lines, missing = _table(capsys, COLUMNS)
    assert missing == ("LOSS",)
    assert max(map(cells, lines)) <= 24


def test_wide_characters_count_twice(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    lines, _ = _table(
        capsys, [TableColumn("NAME", ["東京" * 12, "ascii"], least=10), TableColumn("N", ["1", "2"], right=True)]
    )
    assert max(map(cells, lines)) <= 30
    assert cells(lines[1]) == cells(lines[2])


@pytest.mark.parametrize("width", [1, 5, 9])
def test_absurdly_narrow_screens_are_survived(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines, missing = _table(capsys, COLUMNS)
    assert max(map(cells, lines)) <= width
    assert missing == ("STATUS", "LOSS")


def test_ids_keep_their_start_and_unasked_columns_go_first(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    columns = [
        TableColumn("RUN", ["0123456789abcdef"], least=6, keep="start"),
        TableColumn("TIME", ["1m 00s"], rank=1),
        TableColumn("LOSS", ["0.123456"], right=True),
    ]
    lines, missing = _table(capsys, columns)
    assert missing == ("TIME",)
    assert lines[1] == "012345678…  0.123456"
