"""The whole API document against a running server: thousands of requests made from it, good and bad ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from starlette.requests import HTTPConnection

from runwatch.schema.error import AuthenticationException
from runwatch.server.app import make_app
from runwatch.server.auth.principal import EVERYBODY, Principal
from runwatch.store.sql.store import SqlStore
from tests.unit.server.served import served

CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "response_headers_conformance", "negative_data_rejection", "unsupported_method", "allow_header_conformance",
    "ignored_auth",
)  # fmt: skip

# What cannot be checked this way: a request that fits the schema may still name a run that is not there or a path that
# leads elsewhere (positive_data_acceptance).

ENDLESS = "changes.stream"
"""An answer without an end; tests/unit/server/test_live.py looks after it."""


class OneToken:
    """Lets in whoever sends the right token."""

    async def identify(self, connection: HTTPConnection) -> Principal | None:
        given = connection.headers.get("authorization")
        if given is None:
            return None
        if given != "Bearer right":
            raise AuthenticationException("This token is not known.")
        return EVERYBODY


def tried(url: str, folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """What became of the requests made from a server's document."""
    return subprocess.run(
        [
            str(Path(sys.executable).with_name("st")), "run", f"{url}/api/openapi.json",
            "--header", "Authorization: Bearer right", "--checks", ",".join(CHECKS),
            "--phases", "examples,coverage,fuzzing", "--max-examples", "20", "--seed", "1", "--workers", "1",
            "--suppress-health-check", "all", "--warnings", "off", "--continue-on-failure", "--no-color", *more,
        ],
        cwd=folder, capture_output=True, text=True, check=False, timeout=280,
    )  # fmt: skip


@pytest.mark.slow
def test_no_request_is_answered_in_a_way_the_document_does_not_name(tmp_path: Path) -> None:
    store = SqlStore(tmp_path / "workspace")
    with served(make_app(store, authenticator=OneToken())) as client:
        done = tried(client.url, tmp_path, "--exclude-operation-id", ENDLESS)
    assert done.returncode == 0, done.stdout[-6_000:]
    assert "Tested" in done.stdout
    assert store.check() == []
    store.close()


def test_a_server_that_breaks_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the same requests to a server whose store fails without a reason."""
    store = SqlStore(tmp_path / "workspace")
    monkeypatch.setattr(store, "info", lambda: 1 / 0)
    with served(make_app(store, authenticator=OneToken())) as client:
        done = tried(client.url, tmp_path, "--include-operation-id", "info")
    assert done.returncode == 1
    assert "Server error" in done.stdout
    store.close()
