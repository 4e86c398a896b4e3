"""Statements that are compiled once."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import bindparam, insert, select

from runwatch.store.sql.database import Database
from runwatch.store.sql.statement import NAMES_PER_QUERY, Lookup, Statement
from runwatch.store.sql.table.change import changes

COLUMNS = ("subject", "kind", "sequence", "experiment_id", "at")


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """A new one with three notices."""
    found = Database(tmp_path / "runwatch.db")
    with found.write() as writing:
        rows = [("a", "run", 1, "", 0.5), ("b", "run", 2, "", 0.5), ("b", "metrics", 3, "", 0.5)]
        Statement(insert(changes), COLUMNS).write(writing.connection, rows)
    return found


def test_parameters_are_given_in_the_order_named_however_often_and_where_the_text_has_them(database: Database) -> None:
    sequence = changes.c.sequence
    within = sequence.between(bindparam("low"), bindparam("high")) & (sequence > bindparam("low"))
    statement = Statement(select(changes.c.subject, sequence).where(within).order_by(sequence), ("high", "low"))
    with database.read() as connection:
        assert statement.all(connection, 3, 1) == [("b", 2), ("b", 3)]
        assert statement.first(connection, 3, 1) == ("b", 2)
        assert statement.first(connection, 3, 3) is None


def test_values_of_its_own_stay_where_they_are(database: Database) -> None:
    chosen = select(changes.c.sequence).where(changes.c.kind == "run", changes.c.subject == bindparam("subject"))
    with database.read() as connection:
        assert Statement(chosen.limit(1), ("subject",)).all(connection, "b") == [(2,)]


def test_writing_no_rows_does_nothing(database: Database) -> None:
    with database.write() as writing:
        Statement(insert(changes), COLUMNS).write(writing.connection, [])


def test_a_value_is_never_part_of_the_statement(database: Database) -> None:
    chosen = Statement(select(changes.c.sequence).where(changes.c.subject == bindparam("subject")), ("subject",))
    with database.read() as connection:
        assert chosen.all(connection, "a' OR '1'='1") == []


@pytest.mark.parametrize("count", [0, 1, 2, 3, NAMES_PER_QUERY, NAMES_PER_QUERY + 1])
def test_rows_are_found_once_among_any_number_of_names(database: Database, count: int) -> None:
    found = Lookup(select(changes.c.sequence).where(changes.c.kind == bindparam("kind")), changes.c.subject, ("kind",))
    names = [f"other {number}" for number in range(count - 1)] + ["b"] * bool(count)
    with database.read() as connection:
        assert found.all(connection, names, "run") == [(2,)] * bool(count)
