"""Runs in a store in memory, and what stands for the kernel's channel."""

from __future__ import annotations

from typing import Any

import pytest

from runwatch.schema.artifact import AppendArtifact
from runwatch.store.memory.store import MemoryStore
from runwatch.testing.sample import new_run
from runwatch.widget.desk import Desk

LOG = "azureml-logs/70_driver_log.txt"


class Wire:
    """Keeps what is sent, as a page would get it."""

    def __init__(self) -> None:
        self.comm: Any = object()
        self.sent: list[tuple[dict[str, Any], list[bytes]]] = []

    def send(self, content: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        self.sent.append((content, buffers or []))

    def pushes(self) -> list[dict[str, Any]]:
        return [content["push"] for content, _ in self.sent if "push" in content]

    def told(self) -> dict[str, Any]:
        """What a page knows that merged every push."""
        known: dict[str, Any] = {}
        for push in self.pushes():
            known |= push
        return known


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def desk(store: MemoryStore) -> Desk:
    return Desk(store, "/nowhere/workspace")


@pytest.fixture
def run_id(store: MemoryStore) -> str:
    run = new_run(store)
    return run.run_id


def print_log(store: MemoryStore, run_id: str, text: str, offset: int = 0) -> None:
    store.artifacts.append(AppendArtifact(run_id=run_id, path=LOG, offset=offset, data=text.encode()))
