"""Places: one spelling each, one store each, and never a path made of what a user typed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runwatch.journal.location import journal_folder
from runwatch.sdk import home
from runwatch.store.memory.store import MemoryStore


def test_one_spelling(clean_place: Path) -> None:
    assert home.normal("ws") == home.normal(Path.cwd() / "ws") == str(Path.cwd() / "ws")
    assert home.normal("~/ws") == str(clean_place / "home" / "ws")
    assert home.normal("https://host/ws/") == "https://host/ws"


def test_one_store(clean_place: Path) -> None:
    store = MemoryStore()
    home.lend("/x", store)
    assert home.store("/x") is store
    home.close("/x")
    home.close("/x")
    place = str(clean_place / "ws")
    assert home.store(place) is home.store(place)


def test_names_that_differ_have_places_that_differ(clean_place: Path) -> None:
    places = {home.named_location(*names) for names in (("a", "b", "c"), ("a/b", "", "c"), ("a", "b", "C!"))}
    assert len(places) == 3
    assert home.named_location("a", "b", "c") == home.named_location("A", "B", "C")
    assert home.named_location("", "", "!").rsplit("/", 1)[1].startswith("workspace-")


def test_journal_folders(clean_place: Path) -> None:
    assert journal_folder("/ws", "run-1") == Path("/ws/journal/run-1")
    assert len(os.fsencode(journal_folder("/ws", "ä" * 256).name)) < 255
    assert journal_folder("/ws", "ä" * 255) != journal_folder("/ws", "ä" * 256)


def test_journals_for_a_server_stand_in_the_users_own_folder(
    clean_place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(clean_place / "state"))
    folder = journal_folder("https://host", "r")
    assert folder.is_relative_to(clean_place / "state")
    assert folder != journal_folder("https://other", "r")
