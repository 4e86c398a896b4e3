"""What every contract of a store begins with: the fixtures that the author of a backend supplies."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pytest

from runwatch.schema.run import Run
from runwatch.store.protocol import Store
from runwatch.testing.sample import new_run

Reopen: TypeAlias = Callable[[Store], Store]
"""Closes a store and opens it again, as after a restart of the machine."""


class Contract:
    """Promises of a store; a backend's test class inherits from one or all of them and supplies `store`."""

    @pytest.fixture
    def store(self) -> Store:
        """An empty store of the backend; to be overridden."""
        raise NotImplementedError("A test of a backend supplies the fixture 'store'.")

    @pytest.fixture
    def run(self, store: Store) -> Run:
        """A run without anything in it."""
        return new_run(store)
