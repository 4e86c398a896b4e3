"""Signing in with a provider, and everything a false provider, client or neighbour may try (A50)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import RSAKey

from runwatch.schema.error import InvalidValueError
from runwatch.schema.wire import API
from runwatch.server.auth import oidc
from runwatch.server.auth.oidc import check_provider, role_of
from runwatch.server.auth.provider import Provider
from runwatch.server.auth.role import Role
from runwatch.server.settings import Settings
from tests.unit.server.auth.identity_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    IdentityProvider,
    came_back,
    identity_provider,
)
from tests.unit.server.auth.scene import Browser, Scene, scene
from tests.unit.server.served import Answer


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with identity_provider() as found:
        yield found


@pytest.fixture
def team(provider: IdentityProvider) -> Iterator[Scene]:
    with scene(Settings(auth="team", provider=settings(provider.issuer))) as found:
        yield found


def settings(issuer: str, **changes: Any) -> Provider:
    values: dict[str, Any] = {
        "issuer": issuer, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "public_url": "http://127.0.0.1:1",
        "roles": {"researchers": "contributor", "heads": "owner"},
    } | changes  # fmt: skip
    return Provider(**values)


def go(browser: Browser, provider: IdentityProvider) -> dict[str, str]:
    """Begin, let the provider sign in, and come back."""
    begun = browser.post(f"{API}/session:begin")
    assert begun.status == 200, begun.body
    url = urlsplit(begun.json()["url"])
    assert f"{url.scheme}://{url.netloc}" == provider.issuer
    answer = provider.client.get(f"{url.path}?{url.query}")
    assert answer.status == 307
    assert answer.headers["location"].startswith("http://127.0.0.1:1/sign-in/callback?")
    return came_back(answer.headers["location"])


def finish(browser: Browser, brought: dict[str, str]) -> Answer:
    return browser.post(f"{API}/session:provider", {"code": brought["code"], "state": brought["state"]})


def test_a_user_of_the_provider_signs_in_with_the_role_of_their_group(team: Scene, provider: IdentityProvider) -> None:
    browser = team.browser()
    answer = finish(browser, go(browser, provider))
    assert (answer.status, answer.json()["name"], answer.json()["kind"]) == (200, "Ada", "user")
    assert browser.post(f"{API}/experiments:create", {"name": "x"}).status == 200
    assert browser.post(f"{API}/users:list", {}).status == 403
    provider.claims = {"groups": ["heads", "researchers"]}
    again = team.browser()
    assert finish(again, go(again, provider)).status == 200
    assert again.post(f"{API}/users:list", {}).status == 200
    assert len(team.access.users.list()) == 1
    assert team.audited()[0] == ("Ada", "session.provider", "", "done")


def test_the_browser_is_sent_with_all_that_protects_the_way_back(team: Scene, provider: IdentityProvider) -> None:
    first, second = team.browser().post(f"{API}/session:begin"), team.browser().post(f"{API}/session:begin")
    queries = [parse_qs(urlsplit(answer.json()["url"]).query) for answer in (first, second)]
    for query in queries:
        assert query["response_type"] == ["code"]
        assert query["code_challenge_method"] == ["S256"]
        assert query["redirect_uri"] == ["http://127.0.0.1:1/sign-in/callback"]
    for name in ("state", "nonce", "code_challenge"):
        assert queries[0][name] != queries[1][name]
        assert len(queries[0][name][0]) >= 20
    assert CLIENT_SECRET not in first.json()["url"]
    cookie = first.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def _expired(provider: IdentityProvider) -> None:
    provider.claims = {"exp": int(time.time()) - 3_600, "iat": int(time.time()) - 7_200}


def _future(provider: IdentityProvider) -> None:
    provider.claims = {"nbf": int(time.time()) + 3_600}


def _issued_later(provider: IdentityProvider) -> None:
    provider.claims = {"iat": int(time.time()) + 3_600, "exp": int(time.time()) + 7_200}


def _hmac_with_the_public_key(provider: IdentityProvider) -> None:
    provider.key, provider.algorithm = provider.key.as_pem(private=False), "HS256"


def _hmac_with_the_client_secret(provider: IdentityProvider) -> None:
    provider.key, provider.algorithm = CLIENT_SECRET.encode(), "HS256"


def _another_key(provider: IdentityProvider) -> None:
    provider.key = RSAKey.generate_key(2048, {"kid": "k1"})


def _an_unknown_key(provider: IdentityProvider) -> None:
    provider.key, provider.header = RSAKey.generate_key(2048, {"kid": "k2"}), {"kid": "k2"}


def _a_key_in_the_header(provider: IdentityProvider) -> None:
    provider.key = RSAKey.generate_key(2048, {"kid": "k1"})
    provider.header = {"jwk": provider.key.as_dict(private=False)}


def _set(**changes: Any) -> Callable[[IdentityProvider], None]:
    def change(provider: IdentityProvider) -> None:
        for name, value in changes.items():
            setattr(provider, name, value)

    return change


ATTACKS: dict[str, Callable[[IdentityProvider], None]] = {
    "alg none": _set(algorithm="none"),
    "alg none, other case": _set(algorithm="none", header={"alg": "None"}),
    "hmac with the public key": _hmac_with_the_public_key,
    "hmac with the client secret": _hmac_with_the_client_secret,
    "signed with another key": _another_key,
    "signed with an unknown key": _an_unknown_key,
    "a key in the header": _a_key_in_the_header,
    "a critical extension": _set(header={"crit": ["x"], "x": 1}),
    "another issuer": _set(claims={"iss": "https://evil.example"}),
    "no issuer": _set(claims={"iss": None}),
    "another audience": _set(claims={"aud": "other"}),
    "no audience": _set(claims={"aud": None}),
    "another audience, for us": _set(claims={"aud": "other", "azp": CLIENT_ID}),
    "two audiences, for another": _set(claims={"aud": [CLIENT_ID, "other"], "azp": "other"}),
    "another nonce": _set(claims={"nonce": "n"}),
    "no nonce": _set(claims={"nonce": None}),
    "expired": _expired,
    "no expiry": _set(claims={"exp": None}),
    "not valid yet": _future,
    "issued later than now": _issued_later,
    "no subject": _set(claims={"sub": None}),
    "an empty subject": _set(claims={"sub": ""}),
    "a subject that is no text": _set(claims={"sub": ["x"]}),
    "no identity token": _set(token_answer={"access_token": "at", "token_type": "Bearer"}),
    "an identity that is no token": _set(token_answer={"access_token": "at", "token_type": "Bearer", "id_token": "x"}),
    "an identity of another type": _set(token_answer={"access_token": "at", "token_type": "Bearer", "id_token": 5}),
    "an answer that is no object": _set(token_answer=["x"]),
    "an error": _set(token_answer={"error": "access_denied"}),
    "no group": _set(claims={"groups": []}),
    "groups of another type": _set(claims={"groups": {"heads": 1}}),
    "a name that could deceive": _set(claims={"preferred_username": "Ada\n\u202e"}),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_identity_that_does_not_hold_is_refused(team: Scene, provider: IdentityProvider, attack: str) -> None:
    browser = team.browser()
    brought = go(browser, provider)
    ATTACKS[attack](provider)
    answer = finish(browser, brought)
    assert answer.status in {400, 401, 503}, answer.body
    assert browser.get(f"{API}/info").status == 401
    assert team.access.users.list() == ()


def test_state_code_and_browser_belong_together_and_hold_once(team: Scene, provider: IdentityProvider) -> None:
    victim, attacker = team.browser(), team.browser()
    mine, theirs = go(attacker, provider), go(victim, provider)
    assert finish(victim, mine).status == 401  # somebody else's sign-in, slipped in
    assert finish(victim, theirs).status == 401  # which used the victim's own up
    assert finish(team.browser(), mine).status == 401  # a browser that never began
    assert finish(attacker, {**mine, "state": "x"}).status == 401
    third = team.browser()
    brought = go(third, provider)
    assert finish(third, {**brought, "code": "x"}).status == 401
    fourth = team.browser()
    brought = go(fourth, provider)
    kept = dict(fourth.cookies)
    assert finish(fourth, brought).status == 200
    assert finish(Browser(team.client.port, cookies=kept), brought).status == 401


def test_a_sign_in_does_not_wait_for_ever(
    team: Scene, provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc, "PENDING_S", -1.0)
    browser = team.browser()
    answer = browser.post(f"{API}/session:begin")
    name = next(iter(name for name in answer.headers["set-cookie"].split("=")))
    browser.cookies[name] = answer.headers["set-cookie"].split("=")[1].split(";")[0]
    url = urlsplit(answer.json()["url"])
    brought = came_back(provider.client.get(f"{url.path}?{url.query}").headers["location"])
    assert finish(browser, brought).status == 401


def test_sign_ins_under_way_are_bounded(
    team: Scene, provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc, "MOST_PENDING", 2)
    browsers = [team.browser() for _ in range(3)]
    brought = [go(browser, provider) for browser in browsers]
    assert [finish(*pair).status for pair in zip(browsers, brought, strict=True)] == [401, 200, 200]


def test_nobody_takes_the_name_of_another_user_over(team: Scene, provider: IdentityProvider) -> None:
    team.access.users.create("ada", Role.OWNER)
    for name in ("Ada", "ＡＤＡ"):
        provider.claims = {"preferred_username": name}
        browser = team.browser()
        answer = finish(browser, go(browser, provider))
        assert (answer.status, answer.json()["code"]) == (409, "conflict")
    provider.claims, provider.subject = {"preferred_username": "Bob"}, "subject-2"
    browser = team.browser()
    assert finish(browser, go(browser, provider)).status == 200
    provider.subject = "subject-3"
    browser = team.browser()
    assert finish(browser, go(browser, provider)).status == 409


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": None},
    ],
)
def test_a_document_of_another_provider_is_not_believed(
    team: Scene, provider: IdentityProvider, document: dict[str, Any]
) -> None:
    provider.document = document
    answer = team.browser().post(f"{API}/session:begin")
    assert (answer.status, answer.json()["code"]) == (503, "provider_unavailable")
    provider.document = {}
    assert team.browser().post(f"{API}/session:begin").status == 200


def test_what_else_the_document_says_is_not_taken_for_settings(team: Scene, provider: IdentityProvider) -> None:
    provider.document = {
        "verify": False, "proxy": "http://127.0.0.1:9", "jwks": {"keys": []}, "client_id": "evil", "scope": "x",
        "code_challenge_method": None,
    }  # fmt: skip
    browser = team.browser()
    assert finish(browser, go(browser, provider)).status == 200
    assert "keys" in provider.asked


def test_a_provider_that_is_away_is_said_to_be() -> None:
    with scene(Settings(auth="team", provider=settings("http://127.0.0.1:9"))) as team:
        answer = team.browser().post(f"{API}/session:begin")
    assert (answer.status, answer.json()["code"]) == (503, "provider_unavailable")


def test_new_keys_are_fetched_when_the_provider_changes_them(team: Scene, provider: IdentityProvider) -> None:
    browser = team.browser()
    assert finish(browser, go(browser, provider)).status == 200
    provider.key = RSAKey.generate_key(2048, {"kid": "k2"})
    provider.header, provider.published = {"kid": "k2"}, [provider.key]
    assert finish(browser, go(browser, provider)).status == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "http://provider.example"},
        {"issuer": "https://"},
        {"public_url": "http://runs.example.org"},
        {"algorithms": ("RS256", "HS256")},
        {"algorithms": ("none",)},
        {"algorithms": ()},
        {"scope": "profile"},
        {"roles": {"x": "king"}},
        {"everybody": "king"},
    ],
)
def test_settings_that_are_not_safe_are_refused(changes: dict[str, Any]) -> None:
    check_provider(settings("https://provider.example"))
    with pytest.raises(InvalidValueError):
        check_provider(settings(changes.pop("issuer", "https://provider.example"), **changes))


def test_roles_follow_from_groups() -> None:
    plain = settings("https://x")
    assert CLIENT_SECRET not in repr(Settings(provider=plain))
    assert role_of(plain, {"groups": ["a", "researchers"]}) is Role.CONTRIBUTOR
    assert role_of(plain, {"groups": ["researchers", "heads"]}) is Role.OWNER
    assert role_of(plain, {"groups": "heads"}) is Role.OWNER
    assert role_of(plain, {"groups": ["Heads", 5, None]}) is None
    assert role_of(plain, {}) is None
    assert role_of(settings("https://x", everybody="viewer"), {}) is Role.VIEWER
    assert role_of(settings("https://x", groups_claim="teams"), {"teams": ["heads"]}) is Role.OWNER
