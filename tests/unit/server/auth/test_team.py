"""A server of a team: invitations, passwords, roles, API tokens (A48, A49, A52, A53)."""

from __future__ import annotations

import time
from collections.abc import Iterator

import anyio
import argon2
import pytest
from sqlalchemy import select, update
from starlette.requests import Request
from starlette.responses import Response

from runwatch.schema.error import ConflictError, InvalidValueError, LimitError
from runwatch.schema.operation import Permission
from runwatch.schema.wire import API
from runwatch.server import policy
from runwatch.server.auth import password, session, token
from runwatch.server.auth.role import Role
from runwatch.server.auth.secret import USER_PREFIX
from runwatch.server.auth.throttle import Throttle, ThrottledError
from runwatch.server.call import Call
from runwatch.server.endpoint import Endpoint
from runwatch.server.opening import open_app
from runwatch.server.settings import Settings
from runwatch.server.state.table import tickets, tokens, users
from tests.unit.server.auth.scene import PASSWORD, Browser, Scene, scene
from tests.unit.server.served import served


@pytest.fixture
def team(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr(password, "MEMORY_KIB", 8_192)  # the tests sign in often
    monkeypatch.setattr(password, "_nobody", "")
    with scene(Settings(auth="team")) as found:
        yield found


def sign_in(team: Scene, name: str, word: str = PASSWORD) -> tuple[int, Browser]:
    browser = team.browser()
    return browser.post(f"{API}/session", {"name": name, "password": word}).status, browser


def test_there_is_no_user_and_no_password_to_begin_with(team: Scene) -> None:
    assert team.access.users.list() == ()
    for name in ("admin", "root", "owner", "runwatch", ""):
        for word in ("", "admin", "password", "changeme", "runwatch"):
            team.access.throttle = Throttle()
            assert sign_in(team, name, word)[0] == 401
    assert team.program(team.access.secret or "").get(f"{API}/info").status == 401
    assert team.browser().post(f"{API}/session", {"token": team.access.secret}).status == 401


def test_what_let_somebody_in_before_the_server_had_users_does_so_no_more(team: Scene) -> None:
    ada = team.invited("Ada", Role.OWNER)
    pat = ada.post(f"{API}/tokens:create", {"name": "x"}).json()["secret"]
    with team.access.state.write() as connection:
        local = session.create(connection, None, "")
    for mode, secret, inside in (
        ("team", local, False),
        ("local", local, True),
        ("team", next(iter(ada.cookies.values())), True),
        ("local", next(iter(ada.cookies.values())), False),
    ):
        with served(open_app(team.store, Settings(auth=mode), team.access)) as client:  # type: ignore[arg-type]
            name = f"runwatch-{client.port}-{team.access.workspace_id[:8]}"
            assert (Browser(client.port, cookies={name: secret}).get(f"{API}/info").status == 200) is inside
            bearer = {"authorization": f"Bearer {pat}"}
            assert (client.get(f"{API}/info", headers=bearer).status == 200) is (mode == "team")


def test_an_invitation_holds_once_for_its_user_and_not_for_long(team: Scene) -> None:
    _, secret = team.access.users.create("Ada", Role.OWNER)
    take = {"invitation": secret, "password": PASSWORD}
    weak = team.browser().post(f"{API}/session:invitation", {**take, "password": "short"})
    assert (weak.status, weak.json()["code"]) == (400, "invalid_value")
    browser = team.browser()
    answer = browser.post(f"{API}/session:invitation", take)  # a weak password did not use it up
    assert (answer.status, answer.json()["name"]) == (200, "Ada")
    assert "admin" in browser.get(f"{API}/session").json()["permissions"]
    assert team.browser().post(f"{API}/session:invitation", take).status == 401
    assert sign_in(team, "ADA")[0] == 200
    user = team.access.users.named("ada")
    first, second = team.access.users.invite(user.user_id), team.access.users.invite(user.user_id)
    assert team.browser().post(f"{API}/session:invitation", {**take, "invitation": first}).status == 401
    with team.access.state.write() as connection:
        connection.execute(update(tickets).values(expires_at=0.0))
    assert team.browser().post(f"{API}/session:invitation", {**take, "invitation": second}).status == 401


def test_a_reset_ends_every_session_of_the_user(team: Scene) -> None:
    browser = team.invited("Ada", Role.OWNER)
    other = team.invited("Bob")
    secret = team.access.users.invite(team.access.users.named("Ada").user_id)
    assert browser.get(f"{API}/info").status == 200
    team.browser().post(f"{API}/session:invitation", {"invitation": secret, "password": f"{PASSWORD} again"})
    assert browser.get(f"{API}/info").status == 401
    assert other.get(f"{API}/info").status == 200
    assert sign_in(team, "Ada")[0] == 401
    assert sign_in(team, "Ada", f"{PASSWORD} again")[0] == 200


@pytest.mark.parametrize("weak", ["", "x" * 11, "aaaaaaaaaaaaaaaa", "my name is ada lovelace ada", "x" * 1_025])
def test_weak_passwords_are_refused(weak: str) -> None:
    with pytest.raises(InvalidValueError):
        password.check(weak, "ada")
    assert password.check("x1y2" * 3, "ada")


def test_passwords_are_stored_as_argon2id_alone(team: Scene) -> None:
    team.invited("Ada")
    with team.access.state.read() as connection:
        (stored,) = connection.execute(select(users.c.password_hash)).scalars().all()
        dump = "".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
    assert stored is not None
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in dump


def test_changing_a_password_needs_the_old_one_and_ends_other_sessions(team: Scene) -> None:
    browser, (_, other) = team.invited("Ada"), sign_in(team, "Ada")
    change = {"old": PASSWORD, "new": "another long password"}
    assert browser.post(f"{API}/session:password", {**change, "old": "wrong"}).status == 401
    assert browser.post(f"{API}/session:password", {**change, "new": "short"}).status == 400
    assert browser.post(f"{API}/session:password", change).status == 200
    assert browser.get(f"{API}/info").status == 200
    assert other.get(f"{API}/info").status == 401
    answers = [browser.post(f"{API}/session:password", {**change, "old": "guess"}).status for _ in range(8)]
    assert answers[-1] == 429


def test_guessing_is_slowed_down_by_account_and_by_address() -> None:
    now = [0.0]
    throttle = Throttle(lambda: now[0])

    def tries(account: str, address: str) -> bool:
        try:
            throttle.attempt(account, address)
        except ThrottledError as error:
            return bool(error.detail["retry_after_s"] <= 0)
        return True

    looked_at = 0
    for _ in range(600):  # ten minutes, one try a second, each from another address
        now[0] += 1
        looked_at += tries("ada", f"10.0.{now[0] // 250:.0f}.{now[0] % 250:.0f}")
    assert looked_at <= 5 + 9
    now[0] += 10_000
    looked_at = sum(tries(f"name {number}", "10.9.9.9") for number in range(100))
    assert looked_at == 21
    assert tries("name", "10.9.9.8")
    assert sum(tries(f"six {n}", f"2001:db8::{n:x}") for n in range(100)) == 21  # one person has a whole /64
    for number in range(20_000):
        tries(f"flood {number}", f"10.{number % 200}.{number // 200}.1")
    assert len(throttle._records) <= 10_001


def test_a_success_starts_the_account_afresh() -> None:
    throttle = Throttle(lambda: 0.0)
    for _ in range(50):
        throttle.attempt("ada", "10.0.0.1")
        throttle.succeed("ada", "10.0.0.1")


def test_a_hundred_wrong_passwords_are_throttled_and_say_the_same_for_unknown_users(team: Scene) -> None:
    team.invited("Ada")
    for name in ("Ada", "nobody"):
        team.access.throttle = Throttle()
        answers = [team.browser().post(f"{API}/session", {"name": name, "password": "x" * 12}) for _ in range(100)]
        assert {answer.status for answer in answers} == {401, 429}
        assert sum(answer.status == 401 for answer in answers) <= 12
        assert {answer.json()["message"] for answer in answers if answer.status == 401} == {
            "Name and password do not belong together."
        }
        refused = next(answer for answer in answers if answer.status == 429)
        assert int(refused.headers["retry-after"]) >= 1


def test_an_unknown_user_costs_as_much_as_a_known_one(team: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    team.invited("Ada")
    computed: list[str] = []
    verify = argon2.PasswordHasher.verify

    def counted(self: argon2.PasswordHasher, stored: str, word: str) -> bool:
        computed.append(stored.rsplit("$", 2)[0])  # algorithm and cost
        return verify(self, stored, word)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counted)
    for name in ("Ada", "nobody", "Ada"):
        assert sign_in(team, name, "wrong")[0] == 401
    assert len(computed) == 3
    assert len(set(computed)) == 1


def test_roles_hold_at_once_and_the_last_owner_stays(team: Scene) -> None:
    ada, bob = team.invited("Ada", Role.OWNER), team.invited("Bob", Role.CONTRIBUTOR)
    create = f"{API}/experiments:create"
    assert bob.post(create, {"name": "x"}).status == 200
    assert bob.post(f"{API}/users:list", {}).status == 403
    assert ada.post(f"{API}/users:update", {"name": "bob", "role": "viewer"}).status == 200
    assert bob.post(create, {"name": "y"}).status == 403
    assert ada.post(f"{API}/users:update", {"name": "Ada", "role": "viewer"}).json()["code"] == "conflict"
    assert ada.post(f"{API}/users:delete", {"name": "Ada"}).status == 409
    assert ada.post(f"{API}/users:update", {"name": "Bob", "role": "owner"}).status == 200
    assert ada.post(f"{API}/users:delete", {"name": "Ada"}).status == 200
    assert ada.get(f"{API}/info").status == 401
    assert [user["name"] for user in bob.post(f"{API}/users:list", {}).json()["users"]] == ["Bob"]


def test_a_stream_that_asks_again_learns_that_it_may_not_go_on(team: Scene) -> None:
    browser = team.invited("Ada", Role.OWNER)
    name, value = next(iter(browser.cookies.items()))
    app = open_app(team.store, Settings(auth="team"), team.access)
    scope = {
        "type": "http", "method": "GET", "path": "/", "server": ("127.0.0.1", team.client.port),
        "headers": [(b"cookie", f"{name}={value}".encode())],
    }  # fmt: skip
    reads = Endpoint(name="x", verb="GET", path="/x", permission=Permission.READ, handle=_never, summary="")
    rules = Endpoint(name="y", verb="GET", path="/y", permission=Permission.ADMIN, handle=_never, summary="")

    def holds(endpoint: Endpoint) -> bool:
        return anyio.run(policy.holds, app.state.services, Request(scope), endpoint)

    team.access.users.create("Bob", Role.OWNER)
    assert holds(reads)
    assert holds(rules)
    team.access.users.set_role(team.access.users.named("Ada").user_id, Role.VIEWER)
    assert holds(reads)
    assert not holds(rules)
    assert browser.ask("DELETE", f"{API}/session").status == 200
    assert not holds(reads)


async def _never(call: Call) -> Response:
    raise AssertionError


@pytest.mark.parametrize("name", ["", "a b", "../x", "x\n", "\u202eabc", "x" * 65, "\0", "<b>"])
def test_names_that_could_deceive_are_refused(team: Scene, name: str) -> None:
    with pytest.raises(InvalidValueError):
        team.access.users.create(name, Role.VIEWER)


def test_names_that_look_alike_are_one(team: Scene) -> None:
    team.access.users.create("ada", Role.VIEWER)
    for name in ("ADA", "ａｄａ"):
        with pytest.raises(ConflictError):
            team.access.users.create(name, Role.VIEWER)


def test_an_api_token_is_shown_once_and_does_what_its_user_may(team: Scene) -> None:
    ada, bob = team.invited("Ada", Role.OWNER), team.invited("Bob", Role.CONTRIBUTOR)
    made = bob.post(f"{API}/tokens:create", {"name": "ci", "role": "owner"}).json()
    assert made["secret"].startswith(USER_PREFIX)
    assert made["token"]["role"] == "contributor"  # never more than its user's
    assert 89 * 86_400 < made["token"]["expires_at"] - time.time() < 91 * 86_400
    program = team.program(made["secret"])
    assert program.post(f"{API}/experiments:create", {"name": "x"}).status == 200  # a token needs no proof header
    assert program.post(f"{API}/tokens:create", {"name": "more"}).status == 403
    with team.access.state.read() as connection:
        dump = "".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
    assert made["secret"] not in dump
    listed = bob.post(f"{API}/tokens:list", {}).json()["tokens"]
    assert [(each["name"], each["used_at"] is not None, "secret" in each) for each in listed] == [("ci", True, False)]
    assert bob.post(f"{API}/tokens:list", {"everybody": True}).status == 403
    assert len(ada.post(f"{API}/tokens:list", {"everybody": True}).json()["tokens"]) == 1
    ada.post(f"{API}/users:update", {"name": "Bob", "role": "viewer"})
    assert program.post(f"{API}/experiments:create", {"name": "y"}).status == 403
    assert program.get(f"{API}/info").status == 200
    ada.post(f"{API}/users:delete", {"name": "Bob"})
    assert program.get(f"{API}/info").status == 401


def test_a_token_is_revoked_by_its_user_and_by_owners_and_expires(team: Scene) -> None:
    ada, bob, eve = (
        team.invited(name, role) for name, role in (("Ada", Role.OWNER), ("Bob", Role.VIEWER), ("Eve", Role.VIEWER))
    )

    def make() -> tuple[str, str]:
        made = bob.post(f"{API}/tokens:create", {"name": "x", "role": "viewer"}).json()
        assert team.program(made["secret"]).get(f"{API}/info").status == 200
        return made["token"]["token_id"], made["secret"]

    for who in (bob, ada):
        token_id, secret = make()
        assert eve.post(f"{API}/tokens:revoke", {"token_id": token_id}).status == 404
        assert who.post(f"{API}/tokens:revoke", {"token_id": token_id}).json()["revoked_at"]
        assert team.program(secret).get(f"{API}/info").status == 401
    _, secret = make()
    with team.access.state.write() as connection:
        connection.execute(update(tokens).values(expires_at=time.time() - 1))
    assert team.program(secret).get(f"{API}/info").status == 401


def test_a_token_keeps_its_role_when_its_user_rises(team: Scene) -> None:
    user, _ = team.access.users.create("Eve", Role.VIEWER)
    made, secret = team.access.tokens.create(user, "x", Role.OWNER)
    assert made.role is Role.VIEWER
    team.access.users.set_role(user.user_id, Role.OWNER)
    assert team.access.tokens.get(made.token_id).role is Role.VIEWER
    assert team.program(secret).post(f"{API}/users:list", {}).status == 403


def test_a_user_has_no_more_tokens_than_can_be_overseen(team: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token, "MOST", 3)
    user, _ = team.access.users.create("Ada", Role.OWNER)
    for _ in range(3):
        made, _ = team.access.tokens.create(user, "x", Role.OWNER)
    with pytest.raises(LimitError):
        team.access.tokens.create(user, "x", Role.OWNER)
    team.access.tokens.revoke(made.token_id)
    team.access.tokens.create(user, "x", Role.OWNER)
    for wrong in (0.0, -1.0, token.LONGEST_S + 1, float("nan"), float("inf")):
        with pytest.raises(InvalidValueError):
            team.access.tokens.create(user, "x", Role.OWNER, wrong)
