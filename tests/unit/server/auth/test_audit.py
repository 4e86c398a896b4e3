"""The audit log: who did what; one line each, chained, for owners alone (A54)."""

from __future__ import annotations

import hashlib
import json
import logging
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runwatch.schema.error import StoreUnavailableError
from runwatch.schema.metric import DeleteMetrics
from runwatch.schema.run import UpdateRun
from runwatch.schema.wire import API
from runwatch.server.auth import audit, password, refusal
from runwatch.server.auth.access import Access
from runwatch.server.auth.audit import TEXT_CHARS, Audit
from runwatch.server.auth.role import Role
from runwatch.server.auth.trail import is_change, object_of
from runwatch.server.settings import Settings
from runwatch.server.state.database import NAME, State
from runwatch.server.view import UpdateView
from runwatch.testing.sample import new_run
from tests.unit.server.auth.scene import PASSWORD, Scene, scene
from tests.unit.server.auth.test_matrix import ENDPOINTS


@pytest.fixture
def team(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr(password, "MEMORY_KIB", 8_192)
    with scene(Settings(auth="team")) as found:
        yield found


def test_every_change_and_every_refusal_leaves_one_line(team: Scene) -> None:
    ada, eve = team.invited("Ada", Role.OWNER), team.invited("Eve", Role.VIEWER)
    run = new_run(team.store).run_id
    before = len(team.audited())
    ada.post(f"{API}/users:create", {"name": "Bob", "role": "viewer"})
    ada.post(f"{API}/users:create", {"name": "Bob", "role": "viewer"})
    ada.post(f"{API}/runs:update", {"run_id": run, "status": "Running"})
    ada.post(f"{API}/runs:delete", {"run_ids": [run]})
    eve.post(f"{API}/runs:delete", {"run_ids": [run]})
    team.browser().post(f"{API}/session", {"name": "Ada", "password": "wrong"})
    team.program("rw_pat_wrong").get(f"{API}/info")
    token = ada.post(f"{API}/tokens:create", {"name": "ci"}).json()
    team.program(token["secret"]).post(f"{API}/experiments:create", {"name": "x"})
    ada.ask("DELETE", f"{API}/session")
    assert team.audited()[before:] == [
        ("Ada", "users.create", "name=Bob", "done"),
        ("Ada", "users.create", "name=Bob", "conflict"),
        ("Ada", "runs.update", f"run_id={run}", "done"),
        ("Ada", "runs.delete", f"run_ids={run}", "done"),
        ("Eve", "runs.delete", "", "permission_denied"),
        ("", "session.create", "name=Ada", "authentication"),
        ("", "info", "", "authentication"),
        ("Ada", "tokens.create", "name=ci", "done"),
        ("Ada", "runs.create_experiment", "name=x", "done"),
        ("Ada", "session.delete", "", "done"),
    ]
    line = team.access.audit.list(limit=2)[1]
    assert line.token_id == token["token"]["token_id"]
    assert line.address == "127.0.0.1"
    assert len(line.request_id) == 16


def test_an_answer_carries_the_id_of_its_line(team: Scene) -> None:
    answer = team.invited("Ada", Role.OWNER).post(f"{API}/users:create", {"name": "Bob"})
    assert team.access.audit.list(limit=1)[0].request_id == answer.headers["x-request-id"]


def test_looking_and_recording_leave_none(team: Scene) -> None:
    ada = team.invited("Ada", Role.OWNER)
    run = new_run(team.store).run_id
    before = team.audited()
    ada.get(f"{API}/info")
    ada.post(f"{API}/runs:list", {})
    ada.post(f"{API}/audit:list", {})
    ada.post(f"{API}/users:list", {})
    ada.post(f"{API}/runs:update", {"run_id": run, "contact": True})
    ada.post(f"{API}/artifacts:append", {"run_id": run, "path": "a", "offset": 0, "data": ""})
    team.client.get(f"{API}/info")  # somebody without any proof is no refused sign-in
    assert team.audited() == before


def test_what_counts_as_a_change() -> None:
    assert {name for name, each in ENDPOINTS.items() if each.permission not in {"read", "public", "record"}} - {
        name for name, each in ENDPOINTS.items() if is_change(each, None)
    } == {"users.list", "audit.list", "audit.verify", "run_tokens.list"}
    update = ENDPOINTS["runs.update"]
    assert not is_change(update, UpdateRun(run_id="x", contact=True, at=1.0))
    assert is_change(update, UpdateRun(run_id="x", hidden=False))
    assert is_change(update, UpdateRun(run_id="x", contact=True, display_name=None))


def test_no_secret_is_written_down(team: Scene) -> None:
    _, secret = team.access.users.create("Ada", Role.OWNER)
    browser = team.browser()
    browser.post(f"{API}/session:invitation", {"invitation": secret, "password": PASSWORD})
    browser.post(f"{API}/session", {"name": "Ada", "password": "wrong but typed", "token": "a token"})
    made = browser.post(f"{API}/tokens:create", {"name": "ci"}).json()["secret"]
    lines = str(team.access.audit.list())
    for leak in (secret, PASSWORD, "wrong but typed", "a token", made):
        assert leak not in lines


def test_owners_read_it_page_by_page_and_others_do_not(team: Scene) -> None:
    ada, bob, eve = (
        team.invited(name, role)
        for name, role in (("Ada", Role.OWNER), ("Bob", Role.CONTRIBUTOR), ("Eve", Role.VIEWER))
    )
    for number in range(7):
        ada.post(f"{API}/experiments:create", {"name": f"x{number}"})
    for other in (bob, eve):
        assert other.post(f"{API}/audit:list", {}).status == 403
        assert other.post(f"{API}/audit:verify", {}).status == 403
    numbers, before = [], None
    while True:
        page = ada.post(f"{API}/audit:list", {"limit": 4, "before": before}).json()
        numbers += [entry["number"] for entry in page["entries"]]
        before = page["next_before"]
        if before is None:
            break
    assert numbers == list(range(14, 0, -1))  # three invitations, seven changes, four refusals
    assert ada.post(f"{API}/audit:list", {"limit": 100_000}).status == 400
    assert ada.post(f"{API}/audit:verify", {}).json()["broken_at"] is None


def test_a_name_cannot_forge_a_line_or_a_column(team: Scene) -> None:
    forged = 'x\n2 owner users.delete name="Ada" done\r\x1b[2J\u202e'
    ada = team.invited("Ada", Role.OWNER)
    before = len(team.audited())
    ada.post(f"{API}/users:create", {"name": forged})
    team.browser().post(f"{API}/session", {"name": forged + "y" * 10_000, "password": "x"})
    lines = team.audited()[before:]
    assert [(operation, outcome) for _, operation, _, outcome in lines] == [
        ("users.create", "invalid_value"), ("session.create", "authentication"),
    ]  # fmt: skip
    assert len(lines[1][2]) == TEXT_CHARS


def test_the_object_of_a_line_is_what_the_request_names() -> None:
    many = tuple(str(number) for number in range(12))
    assert object_of((UpdateView(view_id="v", state={"password": "x"}), {})) == "view_id=v"
    assert object_of((DeleteMetrics(run_id="r", names=many), None)) == "run_id=r names=0,1,2,3,4,5,6,7,8,9,… (12)"
    assert object_of((None, {"name": 5, "token": "secret", "path": None})) == "name=5"


def test_a_flood_of_refusals_is_cut_short_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusal, "REFUSALS", 3)
    monkeypatch.setattr(refusal, "ADDRESSES", 2)
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    counted = refusal.Refusals()
    assert [counted.admit("a") for _ in range(8)] == [0, 0, 0, None, None, None, None, None]
    assert counted.admit("b") == 0
    now[0] = 61.0
    assert [counted.admit("a") for _ in range(4)] == [5, 0, 0, None]
    for number in range(100):
        counted.admit(str(number))
    assert len(counted._seen) == 2


def test_the_chain_is_what_the_page_of_the_format_says() -> None:
    log = Audit(State())
    log.append("runs.delete", "done", actor="Ünal", about="run_ids=x", address="::1", request_id="r", token_id="t")
    log.append("info", "authentication")
    before = ""
    for entry in reversed(log.list()):
        line = [
            entry.number, entry.at, entry.actor, entry.token_id, entry.operation, entry.object, entry.outcome,
            entry.address, entry.request_id,
        ]  # fmt: skip
        before = hashlib.sha256(f"{before}\n{json.dumps(line)}".encode()).hexdigest()
        assert entry.hash == before
    assert log.verify().head == before


DAMAGE = [
    ("UPDATE audit SET actor = 'Bob' WHERE number = 12", 12),
    ("UPDATE audit SET at = at + 1 WHERE number = 25", 25),
    ("DELETE FROM audit WHERE number = 7", 7),
    ("DELETE FROM audit WHERE number = 1", 1),
    ("DELETE FROM audit WHERE number > 24", 25),
    ("DELETE FROM audit", 1),
    ("UPDATE audit SET hash = (SELECT hash FROM audit WHERE number = 3) WHERE number = 4", 4),
    ("UPDATE audit SET actor = object, object = actor WHERE number = 4", 4),
]


@pytest.mark.parametrize(("damage", "where"), DAMAGE)
def test_what_was_altered_removed_or_cut_off_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str, where: int
) -> None:
    monkeypatch.setattr(audit, "_PAGE", 10)
    state = State(tmp_path)
    log = Audit(state)
    assert log.verify() == audit.Verdict(entries=0, broken_at=None, head="")
    for number in range(25):
        log.append("runs.delete", "done", actor="Ada", about=f"run_ids={number}")
    sound = log.verify()
    assert (sound.entries, sound.broken_at, len(sound.head)) == (25, None, 64)
    raw = sqlite3.connect(tmp_path / NAME)  # somebody who may write to the file may do what the triggers forbid
    raw.executescript(f"DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; {damage}")
    raw.close()
    assert log.verify().broken_at == where
    state.close()


def test_a_log_that_cannot_be_written_is_noticed(
    team: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ada = team.invited("Ada", Role.OWNER)

    def full(*words: object, **more: object) -> None:
        raise StoreUnavailableError("The disk is full.")

    monkeypatch.setattr(team.access.audit, "append", full)
    with caplog.at_level(logging.ERROR):
        assert ada.post(f"{API}/experiments:create", {"name": "x"}).status == 200  # it was made, and is answered so
    assert "audit log could not be written" in caplog.text


def test_it_is_durable(tmp_path: Path) -> None:
    access = Access.open(tmp_path, "w")
    access.audit.append("a", "done")
    access.close()
    again = Access.open(tmp_path, "w")
    assert [entry.operation for entry in again.audit.list()] == ["a"]
    again.close()
