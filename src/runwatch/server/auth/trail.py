"""What of a request goes into the audit log: every change, every refusal, and none of the stream of points."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import msgspec
from starlette.requests import Request

from runwatch.schema.error import AuthenticationException, PermissionDeniedError, RunwatchError
from runwatch.schema.operation import Permission
from runwatch.schema.run import UpdateRun
from runwatch.server.auth.principal import Principal
from runwatch.server.endpoint import Endpoint
from runwatch.server.guard import REQUEST_ID

if TYPE_CHECKING:
    from runwatch.server.service import Services

LOG = logging.getLogger(__name__)

SIGN_IN: Final = frozenset({"session.create", "session.invitation", "session.password", "session.provider"})
"""Where a refusal is a refused sign-in, with or without a token."""

OWN: Final = SIGN_IN | {
    "session.delete",
    "tokens.create",
    "tokens.revoke",
    "views.create",
    "views.update",
    "views.delete",
}
"""Changes that everybody may make who may look."""

_LOOKS: Final = ("list", "get", "verify")
_NAMES: Final = (
    "run_id", "run_ids", "experiment_id", "experiment_ids", "experiment", "user", "user_id", "token_id", "view_id",
    "name", "names", "job_id", "path", "paths",
)  # fmt: skip


def is_change(endpoint: Endpoint, body: Any) -> bool:
    """Whether a call that was answered goes into the log.

    Of what runs record only changes of the run itself do; points, files and signs of life come too often.
    """
    if endpoint.permission in {Permission.WRITE, Permission.MANAGE, Permission.ADMIN}:
        return endpoint.verb != "GET" and endpoint.name.rpartition(".")[2] not in _LOOKS
    if isinstance(body, UpdateRun):
        return body != UpdateRun(run_id=body.run_id, contact=body.contact, at=body.at)
    return endpoint.name in OWN


class Trail:
    """One request on its way; what is known of it when it ends goes into the log.

    Args:
        services: What all parts share.
        request: The request.
        endpoint: What is called; None for a verb that the address does not take.

    Attributes:
        principal: Who called, as soon as that is known.
        body: What they sent, likewise.
    """

    def __init__(self, services: Services, request: Request, endpoint: Endpoint | None) -> None:
        self.services = services
        self.request = request
        self.endpoint = endpoint
        self.principal: Principal | None = None
        self.body: Any = None

    async def answered(self) -> None:
        """The call was answered."""
        if self.endpoint is not None and is_change(self.endpoint, self.body):
            await self._write("done")

    async def failed(self, error: Exception) -> None:
        """The call ended with an error."""
        if self.endpoint is None:
            return
        code = error.code if isinstance(error, RunwatchError) else "internal_error"
        if self._is_refusal(error):
            left_out = self.services.access.refusals.admit(self._address())
            if left_out is not None:
                await self._write(f"{code}; {left_out} more were not written down" if left_out else code)
        elif is_change(self.endpoint, self.body):
            await self._write(code)

    def _is_refusal(self, error: Exception) -> bool:
        assert self.endpoint is not None
        if isinstance(error, PermissionDeniedError):
            return True
        claimed = "authorization" in self.request.headers or self.endpoint.name in SIGN_IN
        return isinstance(error, AuthenticationException) and claimed

    async def _write(self, outcome: str) -> None:
        assert self.endpoint is not None
        access, principal = self.services.access, getattr(self.request.state, "signed_in", self.principal)
        path_parts = self.request.path_params
        try:
            await self.services.run(
                access.audit.append, self.endpoint.name, outcome,
                actor=principal.name if principal else "", token_id=principal.token_id if principal else "",
                about=object_of((self.body, path_parts)), address=self._address(),
                request_id=self.request.scope.get(REQUEST_ID, ""),
            )  # fmt: skip
        except Exception:  # the call has had its effect: its answer must not say otherwise
            LOG.exception("The audit log could not be written: %s, %s", self.endpoint.name, outcome)

    def _address(self) -> str:
        return self.request.client.host if self.request.client else ""


def object_of(requests: Iterable[Any]) -> str:
    """What a request is about: those of its fields that name things, never one that may hold a secret."""
    found = {}
    for request in requests:
        fields = msgspec.structs.asdict(request) if isinstance(request, msgspec.Struct) else dict(request or {})
        found.update({name: _text(fields.get(name)) for name in _NAMES if name in fields})
    return " ".join(f"{name}={text}" for name, text in found.items() if text)


def _text(value: Any) -> str:
    if isinstance(value, list | tuple):
        shown = ",".join(map(str, value[:10]))
        return f"{shown},… ({len(value)})" if len(value) > 10 else shown
    return "" if value is None or value is msgspec.UNSET else str(value)
