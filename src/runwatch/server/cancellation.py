"""Cancels a run for a reader of the studio, whether it is in a queue, at work, or recorded by some process."""

from __future__ import annotations

import time
from collections.abc import Iterator

from msgspec import Struct
from starlette.responses import Response

from runwatch.schema.operation import Permission
from runwatch.schema.run import ExitCause, ExitKind, GetRun, Run, RunStatus, UpdateRun
from runwatch.schema.wire import API
from runwatch.server.call import Call
from runwatch.server.endpoint import Endpoint
from runwatch.server.service import Services
from runwatch.store import cancellation
from runwatch.store.protocol import Store


class CancelRun(Struct, frozen=True, kw_only=True):
    """Cancel a run and its submitted children; one that has ended stays as it is.

    A queued run leaves its queue. Of one at work the processes are told to end, which takes a moment. A run that some
    process records ends as Canceled at once: that process is not stopped, what it logs is kept, the status stays.
    """

    run_id: str


def endpoints(services: Services) -> Iterator[Endpoint]:
    """Cancel."""
    yield Endpoint(
        name="runs.cancel", verb="POST", path=f"{API}/runs:cancel", permission=Permission.WRITE, handle=_cancel,
        summary="Cancel a run and its submitted children.", request=CancelRun, response=Run,
    )  # fmt: skip


async def _cancel(call: Call) -> Response:
    return call.answer(await call.services.write(cancel, call.services.store, call.body.run_id))


def cancel(store: Store, run_id: str) -> Run:
    """Cancel a run.

    Args:
        store: Where it is.
        run_id: The run.
    """
    record = store.runs.get(GetRun(run_id=run_id))
    if record.status.is_terminal:
        return record
    if cancellation.has_job(store, run_id):
        return cancellation.cancel(store, record)
    cause = ExitCause(kind=ExitKind.CANCELED, evidence="canceled in the studio", at=time.time())
    return store.runs.update(UpdateRun(run_id=run_id, status=RunStatus.CANCELED, reason="canceled", exit=cause))
