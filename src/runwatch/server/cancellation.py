"""Cancels a run for a reader of the studio, whether it is in a queue, at work, or recorded by some process."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.responses import Response

from runwatch.schema.job import CancelRun
from runwatch.schema.operation import Permission
from runwatch.schema.run import Run
from runwatch.schema.wire import API
from runwatch.server.call import Call
from runwatch.server.endpoint import Endpoint
from runwatch.server.service import Services
from runwatch.store.cancellation import cancel_any


def endpoints(services: Services) -> Iterator[Endpoint]:
    """Cancel."""
    yield Endpoint(
        name="runs.cancel", verb="POST", path=f"{API}/runs:cancel", permission=Permission.WRITE, handle=_cancel,
        summary="Cancel a run and its submitted children.", request=CancelRun, response=Run,
    )  # fmt: skip


async def _cancel(call: Call) -> Response:
    return call.answer(
        await call.services.write(cancel_any, call.services.store, call.body.run_id, "canceled in the studio")
    )
