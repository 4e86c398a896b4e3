"""Opening a database: made whole, refused when foreign, newer or damaged, and readable where nobody may write."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from runwatch.schema.change import ChangeKind
from runwatch.schema.error import (
    CorruptDataError,
    WorkspaceException,
    WorkspaceNotFoundError,
    WorkspaceReadOnlyError,
    WorkspaceVersionError,
)
from runwatch.store.sql.database import Database
from runwatch.store.sql.table.change import sequence, workspace
from tests.faults.mount import read_only


def made(folder: Path, notices: int = 1) -> Path:
    database = Database(folder / "runwatch.db")
    with database.write() as writing:
        for _ in range(notices):
            writing.notice(ChangeKind.RUN, "a")
    database.close()
    return database.file


def workspace_id(file: Path) -> str:
    database = Database(file)
    with database.read() as connection:
        found = connection.execute(select(workspace.c.value).where(workspace.c.key == "workspace_id")).scalar_one()
    database.close()
    return str(found)


def count(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(select(sequence.c.value)).scalar_one())


def test_nothing_is_made_unless_asked_for(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceNotFoundError):
        Database(tmp_path / "absent" / "runwatch.db", create=False)
    assert not (tmp_path / "absent").exists()


def test_a_new_workspace_leaves_no_scaffolding(tmp_path: Path) -> None:
    made(tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["runwatch.db", "workspace.lock"]


def test_remains_of_a_creation_that_was_killed_are_cleared_away(tmp_path: Path) -> None:
    (tmp_path / "runwatch.db").touch()
    (tmp_path / "runwatch.db.new").write_bytes(b"half of a database")
    (tmp_path / "runwatch.db.new-journal").write_bytes(b"its journal")
    database = Database(tmp_path / "runwatch.db")
    assert count(database) == 0
    database.close()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["runwatch.db", "workspace.lock"]


def test_opening_and_creating_do_not_import_alembic(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from runwatch.store.sql.database import Database\n"
        f"for _ in range(2): Database(Path({str(tmp_path / 'runwatch.db')!r})).close()\n"
        "print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_database_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "runwatch.db"
    raw = sqlite3.connect(file)
    raw.execute("CREATE TABLE theirs (a)")
    raw.commit()
    raw.close()
    with pytest.raises(WorkspaceException) as caught:
        Database(file)
    assert "not one of Runwatch" in caught.value.message


def test_a_newer_version_is_refused_with_both_versions(tmp_path: Path) -> None:
    file = made(tmp_path)
    raw = sqlite3.connect(file)
    raw.execute("UPDATE alembic_version SET version_num = '0999'")
    raw.commit()
    raw.close()
    with pytest.raises(WorkspaceVersionError) as caught:
        Database(file)
    assert caught.value.detail == {"found": "0999", "known": "0004"}
    assert "Upgrade Runwatch" in (caught.value.hint or "")


def test_an_upgrade_by_another_process_is_noticed_at_the_next_block(database: Database) -> None:
    with database.write() as writing:
        writing.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0005'")
    with pytest.raises(WorkspaceVersionError), database.write():
        pass
    with pytest.raises(WorkspaceVersionError), database.read():
        pass


@pytest.mark.parametrize("damage", [b"not a database at all" * 500, None])
def test_a_damaged_file_is_called_that(tmp_path: Path, damage: bytes | None) -> None:
    file = made(tmp_path)
    content = bytearray(file.read_bytes())
    content[20:4096] = b"\xff" * 4076  # the head and the table of tables
    file.write_bytes(damage or content)
    with pytest.raises(CorruptDataError) as caught:
        Database(file)
    assert caught.value.file == str(file)
    assert "backup" in (caught.value.hint or "")


def test_a_copied_workspace_gets_an_id_of_its_own_once(tmp_path: Path) -> None:
    file = made(tmp_path / "first")
    shutil.copytree(tmp_path / "first", tmp_path / "second")
    ids = [workspace_id(file), workspace_id(tmp_path / "second" / "runwatch.db")]
    assert ids[0] != ids[1]
    assert [workspace_id(file), workspace_id(tmp_path / "second" / "runwatch.db")] == ids


def test_a_moved_workspace_keeps_its_id(tmp_path: Path) -> None:
    before = workspace_id(made(tmp_path / "first"))
    (tmp_path / "first").rename(tmp_path / "second")
    assert workspace_id(tmp_path / "second" / "runwatch.db") == before


def test_a_read_only_folder_can_be_read(tmp_path: Path) -> None:
    file = made(tmp_path / "workspace", notices=3)
    with read_only(file.parent):
        database = Database(file)
        assert database.read_only
        assert count(database) == 3
        with pytest.raises(WorkspaceReadOnlyError), database.write():
            pass
        database.close()


def test_a_read_only_folder_with_a_log_can_be_read(tmp_path: Path) -> None:
    """A writer was killed: what it had committed stands in the log, and nobody may move it into the database."""
    folder = tmp_path / "workspace"
    file = made(folder, notices=3)
    raw = sqlite3.connect(file)
    raw.execute("UPDATE sequence SET value = 8")
    raw.commit()
    shutil.copytree(folder, tmp_path / "killed")
    raw.close()
    assert (tmp_path / "killed" / "runwatch.db-wal").stat().st_size > 0
    with read_only(tmp_path / "killed"):
        database = Database(tmp_path / "killed" / "runwatch.db")
        assert count(database) == 8
        database.close()


def test_a_reader_who_may_not_write_sees_what_others_write_later(tmp_path: Path) -> None:
    file = made(tmp_path / "workspace", notices=1)
    window = tmp_path / "window"
    window.mkdir()
    with read_only(window):
        pass  # skips the test where nothing can be mounted
    subprocess.run(["mount", "--bind", str(file.parent), str(window)], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", str(window)], check=True)
        reader = Database(window / "runwatch.db")
        assert count(reader) == 1
        writer = Database(file)
        for expected in range(2, 5):
            with writer.write() as writing:
                writing.notice(ChangeKind.RUN, "a")
            assert count(reader) == expected
        writer.close()
        assert count(reader) == 4
        reader.close()
    finally:
        subprocess.run(["umount", "-l", str(window)], check=True)
