"""Files of runs as downloads: with ranges, and so that nothing a user uploaded runs in the studio's origin."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from email.utils import formatdate
from typing import Final
from urllib.parse import quote

from msgspec import Struct
from starlette.responses import Response, StreamingResponse

from runwatch.schema.artifact import Artifact, GetArtifact, ReadArtifact
from runwatch.schema.error import RunwatchError
from runwatch.schema.operation import Permission
from runwatch.schema.wire import API
from runwatch.server.call import Call
from runwatch.server.endpoint import Endpoint
from runwatch.server.service import Services
from runwatch.store.log import alias
from runwatch.store.media import INLINE, declared
from runwatch.store.zip.name import safe_path
from runwatch.store.zip.snapshot import zip_prefix

PART_BYTES: Final = 1 << 20
"""Read at once: the memory that one download takes."""

SANDBOX: Final = "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'"
"""Even if a browser shows a file after all, it does so in an origin of its own, without scripts."""

_RANGE: Final = re.compile(r"bytes=(\d{0,19})-(\d{0,19})")


class FileQuery(Struct, frozen=True, kw_only=True):
    """How a file is wanted.

    Attributes:
        run_id: The run.
        path: The artifact, or another name of a log.
        save: Offer it for saving, also if a browser could show it.
    """

    run_id: str
    path: str
    save: bool = False


class ZipQuery(Struct, frozen=True, kw_only=True):
    """Which files are wanted as a zip.

    Attributes:
        run_id: The run.
        prefix: Only files whose paths start with this, e.g. ``outputs/``; empty means all. ``snapshot/`` is the
            snapshot as it was submitted: the folder's own names, rights to execute, links and empty folders.
        relative: Leave the prefix, up to its last ``/``, out of the names; those of a snapshot never have it.
    """

    run_id: str
    prefix: str = ""
    relative: bool = False


class RangeError(RunwatchError):
    """The bytes asked for are not there."""

    code = "range"
    status = 416


def endpoints(services: Services) -> Iterator[Endpoint]:
    """The download of a file."""
    yield Endpoint(
        name="artifacts.zip", verb="GET", path=f"{API}/artifacts:zip", permission=Permission.READ, handle=_zip,
        query=ZipQuery, media=("application/zip",),
        summary="Files of a run as one zip, made while it is sent: outputs, a snapshot, or all.",
    )  # fmt: skip
    yield Endpoint(
        name="artifacts.download", verb="GET", path=f"{API}/artifacts:download", permission=Permission.READ,
        handle=_download, query=FileQuery, media=("application/octet-stream",),
        summary="The bytes of a file, whole or the range asked for; a growing file as it stands.",
    )  # fmt: skip


async def _download(call: Call) -> Response:
    query: FileQuery = call.query
    shelf, wanted = call.services.store.artifacts, GetArtifact(run_id=query.run_id, path=query.path)
    artifact = await call.services.run(alias.get, shelf, wanted)
    headers = headers_of(artifact, save=query.save)
    tag = headers.get("etag")
    asked = call.request.headers
    if tag is not None and tag in asked.get("if-none-match", ""):
        return Response(status_code=304, headers={"etag": tag})
    span = None
    if asked.get("if-range", tag) == tag:
        span = span_of(asked.get("range", ""), artifact.size_bytes)
    first, end = span or (0, artifact.size_bytes)
    headers["content-length"] = str(end - first)
    if span is not None:
        headers["content-range"] = f"bytes {first}-{end - 1}/{artifact.size_bytes}"
    body = _bytes(call, artifact, first, end)
    return StreamingResponse(body, 206 if span else 200, headers, media_type=declared(artifact))


async def _zip(call: Call) -> Response:
    query: ZipQuery = call.query
    parts = zip_prefix(call.services.store, query.run_id, query.prefix, relative=query.relative)
    first = await call.services.run(next, parts, b"")  # an unknown run is an error, and not a zip that breaks off
    name = safe_path("-".join(part for part in (query.run_id, query.prefix.strip("/").replace("/", "-")) if part))
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}.zip",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
    return StreamingResponse(_rest(call, first, parts), 200, headers, media_type="application/zip")


async def _rest(call: Call, first: bytes, parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    part: bytes | None = first
    while part is not None:
        if part:
            yield part
        part = await call.services.run(next, parts, None)


def headers_of(artifact: Artifact, *, save: bool) -> dict[str, str]:
    """The headers of a download.

    Args:
        artifact: The file.
        save: Offer it for saving in any case.
    """
    inline = artifact.media_type in INLINE and not save
    name = quote(artifact.path.rsplit("/", 1)[-1], safe="")
    headers = {
        "accept-ranges": "bytes",
        "cache-control": "private, no-cache",  # a copy may be kept, and is asked about before it is used again
        "content-disposition": f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{name}",
        "content-security-policy": SANDBOX,
        "last-modified": formatdate(artifact.changed_at, usegmt=True),
        "x-content-type-options": "nosniff",
    }
    if artifact.sealed:
        headers["etag"] = f'"{artifact.sha256}"'
    return headers


def span_of(asked: str, size: int) -> tuple[int, int] | None:
    """First byte and end of the range that a header asks for; None means all.

    Several ranges at once, and what is no range, are answered with the whole file, as the standard allows.

    Raises:
        RangeError: If no byte of the range is there.
    """
    found = _RANGE.fullmatch(asked.strip())
    if found is None or found.groups() == ("", ""):
        return None
    if found[1] == "":
        first, end = max(0, size - int(found[2])), size
    else:
        first, end = int(found[1]), size if found[2] == "" else min(size, int(found[2]) + 1)
    if first >= end:
        if found[1] != "" and found[2] != "" and int(found[2]) < int(found[1]):
            return None  # not a range at all
        raise RangeError(f"The file has {size:,} bytes; there are none at {first:,}.", size_bytes=size)
    return first, end


async def _bytes(call: Call, artifact: Artifact, first: int, end: int) -> AsyncIterator[bytes]:
    artifacts = call.services.store.artifacts
    while first < end:
        count = min(PART_BYTES, end - first)
        request = ReadArtifact(run_id=artifact.run_id, path=artifact.path, offset=first, count=count)
        data = (await call.services.run(artifacts.read, request)).data
        if not data:
            return  # replaced by a shorter one: the connection ends early, and the reader sees that
        yield data
        first += len(data)
