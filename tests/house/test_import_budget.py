"""`import runwatch` stays light: heavy packages load only where they are used."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import runwatch

HEAVY = {
    "numpy", "sqlalchemy", "alembic", "pcodec", "psutil", "pynvml", "rich", "typer", "click", "http", "urllib.request",
    "ssl", "asyncio", "lark", "platformdirs", "email", "multiprocessing", "sqlite3", "logging.config",
}  # fmt: skip


def loaded(code: str) -> set[str]:
    """The modules a fresh interpreter has loaded after running the code."""
    script = f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_the_package_loads_nothing_heavy() -> None:
    before, after = loaded("pass"), loaded("import runwatch")
    assert {name for name in after - before if name in HEAVY or name.split(".")[0] in HEAVY} == set()


def test_importing_the_public_classes_loads_nothing_heavy() -> None:
    names = ", ".join(name for name in runwatch.__all__ if not name.startswith("__"))
    before, after = loaded("pass"), loaded(f"from runwatch import {names}")
    assert {name for name in after - before if name in HEAVY or name.split(".")[0] in HEAVY} == set()


def test_the_journal_writer_loads_no_numpy() -> None:
    assert "numpy" not in loaded("import runwatch.journal.writer, runwatch.journal.manifest")


def test_help_of_the_command_line_loads_no_store() -> None:
    assert "sqlalchemy" not in loaded("import runwatch.cli.app")


def test_a_store_loads_no_parser_until_there_is_a_filter_to_read() -> None:
    stores = "import runwatch.store.memory.store, runwatch.store.sql.store"
    assert "lark" not in loaded(stores)
    assert "lark" in loaded(f"{stores}\nfrom runwatch.store.filter.text import read_filter\nread_filter('id', 0.0)")


def test_the_runner_loads_next_to_nothing() -> None:
    """Every job pays for it before its first line."""
    source = str(Path(__file__).parents[2] / "src")
    script = f"import sys; sys.path.append({source!r}); import runwatch.compute.runner.supervisor; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & {*HEAVY, "pathlib", "typing", "subprocess", "dataclasses", "inspect"} == set()
    assert "json" in done.stdout.split()
