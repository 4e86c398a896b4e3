"""Where the token for a server comes from, and who can read it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from msgspec import structs

from runwatch.store.remote import credential
from runwatch.store.remote.address import parse
from runwatch.store.remote.credential import Announcement

SERVER = parse("http://127.0.0.1:8970")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.delenv(credential.TOKEN_VARIABLE, raising=False)
    return credential.folder()


def test_nobody_knows_a_token_at_first() -> None:
    assert credential.find(SERVER) == ""


def test_the_nearest_word_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    credential.announce(Announcement(url="http://localhost:8970", token="announced", pid=1))
    assert credential.find(SERVER) == "announced"
    credential.keep(SERVER, "kept")
    assert credential.find(SERVER) == "kept"
    monkeypatch.setenv(credential.TOKEN_VARIABLE, "set")
    assert credential.find(SERVER) == "set"
    assert credential.find(parse("http://127.0.0.1:8970/#token=given")) == "given"


def test_a_token_is_for_one_server_alone() -> None:
    credential.keep(SERVER, "kept")
    credential.announce(Announcement(url="http://127.0.0.1:8971", token="other", pid=2))
    assert credential.find(parse("http://127.0.0.1:8972")) == ""
    assert credential.find(parse("https://example.org:8970")) == ""
    assert credential.find(parse("http://127.0.0.1:8971/team")) == ""


def test_a_token_can_be_forgotten() -> None:
    credential.keep(SERVER, "kept")
    credential.keep(SERVER, "")
    assert credential.find(SERVER) == ""


def test_files_are_for_their_user_alone_from_the_first_instant(state: Path) -> None:
    before = os.umask(0)
    try:
        paths = [credential.keep(SERVER, "kept"), credential.announce(Announcement(url=SERVER.url, pid=3))]
    finally:
        os.umask(before)
    for path in paths:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_link_in_the_place_of_a_file_is_not_followed(state: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.json"
    elsewhere.write_text('{"http://127.0.0.1:8970": "planted"}')
    state.mkdir(parents=True)
    (state / "tokens.json").symlink_to(elsewhere)
    assert credential.find(SERVER) == ""
    credential.keep(SERVER, "kept")
    assert "kept" not in elsewhere.read_text()
    assert credential.find(SERVER) == "kept"


def test_damaged_files_are_no_tokens(state: Path) -> None:
    (state / "servers").mkdir(parents=True)
    (state / "servers" / "7.json").write_bytes(b"{half")
    (state / "tokens.json").write_bytes(b"\xff")
    assert credential.find(SERVER) == ""
    assert credential.announced() == []


def test_a_server_is_up_while_its_very_process_lives() -> None:
    pid = os.getpid()
    word = Announcement(url=SERVER.url, pid=pid, started=credential.started(pid) or "")
    assert credential.is_up(word)
    assert not credential.is_up(structs.replace(word, started="1.000"))
    assert not credential.is_up(structs.replace(word, started=""))
    for number in (2**22 + 7, -1):  # no process has them
        assert not credential.is_up(structs.replace(word, pid=number))
