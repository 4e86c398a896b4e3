"""The contract of a store over SQLite, with files in a folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runwatch.store.protocol import Store
from runwatch.store.sql.store import SqlStore
from runwatch.testing import DurabilityContract, StoreContract


@pytest.fixture(scope="module")
def new_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that nobody has used: copying it is quicker than making 500 of them."""
    folder = tmp_path_factory.mktemp("new") / "workspace"
    SqlStore(folder).close()
    return folder


class TestSqlStore(StoreContract, DurabilityContract):
    @pytest.fixture
    def store(self, new_workspace: Path, tmp_path: Path) -> Iterator[SqlStore]:
        shutil.copytree(new_workspace, tmp_path / "workspace")
        store = SqlStore(tmp_path / "workspace", create=False)
        yield store
        store.close()

    @pytest.fixture
    def reopen(self, tmp_path: Path) -> Iterator[Callable[[Store], Store]]:
        opened: list[Store] = []

        def again(store: Store) -> Store:
            store.close()
            opened.append(SqlStore(tmp_path / "workspace", create=False))
            return opened[-1]

        yield again
        for store in opened:
            store.close()
