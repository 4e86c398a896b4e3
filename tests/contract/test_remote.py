"""The contract of a store over HTTP: a server over the memory store, and one over SQLite."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from runwatch.server.app import make_app
from runwatch.store.memory.store import MemoryStore
from runwatch.store.protocol import Store
from runwatch.store.remote.store import RemoteStore
from runwatch.store.sql.store import SqlStore
from runwatch.testing import DurabilityContract, StoreContract
from tests.unit.server.served import Client, served


class Shifting:
    """Passes every call on to the store of the test at hand, so that one server serves all tests of a class."""

    def __init__(self) -> None:
        self.store: Store = MemoryStore()

    def __getattr__(self, name: str) -> object:
        if name in {"runs", "metrics", "artifacts", "jobs", "changes"}:
            return _ShiftingShelf(self, name)
        return getattr(self.store, name)


class _ShiftingShelf:
    def __init__(self, shifting: Shifting, shelf: str) -> None:
        self._shifting = shifting
        self._shelf = shelf

    def __getattr__(self, name: str) -> Callable[[object], object]:
        if not hasattr(getattr(self._shifting.store, self._shelf), name):
            raise AttributeError(name)
        return lambda *given: getattr(getattr(self._shifting.store, self._shelf), name)(*given)


@pytest.fixture(scope="class")
def shifting() -> Shifting:
    return Shifting()


@pytest.fixture(scope="class")
def server(shifting: Shifting) -> Iterator[Client]:
    with served(make_app(shifting)) as client:  # type: ignore[arg-type]
        yield client


class TestRemoteMemoryStore(StoreContract):
    @pytest.fixture
    def store(self, shifting: Shifting, server: Client) -> Iterator[RemoteStore]:
        shifting.store = MemoryStore()
        store = RemoteStore(server.url)
        yield store
        store.close()
        shifting.store.close()


@pytest.fixture(scope="module")
def new_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new") / "workspace"
    SqlStore(folder).close()
    return folder


class TestRemoteSqlStore(StoreContract, DurabilityContract):
    @pytest.fixture(scope="class")
    @classmethod
    def shifting(cls, new_workspace: Path) -> Iterator[Shifting]:
        """The server looks at the store's abilities when it starts: it must see this one's."""
        shifting = Shifting()
        shifting.store = first = SqlStore(new_workspace, create=False)
        yield shifting
        first.close()

    @pytest.fixture
    def store(self, new_workspace: Path, tmp_path: Path, shifting: Shifting, server: Client) -> Iterator[RemoteStore]:
        shutil.copytree(new_workspace, tmp_path / "workspace")
        shifting.store = SqlStore(tmp_path / "workspace", create=False)
        store = RemoteStore(server.url)
        yield store
        store.close()
        shifting.store.close()

    @pytest.fixture
    def reopen(self, tmp_path: Path, shifting: Shifting, server: Client) -> Iterator[Callable[[Store], Store]]:
        """The store behind the server is closed and opened anew, and so is the client."""
        with ExitStack() as stack:

            def again(store: Store) -> Store:
                store.close()
                shifting.store.close()
                shifting.store = SqlStore(tmp_path / "workspace", create=False)
                opened = RemoteStore(server.url)
                stack.callback(opened.close)
                return opened

            yield again
