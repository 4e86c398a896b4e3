"""The database under killed, racing and forking processes, a full disk and an upgrade by many at once.

Several tests start whole processes, which takes a few seconds on a small machine.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from runwatch.schema.change import ListChanges
from runwatch.schema.error import StoreUnavailableError
from runwatch.schema.run import CreateRun, ListRuns, UpdateRun
from runwatch.store.sql import version
from runwatch.store.sql.migration import upgrade
from runwatch.store.sql.store import SqlStore
from tests.faults.mount import small

PROCESSES = 12
DEADLINE_S = 120.0

OPEN = """
import sys
from pathlib import Path
from runwatch.store.sql.database import Database
sys.stdin.readline()
database = Database(Path(sys.argv[1]) / "runwatch.db")
with database.read() as connection:
    print(connection.exec_driver_sql("SELECT value FROM workspace WHERE key = 'workspace_id'").scalar())
    print(connection.exec_driver_sql("SELECT version_num, (SELECT count(*) FROM runs) FROM alembic_version").one())
database.close()
"""

OPEN_LATER = (
    """
import sys
from pathlib import Path
from runwatch.store.sql import version
from runwatch.store.sql.migration import upgrade
version.HEAD, upgrade.HERE = "0005", Path(sys.argv[2])
"""
    + OPEN
)

WRITE = """
import sys
from pathlib import Path
from runwatch.schema.run import CreateRun
from runwatch.store.sql.store import SqlStore
store = SqlStore(Path(sys.argv[1]))
print("ready", flush=True)
for number in range(int(sys.argv[3])):
    run_id = f"{sys.argv[2]}-{number}"
    store.runs.create(CreateRun(experiment="one", run_id=run_id, token=run_id, created_at=0.0, tags={"k": "v" * 300}))
    print(run_id, flush=True)
"""

NEXT = """
from alembic import op

revision, down_revision = "0005", "0004"


def upgrade() -> None:
    op.execute("ALTER TABLE runs ADD COLUMN extra TEXT")
"""


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def all_at_once(count: int, code: str, *arguments: object) -> list[str]:
    """What so many processes that were let go together have said."""
    processes = [start(code, *arguments) for _ in range(count)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = []
    for process in processes:
        out, err = process.communicate(timeout=DEADLINE_S)
        assert process.returncode == 0, err
        said.append(out.strip())
    return said


def make_run(store: SqlStore, run_id: str) -> None:
    store.runs.create(CreateRun(experiment="one", run_id=run_id, token=run_id, created_at=0.0))


def run_ids(store: SqlStore) -> set[str]:
    found: set[str] = set()
    cursor = None
    while True:
        page = store.runs.list(ListRuns(cursor=cursor, limit=1_000))
        found |= {run.run_id for run in page.runs}
        cursor = page.next_cursor
        if cursor is None:
            return found


def test_many_processes_open_a_new_workspace_at_once(tmp_path: Path) -> None:
    said = all_at_once(PROCESSES, OPEN, tmp_path / "new" / "workspace")
    assert len(said) == PROCESSES
    assert len(set(said)) == 1
    names = {file.name for file in (tmp_path / "new" / "workspace").iterdir()}
    assert {"runwatch.db", "workspace.lock"} <= names
    assert not [name for name in names if ".new" in name]


def test_many_processes_upgrade_an_old_workspace_once(tmp_path: Path) -> None:
    store = SqlStore(tmp_path / "workspace")
    make_run(store, "a")
    store.close()
    scripts = tmp_path / "migration"
    shutil.copytree(upgrade.HERE, scripts)
    (scripts / "versions" / "v0005_next.py").write_text(NEXT)
    said = all_at_once(PROCESSES // 2, OPEN_LATER, tmp_path / "workspace", scripts)
    assert {text.splitlines()[1] for text in said} == {"('0005', 1)"}
    assert (tmp_path / "workspace" / f"runwatch.db.bak-{version.HEAD}").is_file()


def test_writers_in_several_processes_never_see_a_lock(tmp_path: Path) -> None:
    SqlStore(tmp_path).close()
    writers = [start(WRITE, tmp_path, name, 25) for name in "abcd"]
    for writer in writers:
        _, err = writer.communicate(timeout=DEADLINE_S)
        assert (writer.returncode, err) == (0, "")
    store = SqlStore(tmp_path)
    assert len(run_ids(store)) == 100
    assert sorted(run.number for run in store.runs.list(ListRuns(limit=1_000)).runs) == list(range(1, 101))
    assert store.changes.list(ListChanges(after=-1)).sequence == 101
    store.close()


def test_what_was_answered_survives_a_kill_in_the_middle(tmp_path: Path) -> None:
    SqlStore(tmp_path).close()
    chance = random.Random(3)
    acknowledged: set[str] = set()
    for number in range(6):
        writer = start(WRITE, tmp_path, f"kill{number}", 1_000_000)
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        for _ in range(chance.randrange(1, 40)):
            acknowledged.add(writer.stdout.readline().strip())
        time.sleep(chance.random() * 0.004)  # anywhere within a transaction
        writer.kill()
        out, _ = writer.communicate()
        acknowledged |= {line for line in out.splitlines() if line}
        store = SqlStore(tmp_path)
        assert store.check() == []
        there = run_ids(store)
        assert acknowledged <= there
        assert len(there) <= len(acknowledged) + number + 1  # at most the one in the middle of each process
        store.close()


def test_a_full_disk_is_an_error_that_passes(tmp_path: Path) -> None:
    with small(tmp_path / "disk", megabytes=2) as disk:
        store = SqlStore(disk / "workspace")
        make_run(store, "a")
        filler = disk / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while file.write(bytes(4_096)):
                pass
        with pytest.raises(StoreUnavailableError) as caught:
            store.runs.update(UpdateRun(run_id="a", set_tags={f"key-{each}": "x" * 10_000 for each in range(100)}))
        assert caught.value.hint
        assert run_ids(store) == {"a"}
        filler.unlink()
        make_run(store, "b")
        assert run_ids(store) == {"a", "b"}
        assert store.check() == []
        store.close()


def in_child(work: Callable[[], None]) -> int:
    """Fork, work in the child, and give its exit code: 0 if the work was done."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child


def exit_code(child: int) -> int:
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    raise TimeoutError("the child did not end")


def wait_for(pipe: int) -> None:
    assert os.read(pipe, 1) == b"x"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_child_writes_although_its_parent_closes(tmp_path: Path) -> None:
    """If the child inherited open connections, the parent's last close would delete the log under it."""
    store = SqlStore(tmp_path)
    make_run(store, "before")
    to_parent, from_child = os.pipe()
    to_child, from_parent = os.pipe()

    def work() -> None:
        make_run(store, "child-1")
        os.write(from_child, b"x")
        wait_for(to_child)
        make_run(store, "child-2")

    child = in_child(work)
    wait_for(to_parent)
    make_run(store, "parent")
    store.close()
    os.write(from_parent, b"x")
    assert exit_code(child) == 0
    for pipe in (to_parent, from_child, to_child, from_parent):
        os.close(pipe)
    store = SqlStore(tmp_path)
    assert run_ids(store) == {"before", "child-1", "child-2", "parent"}
    assert store.check() == []
    store.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_inherited_connections_would_lose_commits(tmp_path: Path) -> None:
    """A control: the same with connections that stay open across the fork, as SQLite forbids it."""
    file = tmp_path / "x.db"
    kept = sqlite3.connect(file, isolation_level=None)
    for statement in ("PRAGMA journal_mode=WAL", "CREATE TABLE t (a)", "INSERT INTO t VALUES (1)"):
        kept.execute(statement)
    to_parent, from_child = os.pipe()
    to_child, from_parent = os.pipe()

    def work() -> None:
        mine = sqlite3.connect(file, isolation_level=None)
        mine.execute("INSERT INTO t VALUES (2)")
        os.write(from_child, b"x")
        wait_for(to_child)
        mine.execute("INSERT INTO t VALUES (3)")

    child = in_child(work)
    wait_for(to_parent)
    kept.close()
    os.write(from_parent, b"x")
    assert exit_code(child) == 0
    for pipe in (to_parent, from_child, to_child, from_parent):
        os.close(pipe)
    again = sqlite3.connect(file)
    assert again.execute("SELECT count(*) FROM t").fetchone() < (3,)
    again.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_forks_among_busy_threads_harm_nobody(tmp_path: Path) -> None:
    store = SqlStore(tmp_path)
    stop = threading.Event()
    made: list[str] = []

    def write(name: str) -> None:
        while not stop.is_set():
            make_run(store, f"{name}-{len(made)}")
            made.append(f"{name}-{len(made)}")

    def read() -> None:
        while not stop.is_set():
            store.runs.list(ListRuns(limit=3))

    threads = [threading.Thread(target=write, args=("w",)), threading.Thread(target=read)]
    for thread in threads:
        thread.start()
    try:
        children = [in_child(lambda name=f"child-{number}": make_run(store, name)) for number in range(6)]  # type: ignore[misc]
        codes = [exit_code(child) for child in children]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert codes == [0] * 6
    there = run_ids(store)
    assert {f"child-{number}" for number in range(6)} <= there
    assert len(there) == len(made) + 6
    assert store.check() == []
    store.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_child_forked_inside_a_block_leaves_the_file_alone(tmp_path: Path) -> None:
    store = SqlStore(tmp_path)
    make_run(store, "a")

    def work() -> None:
        with pytest.raises(StoreUnavailableError):
            make_run(store, "child")

    with store._database.read():
        child = in_child(work)
    assert exit_code(child) == 0
    assert run_ids(store) == {"a"}
    store.close()
