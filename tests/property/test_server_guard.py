"""No text but the few known names is taken for this server's host or origin."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from runwatch.schema.error import PermissionDeniedError
from runwatch.server.guard import Guard, HostError
from runwatch.server.settings import Settings

GUARD = Guard(None, Settings(hosts=("runs.example.org",)))  # type: ignore[arg-type]
LOCAL = {f"{name}:8970" for name in ("localhost", "127.0.0.1", "[::1]")}
KNOWN = LOCAL | {"runs.example.org", *(f"runs.example.org:{port}" for port in (80, 443, 8970))}
ORIGINS = {f"http://{host}" for host in KNOWN} | {f"https://{host}" for host in KNOWN}


@st.composite
def near(draw: st.DrawFn) -> str:
    """A known host with some characters put in or left out."""
    host = draw(st.sampled_from(sorted(KNOWN)))
    start = draw(st.integers(0, len(host)))
    end = min(len(host), start + draw(st.integers(0, 2)))
    return host[:start] + draw(st.text(st.sampled_from("0.:@[]/ -xé"), max_size=3)) + host[end:]


hosts = st.one_of(st.text(max_size=40), near(), st.sampled_from(sorted(KNOWN)))


def passes(host: str, origin: str | None = None) -> bool:
    fields = {"host": host} if origin is None else {"host": host, "origin": origin}
    raw = [(name.encode(), value.encode("utf-8", "replace")) for name, value in fields.items()]
    scope = {"type": "http", "method": "GET", "path": "/", "server": ("127.0.0.1", 8970), "headers": raw}
    assert Headers(scope=scope)["host"] is not None
    try:
        GUARD.check(scope)
    except (HostError, PermissionDeniedError):
        return False
    return True


@given(hosts)
@example("localhost:08970")
@example("localhost:")
def test_hosts(host: str) -> None:
    assert passes(host) == (host.lower() in KNOWN if host.isascii() else False)


@given(st.sampled_from(["http://", "https://", "http:", "file://", "", "HTTP://"]), hosts)
def test_origins(scheme: str, host: str) -> None:
    origin = f"{scheme}{host}"
    if origin:
        expected = origin.isascii() and origin.lower() in ORIGINS
        assert passes("localhost:8970", origin) == expected
