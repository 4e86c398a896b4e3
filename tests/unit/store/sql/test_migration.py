"""Versions of the tables: a new file and an upgraded one are the same; an upgrade happens as a whole or not at all."""

from __future__ import annotations

import math
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from runwatch.schema.error import WorkspaceReadOnlyError
from runwatch.series.chunk import SEALED_ROWS
from runwatch.store.sql import version
from runwatch.store.sql.connection import connect
from runwatch.store.sql.database import Database
from runwatch.store.sql.migration import upgrade as upgrading
from runwatch.store.sql.migration.versions import v0001_initial
from runwatch.store.sql.store import SqlStore
from runwatch.testing.sample import Writer, new_run, read, scalars, table
from tests.faults.mount import read_only
from tests.unit.store.sql.sample import make_run

NEXT = """
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("runs") as batch:
        batch.alter_column("description", new_column_name="notes")
    op.execute("CREATE TABLE extra (a INTEGER)")
    {more}
"""


def tables(connection: sqlite3.Connection) -> set[str]:
    """All definitions, with white space and quotes made alike."""
    rows = connection.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    return {re.sub(r"\s+|\"", "", row[0]) for row in rows}


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This code at a later day: it knows a version 0005, whose script the test writes."""
    home = tmp_path / "migration"
    shutil.copytree(upgrading.HERE, home)
    monkeypatch.setattr(upgrading, "HERE", home)
    monkeypatch.setattr(version, "HEAD", "0005")
    script = home / "versions" / "v0005_next.py"
    script.write_text(NEXT.format(more=""))
    return script


def give_back(old: sqlite3.Connection, *names: str) -> None:
    """Put tables of the first version in the place of those there are; they are empty."""
    for name in names:
        old.execute(f"DROP TABLE {name}")
        old.execute(next(each for each in v0001_initial.STATEMENTS if f"CREATE TABLE {name} " in each))


def old_workspace(folder: Path) -> Path:
    assert version.HEAD == "0004"
    store = SqlStore(folder)
    make_run(store, "a", tags={"k": "v"})
    store.close()
    return folder / "runwatch.db"


def test_the_code_knows_its_newest_version() -> None:
    assert ScriptDirectory.from_config(upgrading.alembic_config()).get_heads() == [version.HEAD]


def test_upgrading_nothing_gives_the_tables_of_a_new_file(tmp_path: Path) -> None:
    Database(tmp_path / "runwatch.db").close()
    new = connect(tmp_path / "runwatch.db")
    upgraded = sqlite3.connect(":memory:", isolation_level=None)
    upgrading.apply_versions(upgraded)
    assert tables(upgraded) == tables(new)
    assert version.stored_version(upgraded) == version.stored_version(new) == version.HEAD
    new.close()
    upgraded.close()


def test_an_upgrade_keeps_the_rows_and_a_copy_of_the_file(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = old_workspace(tmp_path / "workspace")
    request.getfixturevalue("next_version")
    database = Database(file)
    with database.read() as connection:
        assert connection.exec_driver_sql("SELECT run_id, notes FROM runs").all() == [("a", "")]
        assert connection.exec_driver_sql("SELECT key, value FROM run_tags").all() == [("k", "v")]
    database.close()
    monkeypatch.setattr(version, "HEAD", "0004")
    copy = tmp_path / "before" / "runwatch.db"
    copy.parent.mkdir()
    file.with_name("runwatch.db.bak-0004").rename(copy)
    before = SqlStore(copy.parent)
    assert before.check() == []
    assert before.info().runs == 1
    before.close()


def test_an_upgrade_that_fails_changes_nothing(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = old_workspace(tmp_path / "workspace")
    script: Path = request.getfixturevalue("next_version")
    script.write_text(NEXT.format(more='op.execute("INSERT INTO absent VALUES (1)")'))
    with pytest.raises(DBAPIError):
        Database(file)
    monkeypatch.setattr(version, "HEAD", "0004")
    store = SqlStore(file.parent)
    assert store.check() == []
    assert store.info().runs == 1
    store.close()


def test_a_read_only_workspace_is_not_upgraded(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    file = old_workspace(tmp_path / "workspace")
    request.getfixturevalue("next_version")
    with read_only(file.parent), pytest.raises(WorkspaceReadOnlyError) as caught:
        Database(file)
    assert "0004" in caught.value.message
    assert "0005" in caught.value.message


def test_params_of_the_first_version_can_be_compared_and_sorted_by_after_the_upgrade(tmp_path: Path) -> None:
    file = tmp_path / "runwatch.db"
    values = {"a": "0.5", "b": '"adam"', "c": "true", "d": "NaN", "e": "[1]", "f": "1" + "0" * 400, "g": "no JSON"}
    SqlStore(tmp_path).close()
    for name in values:
        with closing(SqlStore(tmp_path)) as store:
            make_run(store, name, created_at=float(ord(name)))
    with closing(sqlite3.connect(file, isolation_level=None)) as old:  # back to the tables of the first version
        old.execute("DROP TABLE arrivals")
        give_back(old, "run_params", "chunk_buckets")
        put = "INSERT INTO run_params SELECT run_key, 'p', ? FROM runs WHERE run_id = ?"
        old.executemany(put, [(value, name) for name, value in values.items()])
        old.execute("UPDATE alembic_version SET version_num = '0001'")
    database = Database(file)
    with database.read() as connection:
        found = connection.exec_driver_sql(
            "SELECT run_id, value, run_params.number, text FROM run_params JOIN runs USING (run_key) ORDER BY run_id"
        ).all()
    database.close()
    assert [(name, value) for name, value, _, _ in found] == list(values.items())
    assert [(number, text) for _, _, number, text in found] == [
        (0.5, None), (None, "adam"), (1.0, None), (None, None), (None, None), (math.inf, None), (None, None)
    ]  # fmt: skip
    with closing(sqlite3.connect(file)) as upgraded, closing(sqlite3.connect(":memory:", isolation_level=None)) as new:
        upgrading.apply_versions(new)
        assert tables(upgraded) == tables(new)


def test_metrics_of_the_second_version_go_on_after_the_upgrade(tmp_path: Path) -> None:
    with closing(SqlStore(tmp_path)) as store:
        writer = Writer(store, new_run(store).run_id)
        writer.append(scalars("loss", [1.0, 2.0]))
    with closing(sqlite3.connect(tmp_path / "runwatch.db", isolation_level=None)) as old:
        assert old.execute("SELECT count(*) FROM arrivals").fetchone() == (0,)
        old.execute("DROP TABLE arrivals")
        give_back(old, "chunk_buckets")
        old.execute("UPDATE alembic_version SET version_num = '0002'")
    with closing(SqlStore(tmp_path)) as store:
        writer.store = store
        assert read(store, writer.run_id, "loss") == {"value": [1.0, 2.0]}
        writer.append(scalars("loss", [3.0]))
        assert read(store, writer.run_id, "loss") == {"value": [1.0, 2.0, 3.0]}
        assert store.check() == []


def test_charts_of_the_third_version_get_all_their_levels(tmp_path: Path) -> None:
    rows = 2 * SEALED_ROWS + 5
    with closing(SqlStore(tmp_path)) as store:
        writer = Writer(store, new_run(store).run_id)
        writer.append(scalars("loss", [1.0] * 10), table("both", {"a": [1.0] * rows, "b": [math.nan] * rows}))
        writer.append(scalars("loss", [float(row) for row in range(rows)]))
    with closing(sqlite3.connect(tmp_path / "runwatch.db", isolation_level=None)) as old:
        made = old.execute("SELECT * FROM chunk_buckets").fetchall()
        assert len(made) == 3 * (2 + 2 + 2)  # levels of two sealed chunks of each of three columns
        give_back(old, "chunk_buckets")
        kept = [(key, position, first, data) for key, position, level, first, data in made if level == 256]
        old.executemany("INSERT INTO chunk_buckets VALUES (?, ?, ?, ?)", kept)
        damaged = min(row[0] for row in made)
        old.execute("UPDATE chunks SET data = x'00' WHERE metric_key = ? AND first_row = 0", (damaged,))
        old.execute("UPDATE alembic_version SET version_num = '0003'")
    SqlStore(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "runwatch.db")) as upgraded:
        assert sorted(upgraded.execute("SELECT * FROM chunk_buckets").fetchall()) == sorted(
            row for row in made if (row[0], row[2], row[3]) != (damaged, 64, 0)
        )
