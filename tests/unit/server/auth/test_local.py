"""A server of one user: link, cookie, token, sign-out (A37, A39, A43, A48, A57)."""

from __future__ import annotations

import itertools
import logging
import re
import stat
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Literal

import pytest
import uvicorn
from sqlalchemy import update

from runwatch.schema.error import AuthenticationException, WorkspaceException
from runwatch.schema.wire import API
from runwatch.server.app import make_app
from runwatch.server.auth import password, secret, session, ticket
from runwatch.server.auth.access import Access
from runwatch.server.auth.role import Role
from runwatch.server.opening import open_app
from runwatch.server.policy import PROOF_HEADER
from runwatch.server.service import Services
from runwatch.server.settings import Settings
from runwatch.server.state.table import sessions
from runwatch.store.sql.store import SqlStore
from runwatch.testing.sample import new_run
from tests.unit.server.auth.scene import PASSWORD, Browser, Scene, scene
from tests.unit.server.auth.test_matrix import call
from tests.unit.server.served import served


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    # Without the studio, which may be built here or not: its page is plain HTML then.
    with scene(Settings(studio="/nowhere"), tmp_path_factory.mktemp("workspace")) as found:
        yield found


def token_of(link: str) -> str:
    return link.split("#token=")[1]


def signed_in(local: Scene) -> Browser:
    browser = local.browser()
    answer = browser.post(f"{API}/session", {"token": local.access.secret})
    assert answer.status == 200, answer.body
    return browser


def test_the_token_is_made_once_private_and_random(tmp_path: Path) -> None:
    first = Access.open(tmp_path, "w")
    again = Access.open(tmp_path, "w")
    assert first.secret == again.secret
    assert first.secret is not None
    assert len(first.secret) >= 43
    assert stat.S_IMODE((tmp_path / secret.FILE).stat().st_mode) == 0o600
    first.close()
    again.close()
    assert secret.workspace_secret(tmp_path) == first.secret


@pytest.mark.parametrize("planted", ["", "short", "admin"])
def test_a_planted_token_is_refused(tmp_path: Path, planted: str) -> None:
    (tmp_path / secret.FILE).write_text(planted)
    (tmp_path / secret.FILE).chmod(0o600)
    with pytest.raises(WorkspaceException, match="holds no token"):
        Access.open(tmp_path, "w")
    (tmp_path / secret.FILE).unlink()
    (tmp_path / secret.FILE).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(WorkspaceException, match="symbolic link"):
        Access.open(tmp_path, "w")


def test_a_link_becomes_a_session_whose_cookie_no_script_and_no_other_site_gets(local: Scene) -> None:
    link = local.access.link("http://127.0.0.1:1/", "/runs/x")
    assert link.startswith("http://127.0.0.1:1/runs/x#token=")
    browser = local.browser()
    answer = browser.post(f"{API}/session", {"token": token_of(link)})
    assert answer.status == 200
    ((name, morsel),) = SimpleCookie(answer.headers["set-cookie"]).items()
    assert name == f"runwatch-{local.client.port}-{local.access.workspace_id[:8]}"
    assert morsel["httponly"]
    assert morsel["samesite"] == "strict"
    assert morsel["path"] == "/"
    assert morsel["domain"] == ""
    assert morsel["max-age"] == ""
    assert str(local.access.secret) not in answer.headers["set-cookie"]
    assert browser.get(f"{API}/info").status == 200
    assert browser.post(f"{API}/runs:list", {}).status == 200


def test_behind_tls_the_cookie_is_bound_to_host_and_tls() -> None:
    with scene(Settings(hosts=("runs.example.org",))) as local:
        browser = Browser(local.client.port, {"host": "runs.example.org", "origin": "https://runs.example.org"})
        answer = browser.post(f"{API}/session", {"token": local.access.secret})
        ((name, morsel),) = SimpleCookie(answer.headers["set-cookie"]).items()
        assert name.startswith("__Host-runwatch-")
        assert morsel["secure"]
        assert browser.get(f"{API}/info").status == 200


def test_a_browser_ticket_works_once_and_not_for_long(local: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    token = token_of(local.access.browser_link("http://x"))
    assert token != local.access.secret
    assert local.browser().post(f"{API}/session", {"token": token}).status == 200
    assert local.browser().post(f"{API}/session", {"token": token}).status == 401
    monkeypatch.setattr(ticket, "BROWSER_S", -1.0)
    late = token_of(local.access.browser_link("http://x"))
    assert local.browser().post(f"{API}/session", {"token": late}).status == 401
    assert local.program(token_of(local.access.browser_link("http://x"))).get(f"{API}/info").status == 401


def test_a_ticket_is_good_for_its_purpose_alone(local: Scene) -> None:
    user, invitation = local.access.users.create("Bob", Role.OWNER)
    assert local.browser().post(f"{API}/session", {"token": invitation}).status == 401
    with pytest.raises(AuthenticationException):
        local.access.users.accept(token_of(local.access.browser_link("http://x")), PASSWORD)
    assert not local.access.users.get(user.user_id).active


@pytest.mark.parametrize("wrong", ["", "x", "null", "0" * 43, "rw_pat_" + "0" * 43, "\0", "é" * 43])
def test_a_wrong_token_is_refused_and_no_session_begins(local: Scene, wrong: str) -> None:
    answer = local.browser().post(f"{API}/session", {"token": wrong})
    assert (answer.status, answer.json()["code"]) == (401, "authentication")
    assert "set-cookie" not in answer.headers


def test_a_bearer_token_is_taken_from_the_header_alone(local: Scene) -> None:
    assert local.access.secret is not None
    assert local.program(local.access.secret).get(f"{API}/info").status == 200
    for wrong in ("x", "", f"{local.access.secret}x", local.access.secret[:-1], local.access.secret.swapcase()):
        answer = local.program(wrong).get(f"{API}/info")
        assert answer.status == 401
        assert answer.headers["www-authenticate"] == "Bearer"
    for path in (f"{API}/info?token={local.access.secret}", f"{API}/info?access_token={local.access.secret}"):
        assert local.client.get(path).status == 401
    for scheme in ("Basic", "Token", ""):
        headers = {"authorization": f"{scheme} {local.access.secret}"}
        assert local.client.get(f"{API}/info", headers=headers).status == 401


def test_no_header_of_a_proxy_names_a_user(local: Scene) -> None:
    for name in ("x-forwarded-user", "x-remote-user", "remote-user", "x-auth-request-user", "x-webauth-user"):
        assert local.client.get(f"{API}/info", headers={name: "admin"}).status == 401


def test_a_cookie_alone_changes_nothing(local: Scene) -> None:
    """Every verb, content type and fetch metadata that a page of another site could send along with the cookie."""
    browser = signed_in(local)
    body = {"name": "forged"}
    types = ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data", "application/json")
    for kind, proof in itertools.product(types, ("", "0", "true")):
        answer = browser.post(f"{API}/experiments:create", body, headers={"content-type": kind, PROOF_HEADER: proof})
        assert answer.status == 403, (kind, proof)
    for origin in ("null", "http://evil.example", f"http://localhost:{local.client.port + 1}"):
        assert browser.post(f"{API}/experiments:create", body, headers={"origin": origin}).status == 403
    for site in ("cross-site", "same-site"):
        assert browser.post(f"{API}/experiments:create", body, headers={"sec-fetch-site": site}).status == 403
    assert browser.ask("DELETE", f"{API}/session", headers={PROOF_HEADER: ""}).status == 403
    assert browser.post(f"{API}/experiments:list", {"name": "forged"}).json()["experiments"] == []
    assert browser.post(f"{API}/experiments:create", body).status == 200  # the control: with proof it works


def test_signing_out_ends_the_session_on_the_server(local: Scene) -> None:
    browser = signed_in(local)
    kept = dict(browser.cookies)
    assert browser.ask("DELETE", f"{API}/session").status == 200
    assert browser.cookies == {}
    assert Browser(local.client.port, cookies=kept).get(f"{API}/info").status == 401


def test_signing_out_everywhere_ends_all_sessions_of_the_user_and_no_others(local: Scene) -> None:
    first, second, third = signed_in(local), signed_in(local), signed_in(local)
    user, _ = local.access.users.create("Ada", Role.OWNER)
    with local.access.state.write() as connection:
        others = session.create(connection, user.user_id, "")
    assert first.ask("DELETE", f"{API}/session").status == 200
    assert second.get(f"{API}/info").status == 200
    assert second.ask("DELETE", f"{API}/session?everywhere=true").status == 200
    assert [each.get(f"{API}/info").status for each in (second, third)] == [401, 401]
    assert session.find(local.access.state, others) is not None
    fourth = signed_in(local)
    assert local.program(str(local.access.secret)).ask("DELETE", f"{API}/session?everywhere=true").status == 200
    assert fourth.get(f"{API}/info").status == 401


def test_a_session_ends_when_it_is_idle_or_old(local: Scene) -> None:
    for values in ({"seen_at": 0.0}, {"created_at": 0.0}):
        browser = signed_in(local)
        assert browser.get(f"{API}/info").status == 200
        with local.access.state.write() as connection:
            connection.execute(update(sessions).values(**values))
        assert browser.get(f"{API}/info").status == 401
    browser = signed_in(local)
    just = session.IDLE_S - 60
    with local.access.state.write() as connection:
        connection.execute(update(sessions).values(seen_at=sessions.c.seen_at - just))
    assert browser.get(f"{API}/info").status == 200


def test_a_cookie_that_was_planted_is_never_taken_over(local: Scene) -> None:
    name = f"runwatch-{local.client.port}-{local.access.workspace_id[:8]}"
    browser = Browser(local.client.port, cookies={name: "chosen-by-another-server"})
    assert browser.get(f"{API}/info").status == 401
    assert browser.post(f"{API}/session", {"token": local.access.secret}).status == 200
    assert browser.cookies[name] != "chosen-by-another-server"


def test_a_page_without_a_session_shows_how_to_sign_in_and_nothing_else(local: Scene) -> None:
    wants = {"accept": "text/html,application/xhtml+xml"}
    for path in ("/", "/api/docs"):
        answer = local.client.get(path, headers=wants)
        assert answer.status == 401
        assert b"with-token" in answer.body
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert not re.search(rb"<script(?! src=)|<style| style=| on\w+=", answer.body)
        assert local.access.workspace_id.encode() not in answer.body
    answer = local.client.get(f"{API}/info", headers=wants)
    assert answer.headers["content-type"] == "application/json"
    for path in ("/sign-in", "/sign-in/script.js", "/sign-in/style.css"):
        assert local.client.get(path).status == 200
    assert b"signed in as" in signed_in(local).get("/").body


def test_no_page_takes_an_address_to_go_on_to(local: Scene) -> None:
    plain = local.client.get("/sign-in").body
    for target in ("//evil.example", "/%5Cevil.example", "https:evil.example", "%0d%0aset-cookie:x=y"):
        for name in ("next", "url", "return", "redirect_uri"):
            answer = local.client.get(f"/sign-in?{name}={target}")
            assert (answer.status, answer.body) == (200, plain)
            assert "location" not in answer.headers
            assert "set-cookie" not in answer.headers


def test_no_secret_reaches_any_log(
    local: Scene, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The access log of uvicorn, everything else that logs, and the answers of a server that breaks down (A56)."""
    monkeypatch.setattr(uvicorn.Config, "configure_logging", lambda self: None)
    for name in ("uvicorn", "uvicorn.access", "uvicorn.error"):
        monkeypatch.setattr(logging.getLogger(name), "propagate", True)
        caplog.set_level(logging.DEBUG, name)
    caplog.set_level(logging.DEBUG)
    with scene(Settings()) as other:
        assert other.access.secret is not None
        browser = signed_in(other)
        cookie = next(iter(browser.cookies.values()))
        monkeypatch.setattr(other.store, "info", lambda: 1 / 0)
        answers = [browser.get(f"{API}/info"), other.program(other.access.secret).get(f"{API}/info")]
    assert [answer.status for answer in answers] == [500, 500]
    text = caplog.text + "".join(capfd.readouterr())
    assert "ZeroDivisionError" in text  # the control: the log is seen
    assert f"GET {API}/info" in text
    for leak in (other.access.secret, cookie):
        assert leak not in text
        assert all(leak.encode() not in answer.body for answer in answers)
    assert all(b"Traceback" not in answer.body for answer in answers)


def test_no_route_that_breaks_down_tells_a_secret(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with scene(Settings()) as local:
        browser, program = signed_in(local), local.program(str(local.access.secret))
        run = new_run(local.store).run_id
        cookie = next(iter(browser.cookies.values()))
        caplog.set_level(logging.DEBUG)

        async def broken(self: Services, name: str, threads: int, work: object) -> None:
            raise RuntimeError("broken on purpose")

        monkeypatch.setattr(Services, "_in_thread", broken)
        broke = 0
        endpoints = make_app(local.store).state.catalogue.endpoints
        for client, endpoint in itertools.product((browser, program), endpoints):
            answer = call(client, endpoint, run)
            broke += answer.status == 500
            for leak in (str(local.access.secret), cookie, "broken on purpose", "Traceback"):
                assert leak.encode() not in answer.body, endpoint.name
        assert broke > 60
        assert "broken on purpose" in caplog.text
        assert str(local.access.secret) not in caplog.text
        assert cookie not in caplog.text


def test_no_secret_lies_in_the_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Canaries: of all secrets that were used, the files hold hashes; but for the token of the machine's one user."""
    monkeypatch.setattr(password, "MEMORY_KIB", 8_192)
    store = SqlStore(tmp_path)
    access = Access.open(tmp_path, store.info().workspace_id)
    secrets = {"password": PASSWORD}
    with served(open_app(store, Settings(auth="team"), access)) as client:
        browser = Browser(client.port)
        _, secrets["invitation"] = access.users.create("Ada", Role.OWNER)
        take = {"invitation": secrets["invitation"], "password": PASSWORD}
        assert browser.post(f"{API}/session:invitation", take).status == 200
        secrets["cookie"] = next(iter(browser.cookies.values()))
        secrets["token"] = browser.post(f"{API}/tokens:create", {"name": "x"}).json()["secret"]
        run = new_run(store).run_id
        secrets["job"] = browser.post(f"{API}/run-tokens:create", {"run_id": run}).json()["secret"]
        secrets["ticket"] = token_of(access.browser_link("http://x"))
        files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert any(b"Ada" in content for content in files.values())  # the control: what is there is found
    for name, text in secrets.items():
        assert [path.name for path, content in files.items() if text.encode() in content] == [], name
    holders = [path.name for path, content in files.items() if str(access.secret).encode() in content]
    assert holders == [secret.FILE]
    access.close()
    store.close()


@pytest.mark.parametrize(("auth", "mode"), [("local", "local"), ("none", "none")])
def test_a_page_can_word_who_has_no_name(auth: Literal["local", "none"], mode: str) -> None:
    with scene(Settings(auth=auth)) as found:
        asking = signed_in(found) if auth == "local" else found.client
        me = asking.get(f"{API}/session").json()
    assert (me["kind"], me["mode"]) == ("local", mode), "what its name would be is said in English alone"
