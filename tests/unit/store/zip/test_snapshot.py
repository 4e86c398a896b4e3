"""The zip of a snapshot: the very folder that was submitted."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from runwatch.schema.error import CorruptDataError, NotFoundError
from runwatch.store.protocol import Store
from runwatch.store.snapshot.manifest import Manifest, SnapshotFile, SnapshotLink, encode
from runwatch.store.zip.snapshot import zip_prefix, zip_snapshot
from runwatch.testing.sample import new_run, put_file, refused

CODE = SnapshotFile(
    path="aux/run.sh",
    size_bytes=4,
    sha256="5694d08a2e53ffcae0c3103e5ad6f6076abd960eb1f8a56577040bc1028f702b",
    executable=True,
)
WHOLE = Manifest(files=(CODE,), links=(SnapshotLink(path="l", target="aux/run.sh"),), folders=("empty",))


def submit(store: Store, content: bytes = b"code") -> None:
    new_run(store, run_id="r")
    put_file(store, "r", "snapshot.json", encode(WHOLE))
    put_file(store, "r", "snapshot/aux/run.sh", content)


def test_names_rights_links_and_empty_folders(store: Store, tmp_path: Path) -> None:
    submit(store)
    data = b"".join(zip_snapshot(store, "r"))
    found = zipfile.ZipFile(io.BytesIO(data))
    assert found.testzip() is None
    modes = {info.filename: oct(info.external_attr >> 16) for info in found.infolist()}
    assert modes == {"aux/run.sh": "0o100755", "l": "0o120777", "empty/": "0o40755"}
    assert found.read("l") == b"aux/run.sh"
    if shutil.which("unzip") is None:
        pytest.skip("unzip is not here to unpack with")
    (tmp_path / "z.zip").write_bytes(data)
    subprocess.run(["unzip", "-q", "z.zip", "-d", "out"], cwd=tmp_path, check=True)
    out = tmp_path / "out"
    assert os.readlink(out / "l") == "aux/run.sh"
    assert (out / "l").read_bytes() == b"code"
    assert os.access(out / "aux/run.sh", os.X_OK)
    assert (out / "empty").is_dir()


def test_the_prefix_of_a_snapshot_is_the_snapshot(store: Store) -> None:
    submit(store)
    assert b"".join(zip_prefix(store, "r", "snapshot/", relative=False)) == b"".join(zip_snapshot(store, "r"))
    whole = zipfile.ZipFile(io.BytesIO(b"".join(zip_prefix(store, "r", "", relative=False))))
    assert len(whole.namelist()) == 2


def test_files_that_are_no_snapshot_come_as_files(store: Store) -> None:
    new_run(store, run_id="r")
    put_file(store, "r", "snapshot/mine", b"x")
    found = zipfile.ZipFile(io.BytesIO(b"".join(zip_prefix(store, "r", "snapshot/", relative=True))))
    assert found.namelist() == ["mine"]
    with refused(NotFoundError):
        next(zip_prefix(store, "none", "snapshot/", relative=True))


def test_other_content_ends_in_no_whole_zip(store: Store) -> None:
    submit(store, b"evil")
    sent = bytearray()
    with refused(CorruptDataError):
        for part in zip_snapshot(store, "r"):
            sent += part
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(sent))
