"""A process that is killed while it uploads: what was answered is there, and the upload goes on from there.

Takes some seconds: each round starts a process from nothing and lets it work until it is killed.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from runwatch.schema.artifact import AppendArtifact, CreateArtifact, GetArtifact, SealArtifact
from runwatch.store.sql.store import SqlStore
from runwatch.testing.sample import new_run, read_file

_PART = 1_000
_UPLOAD = """
import sys
from pathlib import Path
from runwatch.schema.artifact import AppendArtifact, CreateArtifact
from runwatch.store.sql.store import SqlStore
from tests.faults.test_artifact_kill import content
store = SqlStore(Path(sys.argv[1]))
offset = store.artifacts.create(CreateArtifact(run_id="r", path="big")).size_bytes
while True:
    data = content(offset, 1_000)
    offset = store.artifacts.append(AppendArtifact(run_id="r", path="big", offset=offset, data=data)).size_bytes
    print(offset, flush=True)
"""


def content(offset: int, count: int) -> bytes:
    """Bytes that tell where they belong."""
    first = offset // 8
    numbers = b"".join(number.to_bytes(8, "little") for number in range(first, (offset + count) // 8 + 1))
    return numbers[offset - 8 * first :][:count]


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    folder = tmp_path / "workspace"
    store = SqlStore(folder)
    new_run(store, run_id="r")
    store.close()
    acknowledged = 0
    for answers in (1, 5, 11):
        with subprocess.Popen(
            [sys.executable, "-c", _UPLOAD, str(folder)], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            for _ in range(answers):
                acknowledged = int(process.stdout.readline())
            process.kill()
        store = SqlStore(folder, create=False)
        found = store.artifacts.get(GetArtifact(run_id="r", path="big"))
        assert found.size_bytes >= acknowledged
        assert read_file(store, "r", "big") == content(0, found.size_bytes)
        store.close()
    store = SqlStore(folder, create=False)
    size = store.artifacts.create(CreateArtifact(run_id="r", path="big")).size_bytes
    whole = content(0, size + _PART)
    store.artifacts.append(AppendArtifact(run_id="r", path="big", offset=size, data=whole[size:]))
    digest = hashlib.sha256(whole).hexdigest()
    assert store.artifacts.seal(SealArtifact(run_id="r", path="big", sha256=digest)).sha256 == digest
    assert store.artifacts.sweep(older_s=0).files == 0
    store.close()


@pytest.mark.parametrize(("offset", "count"), [(0, 8), (0, 1_000), (1_000, 1_000), (3, 10), (8, 0)])
def test_the_content_is_the_same_however_it_is_cut(offset: int, count: int) -> None:
    assert content(offset, count) == content(0, offset + count)[offset:]
    assert len(content(offset, count)) == count
