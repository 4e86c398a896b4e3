"""Writes of several threads in one transaction: each stands or falls by itself, and nobody is told too early."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runwatch.schema.error import InvalidValueError, StoreUnavailableError
from runwatch.store.sql.database import Database, Writing
from runwatch.store.sql.group import Group


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "w" / "runwatch.db")
    with database.write() as writing:
        writing.connection.exec_driver_sql("CREATE TABLE seen (number INTEGER)")
    yield database
    database.close()


def insert(number: int) -> Callable[[Writing], int]:
    def work(writing: Writing) -> int:
        writing.connection.exec_driver_sql("INSERT INTO seen VALUES (?)", (number,))
        if number < 0:
            raise InvalidValueError("negative")
        return number * 2

    return work


def seen(database: Database) -> list[int]:
    with database.read() as connection:
        return [row[0] for row in connection.exec_driver_sql("SELECT number FROM seen ORDER BY number")]


def together(group: Group, database: Database, numbers: list[int]) -> tuple[dict[int, object], int]:
    """What each thread got, all having waited for one another; and how many transactions it took."""
    found: dict[int, object] = {}
    counted = 0
    begin = database.write_in_turn

    def counting() -> object:
        nonlocal counted
        counted += 1
        return begin()

    database.write_in_turn = counting  # type: ignore[method-assign, assignment]

    def run(number: int) -> None:
        try:
            found[number] = group.perform(insert(number))
        except Exception as error:
            found[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in numbers]
    with database.turn():  # so that all are waiting when the first gets its turn
        for thread in threads:
            thread.start()
        while len(group._waiting) < len(numbers):
            pass
    for thread in threads:
        thread.join()
    return found, counted


def test_who_waits_is_taken_along_in_one_transaction(database: Database) -> None:
    found, transactions = together(Group(database), database, list(range(20)))
    assert found == {number: number * 2 for number in range(20)}
    assert seen(database) == list(range(20))
    assert transactions == 1


def test_one_that_fails_is_undone_alone(database: Database) -> None:
    found, transactions = together(Group(database), database, [1, -2, 3, -4, 5])
    assert [type(found[number]) for number in (-2, -4)] == [InvalidValueError] * 2
    assert [found[number] for number in (1, 3, 5)] == [2, 6, 10]
    assert seen(database) == [1, 3, 5]
    assert transactions == 1


def test_a_commit_that_fails_is_told_to_all(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    group = Group(database)

    def full(self: object) -> None:
        raise StoreUnavailableError("The disk is full.")

    monkeypatch.setattr("sqlalchemy.Connection.commit", full)
    found, _ = together(group, database, [1, 2, 3])
    monkeypatch.undo()
    assert [type(found[number]) for number in (1, 2, 3)] == [StoreUnavailableError] * 3
    assert seen(database) == []
    assert group.perform(insert(4)) == 8


def test_a_lone_failure_leaves_nothing(database: Database) -> None:
    with pytest.raises(InvalidValueError):
        Group(database).perform(insert(-1))
    assert seen(database) == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_child_finds_no_work_of_its_parent(database: Database) -> None:
    group = Group(database)
    stop = threading.Event()

    def busy() -> None:
        number = 0
        while not stop.is_set():
            group.perform(insert(number := number + 1))

    threads = [threading.Thread(target=busy) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(5):
            child = os.fork()
            if child == 0:
                os._exit(len(group._waiting))
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_several_pieces_of_one_thread_stand_or_fall_by_themselves(database: Database) -> None:
    answers = Group(database).perform_all([insert(1), insert(-2), insert(3)])
    assert [answers[0], type(answers[1]), answers[2]] == [2, InvalidValueError, 6]
    assert seen(database) == [1, 3]


def test_all_of_several_pieces_learn_that_the_workspace_is_closed(database: Database) -> None:
    database.close()
    answers = Group(database).perform_all([insert(1), insert(2)])
    assert [type(answer) for answer in answers] == [StoreUnavailableError] * 2
