"""Saved views: one's own, shared ones, and long links by hash."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from runwatch.schema.wire import API, MSGPACK
from runwatch.server import view
from runwatch.server.auth import password
from runwatch.server.auth.role import Role
from runwatch.server.settings import Settings
from runwatch.testing.sample import new_run
from tests.unit.server.auth.scene import Browser, Scene, scene
from tests.unit.server.served import Client

STATE = {"columns": ["loss.min", "p.lr"], "filter": 'x = "ü"', "deep": {"b": 1, "a": [None, True, 1.5]}}


@pytest.fixture(scope="module")
def team() -> Iterator[Scene]:
    patch = pytest.MonkeyPatch()
    patch.setattr(password, "MEMORY_KIB", 8_192)
    with scene(Settings(auth="team")) as found:
        yield found
    patch.undo()


@pytest.fixture(scope="module")
def people(team: Scene) -> tuple[Browser, Browser, Browser]:
    """An owner and two viewers."""
    return team.invited("Ada", Role.OWNER), team.invited("Bob", Role.VIEWER), team.invited("Eve", Role.VIEWER)


def create(who: Client, **changes: Any) -> Any:
    answer = who.post(f"{API}/views:create", {"kind": "runs", "state": STATE} | changes)
    assert answer.status == 200, answer.body
    return answer.json()


def names(who: Client, **conditions: Any) -> list[str]:
    return [each["name"] for each in who.post(f"{API}/views:list", conditions).json()["views"]]


def test_a_view_comes_back_as_it_was_saved_changed_and_deleted(people: tuple[Browser, Browser, Browser]) -> None:
    _, bob, _ = people
    made = create(bob, name="mine")
    assert bob.post(f"{API}/views:get", {"view_id": made["view_id"]}).json() == made
    assert made["state"] == STATE
    assert made["own"]
    changed = bob.post(f"{API}/views:update", {"view_id": made["view_id"], "name": "other"}).json()
    assert (changed["name"], changed["state"], changed["shared"]) == ("other", STATE, False)
    changed = bob.post(f"{API}/views:update", {"view_id": made["view_id"], "state": {}, "shared": True}).json()
    assert (changed["name"], changed["state"], changed["shared"]) == ("other", {}, True)
    assert changed["changed_at"] >= made["changed_at"]
    assert bob.post(f"{API}/views:delete", {"view_id": made["view_id"]}).status == 200
    assert bob.post(f"{API}/views:get", {"view_id": made["view_id"]}).status == 404
    assert bob.post(f"{API}/views:delete", {"view_id": made["view_id"]}).status == 404


def test_others_see_what_is_shared_and_change_nothing(people: tuple[Browser, Browser, Browser]) -> None:
    ada, bob, eve = people
    own, shared = create(bob, name="a own"), create(bob, name="b shared", shared=True)
    create(bob, name="c charts", kind="charts")
    assert names(bob) == ["a own", "b shared", "c charts"]
    assert names(bob, kind="charts") == ["c charts"]
    assert names(eve) == ["b shared"]
    assert eve.post(f"{API}/views:get", {"view_id": own["view_id"]}).status == 404
    assert not eve.post(f"{API}/views:get", {"view_id": shared["view_id"]}).json()["own"]
    for view_id in (own["view_id"], shared["view_id"]):
        assert eve.post(f"{API}/views:update", {"view_id": view_id, "name": "x"}).status == 404
        assert eve.post(f"{API}/views:delete", {"view_id": view_id}).status == 404
        assert ada.post(f"{API}/views:update", {"view_id": view_id, "name": "x"}).status == 404
    assert ada.post(f"{API}/views:delete", {"view_id": shared["view_id"]}).status == 200
    assert names(eve) == []


def test_pages_hold_all_views_once(people: tuple[Browser, Browser, Browser]) -> None:
    _, _, eve = people
    for number in range(7):
        create(eve, name=f"view {number}", kind="pages")
    found, cursor = [], None
    while True:
        page = eve.post(f"{API}/views:list", {"kind": "pages", "limit": 3, "cursor": cursor}).json()
        found += [each["name"] for each in page["views"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == [f"view {number}" for number in range(7)]


def test_an_unnamed_view_is_known_by_its_content(people: tuple[Browser, Browser, Browser]) -> None:
    ada, bob, eve = people
    first = create(bob)
    again = create(eve, state=dict(reversed(STATE.items())))
    assert first["view_id"] == again["view_id"]
    assert first["view_id"].startswith(view.HASH_PREFIX)
    content = json.dumps(STATE, sort_keys=True, separators=(",", ":")).encode()
    hashed = hashlib.sha256(b"runs\n" + content).digest()[:18]
    assert first["view_id"] == view.HASH_PREFIX + base64.urlsafe_b64encode(hashed).decode()
    assert create(bob, kind="charts")["view_id"] != first["view_id"]
    assert create(bob, state={**STATE, "x": 1})["view_id"] != first["view_id"]
    assert ada.post(f"{API}/views:get", {"view_id": first["view_id"]}).json()["state"] == STATE
    assert "" not in names(bob)
    assert bob.post(f"{API}/views:update", {"view_id": first["view_id"], "state": {}}).status == 404  # links stay true


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "runs", "state": {"x": "y" * view.STATE_BYTES}}, 413),
        ({"kind": "runs", "state": {"x": "y" * (view.STATE_BYTES - len('{"x":""}'))}}, 200),
        ({"kind": "runs", "state": {"x": "y" * 4 * view.STATE_BYTES}}, 413),
        ({"kind": "runs", "state": []}, 400),
        ({"kind": "runs", "state": None}, 400),
        ({"kind": "", "state": {}}, 400),
        ({"kind": "../x", "state": {}}, 400),
        ({"kind": "runs", "name": "x" * 201, "state": {}}, 400),
    ],
)
def test_limits_hold(people: tuple[Browser, Browser, Browser], body: dict[str, Any], status: int) -> None:
    assert people[1].post(f"{API}/views:create", body).status == status


def test_what_json_lacks_is_refused(people: tuple[Browser, Browser, Browser]) -> None:
    body = msgspec.msgpack.encode({"kind": "runs", "state": {"x": float("nan")}})
    answer = people[1].post(f"{API}/views:create", raw=body, headers={"content-type": MSGPACK})
    assert (answer.status, answer.json()["code"]) == (400, "invalid_value")


def test_nobody_fills_the_disk(people: tuple[Browser, Browser, Browser], monkeypatch: pytest.MonkeyPatch) -> None:
    ada, _, _ = people
    monkeypatch.setattr(view, "NAMED", 2)
    monkeypatch.setattr(view, "UNNAMED", 3)
    create(ada, name="1")
    create(ada, name="2")
    assert ada.post(f"{API}/views:create", {"kind": "runs", "name": "3", "state": {}}).status == 413
    ids = [create(ada, state={"number": number})["view_id"] for number in range(5)]
    there = [ada.post(f"{API}/views:get", {"view_id": view_id}).status for view_id in ids]
    assert there == [404, 404, 200, 200, 200]


def test_the_one_user_of_a_machine_has_views_too(client: Client) -> None:
    made = create(client, name="x")
    assert (made["owner"], made["own"]) == ("local", True)


def test_a_job_has_none(team: Scene) -> None:
    job = team.program(team.access.run_tokens.create(new_run(team.store).run_id, 1, "Ada")[1])
    assert job.post(f"{API}/views:list", {}).status == 403
    assert job.post(f"{API}/views:create", {"kind": "runs", "state": {}}).status == 403
