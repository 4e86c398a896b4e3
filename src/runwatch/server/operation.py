"""The store's operations as endpoints, made from the table: a new operation needs no line here."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final

from starlette.responses import Response

from runwatch.schema import limit
from runwatch.schema.metric import Appended
from runwatch.schema.operation import OPERATIONS, Operation, Permission
from runwatch.schema.wire import API
from runwatch.server.call import Call
from runwatch.server.endpoint import BODY_BYTES, Endpoint
from runwatch.server.gathering import Gathering
from runwatch.server.service import Services
from runwatch.store import protocol

LARGE: Final = {
    # One record may be as large as a block, and a block travels whole.
    "metrics.append": limit.BLOCK_BYTES + (16 << 20),
    # A part in base64, and its names.
    "artifacts.append": limit.PART_BYTES * 4 // 3 + (1 << 16),
    # Ten thousand ids of 256 letters.
    "runs.list": 8 << 20,
    # A description, parameters and a run definition.
    "runs.create": 16 << 20,
    "runs.update": 16 << 20,
}
"""Bodies that may be larger than others, in bytes."""


def endpoints(services: Services) -> Iterator[Endpoint]:
    """An endpoint for each operation of the store."""
    for row in OPERATIONS:
        shelf = getattr(services.store, row.shelf)
        yield Endpoint(
            name=f"{row.shelf}.{row.name}",
            verb=row.verb,
            path=f"{API}{row.path}",
            permission=row.permission,
            handle=_Performer(services, shelf, row),
            summary=summary_of(row),
            request=row.request,
            response=row.response,
            body_bytes=LARGE.get(f"{row.shelf}.{row.name}", BODY_BYTES),
        )


class _Performer:
    """Calls a method of a shelf in a thread, and counts the points that come in.

    Batches of points are gathered where the shelf can take several at once.
    """

    def __init__(self, services: Services, shelf: object, row: Operation) -> None:
        lane = services.run if row.permission is Permission.READ else services.write
        self._perform: Callable[[Any], Awaitable[Any]] = functools.partial(lane, getattr(shelf, row.name))
        if row.shelf == "metrics" and row.name == "append" and isinstance(shelf, protocol.AppendsTogether):
            self._perform = Gathering(services, shelf.append_all).perform

    async def __call__(self, call: Call) -> Response:
        """Perform the operation."""
        answer = await self._perform(call.body)
        if isinstance(answer, Appended) and not answer.repeated:
            call.services.figures.points.inc(sum(block.rows for block in call.body.blocks))
        return call.answer(answer)


def summary_of(row: Operation) -> str:
    """The first line of what the protocol says about an operation."""
    shelf = {
        "runs": protocol.RunShelf, "metrics": protocol.MetricShelf, "artifacts": protocol.ArtifactShelf,
        "jobs": protocol.JobShelf, "changes": protocol.ChangeShelf,
    }[row.shelf]  # fmt: skip
    return (inspect.getdoc(getattr(shelf, row.name)) or "").splitlines()[0]
