"""Blocks of reading and writing: one snapshot, one transaction, one writer."""

from __future__ import annotations

import shutil
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text

from runwatch.schema.change import ChangeKind
from runwatch.schema.error import StoreUnavailableError, WorkspaceNotFoundError
from runwatch.store.sql.connection import POOL_EXTRA, POOL_KEPT
from runwatch.store.sql.database import Database
from runwatch.store.sql.table.change import changes, sequence


def count(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(select(sequence.c.value)).scalar_one())


def test_a_write_block_is_one_transaction(database: Database) -> None:
    with database.write() as writing:
        assert writing.notice(ChangeKind.RUN, "a", "x") == 1
        assert writing.notice(ChangeKind.RUN, "b") == 2
    with suppress(KeyError), database.write() as writing:
        writing.notice(ChangeKind.RUN, "c")
        raise KeyError
    assert count(database) == 2


def test_the_latest_notice_of_a_subject_and_kind_replaces_the_one_before(database: Database) -> None:
    for _ in range(3):
        with database.write() as writing:
            writing.notice(ChangeKind.RUN, "a", "x")
    with database.read() as connection:
        rows = connection.execute(select(changes.c.subject, changes.c.sequence, changes.c.experiment_id)).all()
    assert [tuple(row) for row in rows] == [("a", 3, "x")]


def test_a_read_block_sees_one_snapshot_from_its_start(database: Database) -> None:
    with database.read() as connection:
        with database.write() as writing:
            writing.notice(ChangeKind.RUN, "a")
        assert connection.execute(select(sequence.c.value)).scalar_one() == 0
    assert count(database) == 1


def test_a_write_block_inside_another_one_is_a_mistake(database: Database) -> None:
    with database.write() as writing:
        with pytest.raises(RuntimeError), database.write():
            pass
        writing.notice(ChangeKind.RUN, "a")
    assert count(database) == 1


def test_ctrl_c_in_a_statement_leaves_the_block_as_it_is(database: Database) -> None:
    """SQLAlchemy gives up a connection whose statement was interrupted, and refuses to answer for it afterwards."""

    def interrupt(connection: Connection) -> None:
        connection.invalidate()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), database.read() as connection:
        interrupt(connection)
    assert count(database) == 0


def test_writers_of_many_threads_take_turns(database: Database) -> None:
    def work() -> None:
        for _ in range(10):
            with database.write() as writing:
                writing.notice(ChangeKind.RUN, threading.current_thread().name)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count(database) == 80


def test_many_readers_need_few_files(database: Database) -> None:
    inside, leave = threading.Barrier(POOL_KEPT + POOL_EXTRA + 1), threading.Event()

    def work() -> None:
        with database.read():
            inside.wait(30)
            leave.wait(30)

    threads = [threading.Thread(target=work) for _ in range(POOL_KEPT + POOL_EXTRA)]
    for thread in threads:
        thread.start()
    inside.wait(30)
    leave.set()
    for thread in threads:
        thread.join()
    assert count(database) == 0


def test_a_closed_database_answers_every_block_with_an_error(database: Database) -> None:
    database.close()
    with pytest.raises(StoreUnavailableError), database.read():
        pass
    with pytest.raises(StoreUnavailableError), database.write():
        pass


def test_receipts_are_durable_and_the_file_is_set_up(database: Database) -> None:
    with database.read() as connection:
        settings = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "auto_vacuum", "mmap_size")
        }
    assert settings.pop("mmap_size") in {0, None}  # a disk error in mapped pages would end the process
    full, incremental = 2, 2
    assert settings == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "auto_vacuum": incremental,
    }


def test_a_deleted_workspace_is_noticed_at_the_next_block(database: Database) -> None:
    assert count(database) == 0
    shutil.rmtree(database.file.parent)
    with pytest.raises(WorkspaceNotFoundError), database.write():
        pass
    with pytest.raises(WorkspaceNotFoundError), database.read():
        pass


def test_a_replaced_file_is_opened_anew(database: Database, tmp_path: Path) -> None:
    other = Database(tmp_path / "other" / "runwatch.db")
    with other.write() as writing:
        for _ in range(7):
            writing.notice(ChangeKind.RUN, "a")
    other.close()
    assert count(database) == 0
    other.file.replace(database.file)
    assert count(database) == 7


def test_a_read_within_another_one_sees_what_that_one_sees(tmp_path: Path) -> None:
    database = Database(tmp_path / "runwatch.db")
    with database.write() as writing:
        writing.connection.exec_driver_sql("CREATE TABLE seen (number INTEGER)")

    def count() -> int:
        with database.read() as connection:
            return int(connection.exec_driver_sql("SELECT count(*) FROM seen").scalar_one())

    with database.read() as connection:
        assert count() == 0
        with database.write() as writing:
            writing.connection.exec_driver_sql("INSERT INTO seen VALUES (1)")
        assert count() == 0
        assert connection.exec_driver_sql("SELECT count(*) FROM seen").scalar_one() == 0
    assert count() == 1
    database.close()
