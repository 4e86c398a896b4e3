"""The studio's files: found by name, never by path, and the page for every address of the studio."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from starlette.exceptions import HTTPException

from runwatch.schema.change import Changes, ListChanges
from runwatch.schema.error import StoreUnavailableError
from runwatch.schema.operation import Permission
from runwatch.schema.run import CreateExperiment
from runwatch.server.app import make_app
from runwatch.server.settings import Settings
from runwatch.server.studio import StudioFiles
from runwatch.store.memory.store import MemoryStore
from tests.unit.server.auth.scene import scene
from tests.unit.server.served import served


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "studio"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><html><head><title>S</title></head></html>")
    (folder / "assets" / "app-1a2b.js").write_text("export {}")
    (folder / "assets" / "app-1a2b.js.br").write_bytes(b"small")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


def test_any_address_of_the_studio_is_its_page(built: Path) -> None:
    with served(make_app(MemoryStore(), Settings(studio=str(built), base_path="/team"))) as client:
        for path in ("/", "/experiments/a/runs/b", "/runs", "/a%2Fb"):
            answer = client.get(path)
            assert answer.status == 200
            assert '<base href="/team/">' in answer.body.decode()
        assert client.get("/api/nowhere").status == 404
        assert client.post("/runs").status == 405


def test_files_with_a_hash_are_kept_for_ever_and_come_compressed(built: Path) -> None:
    with served(make_app(MemoryStore(), Settings(studio=str(built)))) as client:
        plain = client.get("/assets/app-1a2b.js")
        assert (plain.body, "immutable" in plain.headers["cache-control"]) == (b"export {}", True)
        small = client.get("/assets/app-1a2b.js", headers={"accept-encoding": "gzip, br"})
        assert (small.body, small.headers["content-encoding"], small.headers["vary"]) == (
            b"small",
            "br",
            "accept-encoding",
        )
        assert client.get("/assets/gone.js").status == 404


def test_the_page_is_asked_for_each_time(built: Path) -> None:
    answer = StudioFiles(built).answer("runs", "")
    assert answer is not None
    assert answer.headers["cache-control"] == "private, no-cache"


@pytest.mark.parametrize("auth", ["local", "team"])
def test_the_icon_is_there_before_anybody_has_signed_in_and_is_kept_for_a_day(
    built: Path, auth: Literal["local", "team"]
) -> None:
    content = (Path(__file__).parents[3] / "studio" / "public" / "icon.svg").read_bytes()
    with scene(Settings(auth=auth, studio=str(built))) as found:
        page = found.client.get("/", headers={"accept": "text/html"})
        assert page.status == 401
        assert b"<link rel='icon' href='/icon.svg' type='image/svg+xml'>" in page.body
        for path in ("/icon.svg", "/favicon.ico"):
            icon = found.client.get(path)
            assert (icon.status, icon.body) == (200, content), path
            assert icon.headers["content-type"] == "image/svg+xml"
            assert icon.headers["cache-control"] == "public, max-age=86400"
            assert icon.headers["content-security-policy"].startswith("default-src 'none'")
            assert "set-cookie" not in icon.headers
        assert "img-src 'self'" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path", ["../secret.txt", "assets/../../secret.txt", "/etc/passwd", "..\\secret.txt", "assets/"]
)
def test_no_path_leads_out_of_the_folder(built: Path, path: str) -> None:
    files = StudioFiles(built)
    if path.startswith("assets/"):
        with pytest.raises(HTTPException) as caught:
            files.answer(path, "")
        assert caught.value.status_code == 404
    else:
        page = files.answer(path, "")
        assert page is not None
        assert b"<title>S</title>" in bytes(page.body)  # the page, which will say what it looked for


def test_an_installation_without_a_studio_says_so(tmp_path: Path) -> None:
    with served(make_app(MemoryStore(), Settings(studio=str(tmp_path / "none")))) as client:
        answer = client.get("/")
        assert answer.status == 200
        assert b"api/docs" in answer.body


def test_a_worker_may_ask_its_own_server_and_nobody_else(built: Path) -> None:
    with served(make_app(MemoryStore(), Settings(studio=str(built)))) as client:
        script, page = client.get("/assets/app-1a2b.js"), client.get("/")
        assert script.headers["content-type"].startswith("text/javascript")
        policy = dict(each.split(" ", 1) for each in script.headers["content-security-policy"].split("; "))
        assert (policy["default-src"], policy["connect-src"]) == ("'none'", "'self'")
        assert "sandbox" not in policy
        assert "base-uri 'self'" in page.headers["content-security-policy"]


def test_a_base_path_cannot_break_out_of_the_page(built: Path) -> None:
    page = StudioFiles(built, '"><script>').answer("", "")
    assert page is not None
    assert b"<script>" not in bytes(page.body)


def test_the_page_says_what_its_reader_may_do(built: Path) -> None:
    files = StudioFiles(built)
    for permissions, said in (({Permission.READ}, "read"), ({Permission.WRITE, Permission.READ}, "read write")):
        page = files.answer("runs", "", permissions)
        assert page is not None
        assert f'<meta name="runwatch-may" content="{said}">' in bytes(page.body).decode()
        assert page.headers["cache-control"] == "private, no-cache"


def test_the_page_says_from_where_on_it_has_to_hear_of_changes(built: Path) -> None:
    store = MemoryStore()
    with served(make_app(store, Settings(studio=str(built)))) as client:
        revs = []
        for name in ("first", "second"):
            store.runs.create_experiment(CreateExperiment(name=name))
            now = store.changes.list(ListChanges(after=-1)).sequence
            assert f'<meta name="runwatch-rev" content="{now}">' in client.get("/runs").body.decode()
            revs.append(now)
        assert revs[0] < revs[1]


def test_the_page_comes_while_the_store_is_away(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore()

    def away(request: ListChanges) -> Changes:
        raise StoreUnavailableError("The database does not answer.")

    with served(make_app(store, Settings(studio=str(built)))) as client:
        monkeypatch.setattr(type(store.changes), "list", lambda self, request: away(request))
        answer = client.get("/runs")
        assert (answer.status, b"runwatch-rev" in answer.body) == (200, False)
