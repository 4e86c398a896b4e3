"""Opens a server as it is told to: refuses to be open to everybody, and puts users, tokens and application together."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette

from runwatch.server.app import make_app
from runwatch.server.auth.access import Access
from runwatch.server.auth.binding import check_binding
from runwatch.server.auth.gate import Gate
from runwatch.server.auth.principal import Authenticator, Open
from runwatch.server.settings import Settings
from runwatch.store.protocol import Store


def open_access(store: Store, settings: Settings) -> Access:
    """Who may come in, before the socket is opened.

    Args:
        store: What is to be served; its folder holds the server's database too.
        settings: Where it is to be served, and whom the server asks.

    Raises:
        BindingRefusedError: Others than the user of this machine could reach it without being asked who they are.
        WorkspaceException: Somebody else may have made the server's files, or may read them.
    """
    info = store.info()
    folder = Path(info.location) if info.backend == "sqlite" else None
    access = Access.open(folder, info.workspace_id)
    try:
        # One who was only invited counts: the server must run for the invitation to be taken up.
        check_binding(settings, users=len(access.users.list()) + (settings.provider is not None))
    except BaseException:
        access.close()
        raise
    return access


def open_app(store: Store, settings: Settings, access: Access) -> Starlette:
    """The application that asks whom the settings say.

    Args:
        store: What is served; the application does not close it.
        settings: Whom the server asks.
        access: Who may come in; the application does not close it either.
    """
    authenticator: Authenticator = Open() if settings.auth == "none" else Gate(access, settings.auth)
    return make_app(store, settings, authenticator, access)
