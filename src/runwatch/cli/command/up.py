"""``runwatch up``, ``down`` and ``open``: a workspace served to browsers, notebooks and other machines."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote, urlsplit

import typer

from runwatch.cli.keeper import Keeper
from runwatch.cli.session import EXIT_ERROR, Session
from runwatch.cli.text import visible
from runwatch.schema.error import InvalidValueError

if TYPE_CHECKING:
    from runwatch.server.settings import Settings
    from runwatch.store.remote.credential import Announcement

HostOption = Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where to listen.")]
PortOption = Annotated[
    int | None, typer.Option("--port", "-p", metavar="PORT", min=0, max=65535, help="0: a free one.")
]
DetachOption = Annotated[bool, typer.Option("--detach", "-d", help="Serve in the background; 'runwatch down' ends it.")]
AuthOption = Annotated[
    str, typer.Option("--auth", metavar="MODE", help="local: one user with a token; team: users and roles.")
]
NoAuthOption = Annotated[bool, typer.Option("--no-auth", help="Ask nobody who they are; on loopback only.")]
NameOption = Annotated[
    list[str] | None, typer.Option("--name", metavar="HOST", help="A name it is reached by, such as a proxy's.")
]
BaseOption = Annotated[str, typer.Option("--base-path", metavar="/PATH", help="The path it stands behind.")]
ProviderOption = Annotated[
    Path | None,
    typer.Option(
        "--provider", metavar="FILE.toml", help="Who signs a team in (OpenID Connect); see the documentation."
    ),
]
NoAgentOption = Annotated[bool, typer.Option("--no-agent", help="Leave out the agent that runs submitted jobs here.")]
IdleOption = Annotated[
    float, typer.Option("--idle", metavar="HOURS", min=0, help="End when nobody has asked for so long; 0: never.")
]
PageArgument = Annotated[
    str, typer.Argument(metavar="[PAGE]", help="A run's id, or a path of the studio such as experiments/digits.")
]
BrowserOption = Annotated[bool, typer.Option("--open", help="Open a browser once it is up.")]


_PAGES = frozenset({"experiments", "runs", "compute", "compare", "settings", "status"})
"""Words that are pages and no run's id."""


def up(
    session: Session,
    host: HostOption = "127.0.0.1",
    port: PortOption = None,
    detach: DetachOption = False,
    auth: AuthOption = "local",
    no_auth: NoAuthOption = False,
    name: NameOption = None,
    base_path: BaseOption = "",
    provider: ProviderOption = None,
    no_agent: NoAgentOption = False,
    idle: IdleOption = 0.0,
    browser: BrowserOption = False,
) -> None:
    """Serve the workspace over HTTP until Ctrl-C.

    Jobs that are submitted to it run on this machine: an agent is looked after.
    """
    from runwatch.server import process
    from runwatch.server.auth.provider_file import read_provider
    from runwatch.server.settings import PORT, Settings

    location = _folder(session)
    known = process.running(location)
    if known:
        _show(session, known[0], "is served already")
        return
    if auth not in {"local", "team"}:
        raise InvalidValueError(f"{auth!r} is no way to sign in.", hint="Use local or team.")
    if provider is not None and auth != "team":
        raise InvalidValueError("A provider signs in a team.", hint="Add --auth team.")
    signs_in = None if provider is None else read_provider(provider)
    known_as = [*(name or ()), *([urlsplit(signs_in.public_url).netloc] if signs_in else [])]
    settings = Settings(
        provider=signs_in,
        host=host, port=PORT if port is None else port, base_path=base_path.rstrip("/"),
        auth="none" if no_auth else auth,  # type: ignore[arg-type]
        hosts=tuple(known_as), idle_s=idle * 3600,
    )  # fmt: skip
    if detach:
        _show(
            session,
            process.start(location, _words(settings, port, provider, no_agent=no_agent)),
            "is served in the background",
        )
        return
    keeper = None if no_agent else Keeper(location)
    _serve(session, location, settings, keeper, fixed=port is not None, browser=browser)


def down(session: Session) -> None:
    """End the server of the workspace, whoever started it."""
    from runwatch.server import process

    known = process.running(_folder(session))
    ended = [process.stop(each) for each in known]
    if session.terminal.as_json:
        session.terminal.json({"ended": [each.url for each, gone in zip(known, ended, strict=True) if gone]})
    elif not known:
        session.terminal.note("No server of this workspace runs.")
    if not all(ended):
        session.terminal.error("The server has not ended yet.", "It still answers a request; try again in a moment.")
        raise typer.Exit(EXIT_ERROR)


def open_studio(session: Session, page: PageArgument = "") -> None:
    """Open the studio in a browser, which is signed in by it.

    A server is started in the background if none runs; it ends when nobody has asked for eight hours.
    """
    import webbrowser

    from runwatch.sdk import portal
    from runwatch.server import process

    location = session.location()[0]
    path = page.strip("/")
    if path and "/" not in path and path not in _PAGES:
        path = f"runs/{quote(path, safe='')}"
    if "://" in location:
        webbrowser.open(f"{location.rstrip('/')}/{path}")
        return
    known = process.running(location) or [process.start(location, ("--idle", str(portal.IDLE_H)))]
    _show(session, known[0], "is served", path)
    webbrowser.open(_link(known[0], path))


def _serve(
    session: Session, location: str, settings: Settings, keeper: Keeper | None, *, fixed: bool, browser: bool
) -> None:
    from runwatch.server import process, serve
    from runwatch.server.opening import open_access, open_app

    store = session.store(create=True)
    with contextlib.ExitStack() as stack:
        access = open_access(store, settings)
        stack.callback(access.close)
        listener = stack.enter_context(serve.listen(settings, fixed=fixed))
        url = serve.address_of(listener, settings)
        app = open_app(store, settings, access)

        def ready() -> None:
            token = (access.secret or "") if settings.auth == "local" else ""
            announced = process.announce(url, token, location)
            stack.callback(announced.unlink, missing_ok=True)
            _show(session, process.running(location)[-1], "is served; Ctrl-C ends it")
            sys.stdout.flush()
            if keeper is not None:
                keeper.start()
                stack.callback(keeper.stop)
            if browser:
                import webbrowser

                webbrowser.open(access.browser_link(url) if settings.auth == "local" else url)

        serve.serve(app, listener, ready)


def _words(settings: Settings, port: int | None, provider: Path | None, *, no_agent: bool) -> list[str]:
    words = ["--host", settings.host, "--base-path", settings.base_path]
    words += ["--no-auth"] if settings.auth == "none" else ["--auth", settings.auth]
    words += [] if port is None else ["--port", str(port)]
    words += [] if provider is None else ["--provider", str(provider.absolute())]
    words += ["--no-agent"] if no_agent else []
    words += ["--idle", str(settings.idle_s / 3600)] if settings.idle_s else []
    for host in settings.hosts:
        words += ["--name", host]
    return words


def _folder(session: Session) -> str:
    location = session.location()[0]
    if "://" in location:
        raise InvalidValueError(f"{location} is a server already.", hint="Name a folder with --workspace.")
    return location


def _link(server: Announcement, path: str = "") -> str:
    return f"{server.url}/{path}#token={server.token}" if server.token else f"{server.url}/{path}".rstrip("/")


def _show(session: Session, server: Announcement, what: str, path: str = "") -> None:
    terminal = session.terminal
    if terminal.as_json:
        terminal.json({"url": server.url, "link": _link(server, path), "location": server.location, "pid": server.pid})
        return
    terminal.line(f"{visible(server.location)} {what}:")
    terminal.line(f"  {terminal.paint(_link(server, path), 'bold', 'cyan')}")
