"""Renders errors: by their code if they are ours, else as an id that stands beside the traceback in the log."""

from __future__ import annotations

import logging
import secrets
from typing import Final

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response

from runwatch.schema.error import AuthenticationException, RunwatchError, StoreUnavailableError
from runwatch.schema.wire import Failure, encode, failure_of
from runwatch.server.call import preferred

LOG = logging.getLogger(__name__)

_HTTP: Final = {
    404: Failure(code="no_such_address", message="There is nothing at this address."),
    405: Failure(code="verb", message="This address does not take this verb."),
}

_UNEXPECTED: Final = Failure(
    code="internal_error",
    message="The server met an error that it did not expect.",
    hint="Its log has the details under this id.",
)


def render(connection: HTTPConnection, error: Exception) -> Response:
    """The answer for an error; an unexpected one says nothing of what it was, and the log says all."""
    headers: dict[str, str] = {}
    if isinstance(error, HTTPException):
        failure, status = _HTTP.get(error.status_code, Failure(code="http", message=error.detail)), error.status_code
        headers.update(error.headers or {})
    elif isinstance(error, RunwatchError):
        failure, status = failure_of(error), error.status
        headers.update(_headers(error))
    else:
        failure, status = _UNEXPECTED, 500
    if status == 500:
        failure = msgspec.structs.replace(failure, id=secrets.token_hex(6))
        LOG.error("%s failed; id %s", connection.url.path, failure.id, exc_info=error)
    media = preferred(connection.headers.get("accept", ""))
    return Response(encode(failure, media), status, headers, media_type=media)


def _headers(error: RunwatchError) -> dict[str, str]:
    if isinstance(error, StoreUnavailableError) or error.status == 429:
        return {"retry-after": str(max(1, round(float(error.detail.get("retry_after_s", 1)))))}
    if isinstance(error, AuthenticationException):
        return {"www-authenticate": "Bearer"}
    return {}
