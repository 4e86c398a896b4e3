"""Between a run and its server lies a bad line: what was logged arrives, once, and so do its files."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runwatch.schema.artifact import GetArtifact
from runwatch.schema.error import StoreUnavailableError
from runwatch.sdk.transfer import read_bytes
from runwatch.sdk.watcher.upload import put_file
from runwatch.server.app import make_app
from runwatch.server.settings import Settings
from runwatch.store.remote.store import RemoteStore
from runwatch.store.sql.store import SqlStore
from runwatch.testing.sample import new_run
from tests.faults.proxy import FAULTS, BadLine
from tests.faults.shipping import Shipment
from tests.unit.server.served import served


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = SqlStore(tmp_path / "workspace")
    yield store
    store.close()


@pytest.fixture
def line(store: SqlStore) -> Iterator[BadLine]:
    line = BadLine(rate=0.6)
    with served(make_app(store, Settings(hosts=(line.host,)))) as client:
        line.upstream = client.port
        yield line
        line.close()


@pytest.mark.slow
def test_five_hundred_faults_lose_and_double_nothing(line: BadLine, store: SqlStore, tmp_path: Path) -> None:
    remote = RemoteStore(line.url)
    shipments = [Shipment(tmp_path / "journal", f"run-{number}", remote, pause_s=0.002) for number in range(3)]
    for shipment in shipments:
        shipment.start()
    deadline = time.monotonic() + 120
    while line.happened.total() < 500:
        assert time.monotonic() < deadline, line.happened
        time.sleep(0.05)
    for shipment in shipments:
        shipment.finish()
    assert {name for name, count in line.happened.items() if count} == set(FAULTS)  # each kind was met
    for shipment in shipments:
        assert shipment.faults(store) == []
        assert shipment.logged > 1_000
    remote.close()


def test_a_file_arrives_whole_through_any_number_of_faults(line: BadLine, store: SqlStore, tmp_path: Path) -> None:
    content = os.urandom(30 << 20)
    file = tmp_path / "model.bin"
    file.write_bytes(content)
    run = new_run(store)
    remote = RemoteStore(line.url)
    attempts = 0
    while True:
        attempts += 1
        assert attempts < 200
        try:
            for _ in put_file(
                remote, run.run_id, "outputs/model.bin", file, overwrite=True, notice=pytest.fail
            ):  # fmt: skip
                pass
            break
        except StoreUnavailableError:
            continue
    artifact = store.artifacts.get(GetArtifact(run_id=run.run_id, path="outputs/model.bin"))
    assert (artifact.sealed, artifact.sha256) == (True, hashlib.sha256(content).hexdigest())
    assert attempts > 1
    line.rate = 0.0
    assert read_bytes(remote, run.run_id, "outputs/model.bin") == content
    remote.close()
