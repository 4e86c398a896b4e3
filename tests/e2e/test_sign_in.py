"""Signing in with a real browser: by the link, with its script, under the page's own security policy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runwatch.schema.artifact import AppendArtifact, SealArtifact
from runwatch.schema.wire import API
from runwatch.server.app import make_app
from runwatch.server.auth.access import Access
from runwatch.server.opening import open_access, open_app
from runwatch.server.settings import Settings
from runwatch.store.sql.store import SqlStore
from runwatch.testing.sample import new_run
from tests.e2e.browser import Browser
from tests.unit.server.served import Client, served

SETTINGS = Settings(studio="/nowhere")
"""Without the studio, which tests of its own open: what is left says that somebody is signed in."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = SqlStore(tmp_path / "workspace")
    yield store
    store.close()


@pytest.fixture
def access(store: SqlStore) -> Iterator[Access]:
    access = open_access(store, SETTINGS)
    yield access
    access.close()


@pytest.fixture
def client(store: SqlStore, access: Access) -> Iterator[Client]:
    with served(open_app(store, SETTINGS, access)) as client:
        yield client


def test_the_link_signs_in_and_a_stranger_is_told_what_to_do(client: Client, access: Access, tmp_path: Path) -> None:
    page, said = Browser(tmp_path / "stranger").show(f"{client.url}/")
    assert "paste it here" in page
    assert said == []  # nothing that the page's security policy would not have
    page, said = Browser(tmp_path / "owner").show(access.link(client.url))
    assert "You are signed in" in page
    assert str(access.secret) not in page
    assert said == []


def test_a_link_for_a_browser_works_once(client: Client, access: Access, tmp_path: Path) -> None:
    link = access.browser_link(client.url)
    assert "You are signed in" in Browser(tmp_path / "first").show(link)[0]
    page, _ = Browser(tmp_path / "second").show(link)
    assert "You are signed in" not in page
    assert "paste it here" in page


def test_a_wrong_token_is_told_and_lets_nobody_in(client: Client, tmp_path: Path) -> None:
    page, _ = Browser(tmp_path / "guesser").show(f"{client.url}/#token=guess")
    assert "You are signed in" not in page
    assert "does not hold" in page


def test_a_page_that_was_uploaded_runs_nothing(store: SqlStore, tmp_path: Path) -> None:
    """What a browser shows at all: texts, and what claims to be a picture. All else is offered for saving."""
    run = new_run(store)
    hostile = b"<html><body>shown<script>document.body.textContent='ran'</script></body></html>"
    for path in ("page.txt", "fake.png"):
        store.artifacts.append(AppendArtifact(run_id=run.run_id, path=path, offset=0, data=hostile))
        store.artifacts.seal(SealArtifact(run_id=run.run_id, path=path))
    with served(make_app(store)) as client:
        for path in ("page.txt", "fake.png"):
            url = f"{client.url}{API}/artifacts:download?run_id={run.run_id}&path={path}"
            page, _ = Browser(tmp_path / "reader").show(url)
            assert "<body>ran</body>" not in page, path
            if path == "page.txt":  # shown, as the text that it is
                assert "&lt;script&gt;" in page


def test_the_browser_of_these_tests_would_run_it(tmp_path: Path) -> None:
    """The control: the same page from a disk does run."""
    file = tmp_path / "page.html"
    file.write_text("<html><body>shown<script>document.body.textContent='ran'</script></body></html>")
    assert "<body>ran</body>" in Browser(tmp_path / "reader").show(file.as_uri())[0]
