"""Any folder: captured, put into any store and given back, it is the same; and so is its zip."""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runwatch.sdk.snapshot.capture import capture, put
from runwatch.server.app import make_app
from runwatch.store.memory.store import MemoryStore
from runwatch.store.protocol import Store
from runwatch.store.remote.store import RemoteStore
from runwatch.store.snapshot.giving import give_back
from runwatch.store.snapshot.manifest import is_path, snapshot_id
from runwatch.store.sql.store import SqlStore
from runwatch.store.zip.snapshot import zip_snapshot
from runwatch.testing.sample import new_run
from tests.unit.server.served import served

ODD_NAMES = ("a", "A", "b.py", "é", "con.txt", "a b", "-", "…", ".hidden", "a:b", " x ", "x.", "~", "*", "[", "!")
NAMES = st.sampled_from(ODD_NAMES) | st.text(min_size=1, max_size=8).filter(
    lambda name: is_path(name) and "/" not in name and not name.endswith(".pyc")
)
TREES: st.SearchStrategy[Any] = st.recursive(
    st.binary(max_size=40) | st.tuples(st.binary(max_size=4)),
    lambda inner: st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="module", params=["memory", "sqlite", "remote"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with ExitStack() as stack:
        made: Any = (
            MemoryStore() if request.param == "memory" else SqlStore(tmp_path_factory.mktemp("store") / "workspace")
        )
        stack.callback(made.close)
        if request.param == "remote":
            made = RemoteStore(stack.enter_context(served(make_app(made))).url)
            stack.callback(made.close)
        yield made


def build(folder: Path, tree: Any) -> None:
    """A dictionary is a folder, bytes are a file, a tuple of bytes is one that may be executed."""
    if isinstance(tree, dict):
        folder.mkdir()
        for name, inner in tree.items():
            build(folder / name, inner)
        return
    folder.write_bytes(tree[0] if isinstance(tree, tuple) else tree)
    folder.chmod(0o755 if isinstance(tree, tuple) else 0o644)


def content(folder: Path) -> Any:
    if folder.is_symlink():
        return os.readlink(folder)
    if folder.is_dir():
        return {each.name: content(each) for each in folder.iterdir()}
    data = folder.read_bytes()
    return (data,) if os.access(folder, os.X_OK, follow_symlinks=False) and folder.stat().st_mode & 0o100 else data


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=st.dictionaries(NAMES, TREES, max_size=4), link=st.sampled_from([None, "a", "b.py/x", "nothing"]))
def test_a_folder_comes_back_as_it_was(store: Store, tree: dict[str, Any], link: str | None) -> None:
    with tempfile.TemporaryDirectory() as place:
        src, out = Path(place, "src"), Path(place, "out")
        build(src, tree)
        if link is not None:
            (src / "the link").symlink_to(link)
        run_id = new_run(store).run_id
        captured = capture(src, cache=Path(place, "cache"))
        assert captured.notices == ()
        assert put(store, run_id, captured) == captured.snapshot_id
        found = give_back(store, run_id, out)
        assert snapshot_id(found) == captured.snapshot_id
        assert content(out) == content(src)
        zipped = zipfile.ZipFile(io.BytesIO(b"".join(zip_snapshot(store, run_id))))
        assert {info.filename.rstrip("/") for info in zipped.infolist()} == {
            *(file.path for file in found.files), *(each.path for each in found.links), *found.folders,
        }  # fmt: skip
        assert all(zipped.read(file.path) == (src / file.path).read_bytes() for file in found.files)
