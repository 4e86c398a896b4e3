"""Logs as people read them: lines, what is new, and search."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from starlette.responses import Response

from runwatch.schema.log import FollowLog, LogMatches, LogNews, LogPage, ReadLog, SearchLog
from runwatch.schema.operation import Permission
from runwatch.schema.wire import API
from runwatch.server.call import Call
from runwatch.server.endpoint import Endpoint
from runwatch.server.service import Services
from runwatch.store.log.reader import LogReader


def endpoints(services: Services) -> Iterator[Endpoint]:
    """Reading, following and searching one log."""
    reader = LogReader(services.store.artifacts)
    rows: tuple[tuple[str, type[Any], type[Any], Callable[[Any], Any], str], ...] = (
        ("read", ReadLog, LogPage, reader.read, "Lines by number, or from a byte on; progress bars as they ended."),
        ("follow", FollowLog, LogNews, reader.follow, "What is new in a log since an earlier answer."),
        ("search", SearchLog, LogMatches, reader.search, "Where a text or regular expression (RE2) stands in a log."),
    )
    for name, request, response, method, summary in rows:
        yield Endpoint(
            name=f"logs.{name}", verb="POST", path=f"{API}/logs:{name}", permission=Permission.READ,
            handle=_answering(method), summary=summary, request=request, response=response,
        )  # fmt: skip


def _answering(method: Callable[[Any], Any]) -> Callable[[Call], Awaitable[Response]]:
    async def handle(call: Call) -> Response:
        return call.answer(await call.services.run(method, call.body))

    return handle
