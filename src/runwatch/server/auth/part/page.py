"""Endpoints of the pages of signing in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from starlette.responses import Response

from runwatch.schema.operation import Permission
from runwatch.server.auth import page
from runwatch.server.call import Call
from runwatch.server.endpoint import Endpoint, Handler
from runwatch.server.service import Services

A_DAY: Final = "public, max-age=86400"
"""For the icon: browsers look for it anew at each change of the address, and a zoom is one."""


def endpoints(services: Services) -> Iterator[Endpoint]:
    """Pages and their files."""
    for name, path in (("page.sign_in", "/sign-in"), ("page.callback", "/sign-in/callback")):
        yield Endpoint(
            name=name, verb="GET", path=path, permission=Permission.PUBLIC, handle=_sign_in,
            summary="The page to sign in at.", in_document=False,
        )  # fmt: skip
    for name in (page.ICON, "favicon.ico"):  # browsers ask for the second one where a page names none, such as JSON
        yield Endpoint(
            name=f"page.{name}", verb="GET", path=f"/{name}", permission=Permission.PUBLIC,
            handle=_file(page.asset(page.ICON), "image/svg+xml", A_DAY),
            summary="The icon of all pages.", in_document=False,
        )  # fmt: skip
    for name, media in (("script.js", "text/javascript"), ("style.css", "text/css")):
        yield Endpoint(
            name=f"page.{name}", verb="GET", path=f"/sign-in/{name}", permission=Permission.PUBLIC,
            handle=_file(page.asset(f"sign-in.{name.partition('.')[2]}"), media),
            summary="A file of the pages.", in_document=False,
        )  # fmt: skip


async def _sign_in(call: Call) -> Response:
    return page.sign_in(call.services.settings)


def _file(content: bytes, media: str, kept: str = "no-cache") -> Handler:
    async def answer(call: Call) -> Response:
        return Response(content, media_type=media, headers={"cache-control": kept})

    return answer
