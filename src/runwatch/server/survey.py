"""What a table of many runs asks: ranks, rows by position, names, groups."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final

from starlette.responses import Response

from runwatch.schema.operation import Permission
from runwatch.schema.survey import GroupRuns, Groups, ListNames, Names, Ranked, RankRuns, ReadRows, RunRows
from runwatch.schema.wire import API
from runwatch.server.call import Call
from runwatch.server.endpoint import Endpoint
from runwatch.server.service import Services
from runwatch.store.survey.reader import SurveyReader

CONDITIONS_BYTES: Final = 8 << 20
"""Conditions of a list may name ten thousand runs, of 256 letters each."""


def endpoints(services: Services) -> Iterator[Endpoint]:
    """Questions about many runs at once; whoever may read runs may ask them."""
    reader, read = SurveyReader(services.store), Permission.READ
    yield Endpoint(
        name="runs.rank", verb="POST", path=f"{API}/runs:rank", permission=read, handle=_answer(reader.rank),
        summary="Find and sort runs once, to read them by position.", request=RankRuns, response=Ranked,
        body_bytes=CONDITIONS_BYTES,
    )  # fmt: skip
    yield Endpoint(
        name="runs.rows", verb="POST", path=f"{API}/runs:rows", permission=read, handle=_answer(reader.read_rows),
        summary="Runs of a rank by position, without what is large.", request=ReadRows, response=RunRows,
    )  # fmt: skip
    yield Endpoint(
        name="runs.names", verb="POST", path=f"{API}/runs:names", permission=read, handle=_answer(reader.list_names),
        summary="Names of metrics, parameters, tags or properties in use.", request=ListNames, response=Names,
    )  # fmt: skip
    yield Endpoint(
        name="runs.group", verb="POST", path=f"{API}/runs:group", permission=read, handle=_answer(reader.group),
        summary="Runs in groups of equal values, with figures.", request=GroupRuns, response=Groups,
        body_bytes=CONDITIONS_BYTES,
    )  # fmt: skip


def _answer(work: Callable[[Any], object]) -> Callable[[Call], Awaitable[Response]]:
    async def handle(call: Call) -> Response:
        return call.answer(await call.services.run(work, call.body))

    return handle
