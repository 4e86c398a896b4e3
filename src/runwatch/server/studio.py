"""The studio's files: built ones; the page says behind which path the server stands, and what its reader may do."""

from __future__ import annotations

import mimetypes
from collections.abc import Collection, Iterator
from html import escape
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from runwatch.schema.change import ListChanges
from runwatch.schema.error import StoreUnavailableError
from runwatch.schema.operation import Permission
from runwatch.server.auth import page
from runwatch.server.call import Call
from runwatch.server.endpoint import Endpoint
from runwatch.server.service import Services

BUILT: Final = Path(__file__).parents[1] / "studio"
"""Where the wheel carries the built studio."""

ASSETS: Final = "assets"
"""Files in this folder bear a hash of their content in their names and never change."""

FOREVER: Final = "public, max-age=31536000, immutable"

SCRIPT_POLICY: Final = "default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'"
"""For scripts: one of them is a worker, which goes by the policy of its own file and asks this server alone."""

ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))
"""Compressed twins that may lie beside a file, the smallest first."""


def endpoints(services: Services) -> Iterator[Endpoint]:
    """Every address that nothing else answers: a file of the studio, or its page.

    Who is not signed in gets the page of signing in instead, at the same address.
    """
    files = StudioFiles(
        Path(services.settings.studio) if services.settings.studio else BUILT, services.settings.base_path
    )

    async def answer(call: Call) -> Response:
        path, accepted = call.request.path_params.get("path", ""), call.request.headers.get("accept-encoding", "")
        assert call.principal is not None
        rev = await _rev(services) if not files.has(path) else None
        found = files.answer(path, accepted, call.principal.permissions, rev)
        return found or page.home(services.settings, call.principal)

    for name, path in (("studio", "/"), ("studio.file", "/{path:path}")):
        yield Endpoint(
            name=name, verb="GET", path=path, permission=Permission.READ, handle=answer, in_document=False,
            summary="The studio.", media=("text/html",),
        )  # fmt: skip


async def _rev(services: Services) -> int | None:
    """The present sequence number, or None while the store is away: the page itself needs no store."""
    try:
        return (await services.run(services.store.changes.list, ListChanges(after=-1))).sequence
    except StoreUnavailableError:
        return None


class StudioFiles:
    """The files of a built studio, listed once: a client's path is looked up and never becomes one of the disk.

    Args:
        folder: Where they are.
        base_path: What stands before every path of the server.
    """

    def __init__(self, folder: Path, base_path: str = "") -> None:
        self._files = (
            {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
            if folder.is_dir()
            else {}
        )
        self._base = base_path

    def has(self, path: str) -> bool:
        """Whether a path below the server's own is a file's and no page of the studio."""
        return path in self._files and path != "index.html"

    def answer(
        self,
        path: str,
        accepted: str,
        permissions: Collection[Permission] = frozenset(Permission),
        rev: int | None = None,
    ) -> Response | None:
        """A file, or the page: the studio finds out from the address what to show.

        Args:
            path: Below the server's own.
            accepted: What the browser can decompress.
            permissions: What the reader may do: the page offers nothing else.
            rev: The store's sequence number: whatever the page asks for is at least as new, and of what changes later
                it hears. None if it is not known.

        Returns:
            None if no studio was built.
        """
        if path.startswith("api/") or path == "api":
            raise HTTPException(404)
        if self.has(path):
            return self._file(path, accepted)
        if path.startswith(f"{ASSETS}/") or path.rsplit("/", 1)[-1] in {"favicon.ico", "robots.txt"}:
            raise HTTPException(404)
        return self._page(permissions, rev)

    def _page(self, permissions: Collection[Permission], rev: int | None) -> Response | None:
        if "index.html" not in self._files:
            return None
        text = self._files["index.html"].read_text(encoding="utf-8")
        may = " ".join(sorted(permissions))
        head = f'<head><base href="{escape(self._base, quote=True)}/"><meta name="runwatch-may" content="{may}">'
        if rev is not None:
            head += f'<meta name="runwatch-rev" content="{rev}">'
        # Of one reader: nothing that stands between may keep it for another.
        headers = {"cache-control": "private, no-cache"}
        return Response(text.replace("<head>", head, 1), media_type="text/html", headers=headers)

    def _file(self, path: str, accepted: str) -> Response:
        kept = FOREVER if path.startswith(f"{ASSETS}/") else "no-cache"
        headers = {"cache-control": kept}
        media = mimetypes.guess_type(path)[0] or "application/octet-stream"
        if path.endswith(".js"):
            media = "text/javascript"  # what the machine's own list of types says of it differs
            headers["content-security-policy"] = SCRIPT_POLICY
        for name, suffix in ENCODINGS:
            if name in accepted and path + suffix in self._files:
                headers |= {"content-encoding": name, "vary": "accept-encoding"}
                return Response(self._files[path + suffix].read_bytes(), media_type=media, headers=headers)
        return Response(self._files[path].read_bytes(), media_type=media, headers=headers)
