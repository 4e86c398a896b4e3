"""Submits a copy of a run from the browser."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.responses import Response

from runwatch.schema.operation import Permission
from runwatch.schema.run import GetRun, Run
from runwatch.schema.survey import RerunRun
from runwatch.schema.wire import API
from runwatch.server.auth.principal import Principal
from runwatch.server.call import Call
from runwatch.server.endpoint import Endpoint
from runwatch.server.service import Services
from runwatch.store.protocol import Store
from runwatch.store.resubmission import resubmit


def endpoints(services: Services) -> Iterator[Endpoint]:
    """One: the same source again."""

    async def rerun(call: Call) -> Response:
        assert call.principal is not None
        return call.answer(await call.services.write(_rerun, call.services.store, call.principal, call.body))

    yield Endpoint(
        name="runs.rerun", verb="POST", path=f"{API}/runs:rerun", permission=Permission.WRITE, handle=rerun,
        summary="Put a copy of a submitted run into a queue.", request=RerunRun, response=Run,
    )  # fmt: skip


def _rerun(store: Store, who: Principal, request: RerunRun) -> Run:
    record = store.runs.get(GetRun(run_id=request.run_id))
    return resubmit(
        store,
        record,
        submitted_by=who.name if who.user_id else record.submitted_by,  # a machine's one user is who submitted it
        arguments=request.arguments,
        target=request.target,
        tags=request.tags,
        display_name=request.display_name,
    )
