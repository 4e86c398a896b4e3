"""A full disk ends an export with one clear sentence, and leaves no half archive and no draft behind."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from runwatch.archive.export import export_runs
from runwatch.archive.intake import import_runs
from runwatch.schema.error import UserErrorException
from runwatch.store.memory.store import MemoryStore
from runwatch.testing.sample import new_run, put_file, refused
from tests.faults.mount import small
from tests.unit.archive.scene import everything


@pytest.mark.parametrize("name", ["a.zip", "a"])
def test_a_full_disk_is_named_and_nothing_is_left(tmp_path: Path, name: str) -> None:
    store = MemoryStore()
    new_run(store, run_id="r")
    for number in range(4):
        put_file(store, "r", f"part-{number}", random.Random(number).randbytes(1 << 20))
    with small(tmp_path / "disk", 3) as disk:
        with refused(UserErrorException) as caught:
            export_runs(store, ["r"], disk / name)
        assert "No space left" in caught.value.message
        assert list(disk.iterdir()) == []
    with small(tmp_path / "disk", 8) as disk:  # a control: with room the same export is done
        export_runs(store, ["r"], disk / name)
        other = MemoryStore()
        import_runs(other, disk / name)
    assert everything(other) == everything(store)
