"""The script of the sign-in page, run by node against a real server (A37, A57)."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runwatch.server.auth import password
from runwatch.server.auth.role import Role
from runwatch.server.settings import Settings
from tests.unit.server.auth.identity_provider import identity_provider
from tests.unit.server.auth.scene import PASSWORD, Scene, scene
from tests.unit.server.auth.test_oidc import settings

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="node is not installed")


def run(site: Scene, address: str, mode: str, typed: Any = None) -> dict[str, Any]:
    words = [str(NODE), str(Path(__file__).with_name("page.mjs")), site.client.url, address, mode]
    if typed is not None:
        words.append(json.dumps(typed))
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def local() -> Iterator[Scene]:
    with scene(Settings()) as found:
        yield found


@pytest.fixture
def team(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr(password, "MEMORY_KIB", 8_192)
    with scene(Settings(auth="team")) as found:
        yield found


def test_the_token_leaves_the_address_before_anything_is_sent(local: Scene) -> None:
    done = run(local, local.access.link("", "/runs/x?tab=logs"), "local")
    assert done["events"] == [
        ["history", "/runs/x?tab=logs"],
        ["message", "…"],
        ["fetch", "POST", "/api/v1/session"],
        ["answer", 200, True],
        ["reload"],
    ]


def test_from_the_page_itself_it_goes_to_the_start(local: Scene) -> None:
    done = run(local, local.access.link("", "/sign-in"), "local")
    assert done["events"][-1] == ["replace", f"{local.client.url}/"]


def test_a_link_that_does_not_hold_is_said_so_in_words(local: Scene) -> None:
    done = run(local, "/#token=wrong", "local")
    assert done["events"][0] == ["history", "/"]
    assert "does not hold" in done["events"][-1][1]


@pytest.mark.parametrize("pasted", ["{}", "http://127.0.0.1:1/#token={}", "  {}\n"])
def test_a_link_or_token_may_be_pasted(local: Scene, pasted: str) -> None:
    done = run(local, "/", "local", ["with-token", {"token": pasted.format(local.access.secret)}])
    assert ["answer", 200, True] in done["events"]


def test_for_those_who_are_signed_in_the_token_only_leaves_the_address(local: Scene) -> None:
    assert run(local, local.access.link("", "/"), "")["events"] == [["history", "/"]]


def test_an_invitation_shows_its_form_and_sets_the_password(team: Scene) -> None:
    _, secret = team.access.users.create("Ada", Role.OWNER)
    address = f"/sign-in#invitation={secret}"
    differ = run(team, address, "team", ["with-invitation", {"password": PASSWORD, "again": "x"}])
    assert differ["shown"] == ["with-invitation"]
    assert differ["events"] == [["history", "/sign-in"], ["message", "The two passwords differ."]]
    done = run(team, address, "team", ["with-invitation", {"password": PASSWORD, "again": PASSWORD}])
    assert done["events"][2:] == [
        ["fetch", "POST", "/api/v1/session:invitation"],
        ["answer", 200, True],
        ["replace", f"{team.client.url}/"],
    ]
    named = run(team, "/", "team", ["with-password", {"name": "ada", "password": PASSWORD}])
    assert named["events"][-2:] == [["answer", 200, True], ["reload"]]


def test_a_provider_s_page_is_opened_and_what_it_sends_leaves_the_address() -> None:
    with identity_provider() as provider, scene(Settings(auth="team", provider=settings(provider.issuer))) as team:
        begun = run(team, "/runs/x", "team", ["with-provider", {}])
        assert begun["events"][-1][0] == "assign"
        assert begun["events"][-1][1].startswith(f"{provider.issuer}/authorize?")
        back = run(team, "/sign-in/callback?code=c&state=s", "team")
        assert back["events"][0] == ["history", "/sign-in/callback"]
        assert ["fetch", "POST", "/api/v1/session:provider"] in back["events"]
        assert "was refused" in back["events"][-1][1]
        denied = run(team, "/sign-in/callback?error=access_denied&error_description=<b>", "team")
        assert denied["events"] == [
            ["history", "/sign-in/callback"],
            ["message", "The provider did not sign you in."],
        ]
