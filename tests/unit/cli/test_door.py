"""``runwatch user``, ``token`` and ``audit``, on the workspace's own machine."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest

from runwatch.server.auth import password
from runwatch.server.auth.access import Access
from runwatch.server.auth.role import Role
from tests.unit.cli.conftest import Cli, Maker


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password, "MEMORY_KIB", 8_192)


def test_the_first_owner_is_invited_on_the_machine_itself(cli: Cli, place: Path) -> None:
    answer = cli("user", "add", "Ada", "--role", "owner", "--url", "https://runs.example.org/")
    assert answer.code == 0
    (link,) = answer.lines
    assert link.startswith("https://runs.example.org/sign-in#invitation=")
    assert "whoever opens it first" in answer.err
    assert stat.S_IMODE((place / "server.db").stat().st_mode) == 0o600
    access = Access.open(place, "w")
    user = access.users.accept(link.split("=")[1], "correct horse battery")
    assert (user.name, user.role) == ("Ada", Role.OWNER)
    access.close()
    again = cli("user", "invite", "ada", "--json").json
    assert again["name"] == "Ada"
    assert again["link"].startswith("http://127.0.0.1:8970/sign-in#invitation=")


def test_users_are_listed_given_roles_and_removed(cli: Cli) -> None:
    cli("user", "add", "Ada", "--role", "owner")
    cli("user", "add", "Bob")
    assert [line.split()[:3] for line in cli("user", "list").lines] == [
        ["USER", "ROLE", "STATE"], ["Ada", "owner", "invited"], ["Bob", "contributor", "invited"],
    ]  # fmt: skip
    assert cli("user", "role", "bob", "viewer").lines == ["Bob is viewer"]
    assert cli("user", "list", "--json").json["users"][1]["role"] == "viewer"
    assert cli("user", "remove", "bob").lines == ["Removed Bob"]
    last = cli("user", "remove", "Ada")
    assert last.code == 1
    assert "only owner" in last.err
    assert cli("user", "role", "Ada", "king").code == 2
    assert cli("user", "add", "a b").code == 1
    assert cli("user", "add", "ADA").code == 1


def test_a_list_makes_no_workspace(cli: Cli, place: Path) -> None:
    for words in (("user", "list"), ("token", "list"), ("audit",)):
        assert cli(*words).code == 1
    assert not place.exists()


def test_looking_makes_no_database_of_the_server(cli: Cli, digits: Maker, place: Path) -> None:
    assert "No users" in cli("user", "list").err
    assert "No tokens" in cli("token", "list").err
    assert "Nothing was done" in cli("audit").err
    assert cli("audit", "--verify").lines[0].startswith("0 lines")
    for words in (("user", "role", "Ada", "owner"), ("user", "remove", "Ada"), ("user", "invite", "Ada")):
        assert "There is no user" in cli(*words).err
    assert cli("token", "revoke", "x").code == 1
    assert not list(place.glob("server.*"))


def test_a_server_s_users_are_not_here(cli: Cli) -> None:
    answer = cli("user", "list", "-w", "http://127.0.0.1:1")
    assert answer.code == 1
    assert "on the machine where it runs" in answer.err


def test_tokens_are_printed_once_listed_and_revoked(cli: Cli, digits: Maker, place: Path) -> None:
    cli("user", "add", "Ada", "--role", "viewer")
    made = cli("token", "create", "--user", "ada", "--name", "ci", "--days", "7")
    (secret,) = made.lines
    assert secret.startswith("rw_pat_")
    listed = cli("token", "list", "--json").json["tokens"]
    assert [(each["name"], each["role"]) for each in listed] == [("ci", "viewer")]
    assert secret not in str(listed)
    job = cli("token", "create", "--run", "beta-1", "--json").json
    assert job["secret"].startswith("rw_run_")
    assert job["token"]["run_id"] == "beta-1"
    assert cli("token", "list", "--run", "beta-1").lines[1].split()[0] == job["token"]["token_id"]
    for token_id in (listed[0]["token_id"], job["token"]["token_id"]):
        assert cli("token", "revoke", token_id).lines == [f"Revoked {token_id}"]
    assert "revoked" in cli("token", "list").lines[1]
    access = Access.open(place, "w")
    assert access.tokens.find(secret) is None
    assert access.run_tokens.find(job["secret"]) is None
    access.close()
    assert cli("token", "revoke", "nothing").code == 1
    assert cli("token", "create").code == 1
    assert cli("token", "create", "--user", "ada", "--days", "9999").code == 1


def test_the_audit_log_shows_what_was_done_here_and_finds_damage(cli: Cli, place: Path) -> None:
    cli("user", "add", "Ada", "--role", "owner")
    cli("user", "add", "Bob")
    lines = cli("audit").lines
    assert lines[0].split()[:5] == ["LINE", "WHEN", "WHO", "DID", "TO"]
    assert "name=Bob" in lines[1]
    assert "command line (" in lines[1]
    assert [entry["number"] for entry in cli("audit", "--json", "--before", "2").json["entries"]] == [1]
    assert cli("audit", "--verify").lines[0] == "2 lines, all as they were written"
    raw = sqlite3.connect(place / "server.db")
    raw.executescript("DROP TRIGGER audit_no_update; UPDATE audit SET actor = 'x\n\x1b[2Jy' WHERE number = 1")
    raw.close()
    broken = cli("audit", "--verify")
    assert broken.code == 1
    assert "Line 1 " in broken.err
    shown = cli("audit")
    assert "\x1b" not in shown.out
    assert len(shown.lines) == 3
