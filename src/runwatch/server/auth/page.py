"""The pages of signing in: plain HTML that says what to do and nothing of the workspace."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from runwatch.schema.error import AuthenticationException
from runwatch.schema.wire import API
from runwatch.server.auth.principal import Principal
from runwatch.server.service import Services
from runwatch.server.settings import Settings

_LINK_FORM: Final = """
<p>Open the link that <code>runwatch up</code> printed, or paste it here.
On the machine of this server, <code>runwatch open</code> opens the studio for you.</p>
<form id="with-token"><label>Link or token <input name="token" type="password" autocomplete="off" required></label>
<button>Sign in</button></form>
"""
_NAME_FORM: Final = """
<form id="with-password"><label>Name <input name="name" autocomplete="username" required></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button></form>
<form id="with-invitation" hidden><p>Choose a password of at least twelve characters.</p>
<label>Password <input name="password" type="password" autocomplete="new-password" minlength="12" required></label>
<label>Once more <input name="again" type="password" autocomplete="new-password" required></label>
<button>Set the password and sign in</button></form>
"""
_MESSAGE: Final = '<p id="message" role="alert"></p>'
_PROVIDER_FORM: Final = '<form id="with-provider"><button>Sign in with your organisation</button></form>'


ICON: Final = "icon.svg"
"""Of these pages and of the studio's: who is not signed in yet has a tab as well."""


def asset(name: str) -> bytes:
    """A file of the pages."""
    return (files("runwatch.server.auth") / "static" / name).read_bytes()


def sign_in(settings: Settings, status: int = 200) -> Response:
    """The page for those who are not signed in."""
    team = (_PROVIDER_FORM if settings.provider else "") + _NAME_FORM
    body = team if settings.auth == "team" else _LINK_FORM
    return HTMLResponse(_page(settings, body + _MESSAGE, settings.auth), status)


def home(settings: Settings, principal: Principal) -> Response:
    """The page for those who are: who they are, and where the API is described."""
    leave = '<button id="sign-out">Sign out</button>' if principal.cookie else ""
    body = (
        f"<p>You are signed in as {escape(principal.name)}.</p>"
        f"<p><a href='{escape(settings.base_path)}/api/docs'>The API</a></p>{leave}{_MESSAGE}"
    )
    return HTMLResponse(_page(settings, body, ""))


def sign_in_instead(services: Services, request: Request, error: Exception) -> Response | None:
    """The page for a person who opened a page without being signed in; None for programs, who get the error itself.

    It stands at the very address that was asked for, so that no address to come back to travels anywhere.
    """
    if not isinstance(error, AuthenticationException) or error.status != 401:
        return None
    is_page = request.method in {"GET", "HEAD"} and not request.url.path.startswith(f"{API}/")
    if not is_page or "text/html" not in request.headers.get("accept", ""):
        return None
    return sign_in(services.settings, 401)


def _page(settings: Settings, body: str, mode: str) -> str:
    base = escape(settings.base_path)
    return (
        f"<!doctype html><html lang='en' data-base='{base}' data-mode='{mode}'><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width'><title>Runwatch</title>"
        f"<link rel='icon' href='{base}/{ICON}' type='image/svg+xml'>"
        f"<link rel='stylesheet' href='{base}/sign-in/style.css'>"
        f"<script src='{base}/sign-in/script.js' defer></script><h1>Runwatch</h1>{body}</html>"
    )
