"""Endpoints of the audit log: for owners alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta, Struct
from starlette.responses import Response

from runwatch.schema import limit as limits
from runwatch.schema.operation import Permission
from runwatch.schema.wire import API
from runwatch.server.auth.audit import Entry, Verdict
from runwatch.server.call import Call
from runwatch.server.endpoint import Endpoint
from runwatch.server.service import Services


class ListAudit(Struct, frozen=True, kw_only=True):
    """Lines of the audit log, newest first.

    Attributes:
        before: Only those with a lower number: the previous page's ``next_before``.
        limit: Lines of a page.
    """

    before: int | None = None
    limit: Annotated[int, Meta(ge=1, le=limits.PAGE_ROWS)] = 100


class AuditPage(Struct, frozen=True, kw_only=True):
    """A page of the audit log; ``next_before`` is None on the last one."""

    entries: tuple[Entry, ...]
    next_before: int | None = None


class VerifyAudit(Struct, frozen=True, kw_only=True):
    """Check the chain of the audit log."""


def endpoints(services: Services) -> Iterator[Endpoint]:
    """The audit log: read it, check it."""
    yield Endpoint(
        name="audit.list", verb="POST", path=f"{API}/audit:list", permission=Permission.ADMIN, handle=_list,
        summary="Lines of the audit log, newest first.", request=ListAudit, response=AuditPage,
    )  # fmt: skip
    yield Endpoint(
        name="audit.verify", verb="POST", path=f"{API}/audit:verify", permission=Permission.ADMIN, handle=_verify,
        summary="Whether the audit log is as it was written.", request=VerifyAudit, response=Verdict,
    )  # fmt: skip


async def _list(call: Call) -> Response:
    body: ListAudit = call.body
    entries = await call.services.run(call.services.access.audit.list, body.before, body.limit)
    more = len(entries) == body.limit and entries[-1].number > 1
    return call.answer(AuditPage(entries=entries, next_before=entries[-1].number if more else None))


async def _verify(call: Call) -> Response:
    return call.answer(await call.services.run(call.services.access.audit.verify))
