"""Where a server may listen (A41)."""

from __future__ import annotations

from pathlib import Path

import pytest

from runwatch.schema.error import RunwatchError
from runwatch.server.auth.access import Access
from runwatch.server.auth.binding import BindingRefusedError, check_binding, is_loopback
from runwatch.server.auth.provider import Provider
from runwatch.server.auth.role import Role
from runwatch.server.auth.secret import FILE
from runwatch.server.opening import open_access
from runwatch.server.settings import Settings
from runwatch.server.state.database import NAME
from runwatch.store.memory.store import MemoryStore
from runwatch.store.sql.store import SqlStore

LOOPBACK = ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost", "::ffff:127.0.0.1"]
OTHERS = ["0.0.0.0", "::", "", "10.0.0.1", "192.168.1.2", "::ffff:10.0.0.1", "no.such.host.invalid", "fe80::1", "0"]


@pytest.mark.parametrize("host", LOOPBACK)
def test_loopback_is_open_to_every_mode(host: str) -> None:
    assert is_loopback(host)
    for mode in ("local", "none", "team"):
        check_binding(Settings(host=host, auth=mode), users=0)


@pytest.mark.parametrize("host", OTHERS)
def test_elsewhere_somebody_must_be_asked(host: str) -> None:
    assert not is_loopback(host)
    for mode, users in (("local", 5), ("none", 5), ("team", 0)):
        with pytest.raises(BindingRefusedError) as caught:
            check_binding(Settings(host=host, auth=mode), users=users)  # type: ignore[arg-type]
        assert caught.value.hint
    check_binding(Settings(host=host, auth="team"), users=1)


def test_the_server_is_not_even_put_together() -> None:
    store = MemoryStore()
    with pytest.raises(RunwatchError, match=r"0\.0\.0\.0"):
        open_access(store, Settings(host="0.0.0.0"))
    open_access(store, Settings()).close()
    store.close()


def test_the_first_invitation_can_be_taken_up_from_elsewhere(tmp_path: Path) -> None:
    store, everywhere = SqlStore(tmp_path), Settings(host="0.0.0.0", auth="team")
    with pytest.raises(BindingRefusedError):
        open_access(store, everywhere)
    access = Access.open(tmp_path, store.info().workspace_id)
    access.users.create("Ada", Role.OWNER)
    access.close()
    open_access(store, everywhere).close()
    assert {path.name for path in tmp_path.iterdir()} >= {NAME, FILE}
    store.close()


def test_a_provider_counts_as_a_user() -> None:
    provider = Provider(issuer="https://x", client_id="x", client_secret="x", public_url="https://y")
    store = MemoryStore()
    open_access(store, Settings(host="0.0.0.0", auth="team", provider=provider)).close()
    store.close()
