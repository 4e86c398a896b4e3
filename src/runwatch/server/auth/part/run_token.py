"""Endpoints of the tokens of jobs: for those who launch runs."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from starlette.responses import Response

from runwatch.schema.operation import Permission
from runwatch.schema.run import GetRun
from runwatch.schema.wire import API
from runwatch.server.auth.run_token import DEFAULT_S, RunToken
from runwatch.server.call import Call
from runwatch.server.endpoint import Endpoint
from runwatch.server.service import Services


class CreateRunToken(Struct, frozen=True, kw_only=True):
    """Make a token for the present attempt of a run.

    Attributes:
        run_id: The run; `NotFoundError` if it is not there.
        lasts_s: Seconds until it expires, at most 31 days: the time limit of the job and some more.
    """

    run_id: str
    lasts_s: float = DEFAULT_S


class CreatedRunToken(Struct, frozen=True, kw_only=True):
    """A new token of a job.

    Attributes:
        token: What is known of it.
        secret: To be sent as ``Authorization: Bearer …``; shown once.
    """

    token: RunToken
    secret: str


class RenewRunToken(Struct, frozen=True, kw_only=True):
    """Let a token of a job that still holds expire later.

    Attributes:
        token_id: Which.
        lasts_s: Seconds from now.
    """

    token_id: str
    lasts_s: float = DEFAULT_S


class RevokeRunToken(Struct, frozen=True, kw_only=True):
    """End the token of a job at once."""

    token_id: str


class ListRunTokens(Struct, frozen=True, kw_only=True):
    """The tokens of a run, newest first."""

    run_id: str


class RunTokenList(Struct, frozen=True, kw_only=True):
    """Tokens of a run, without their secrets."""

    tokens: tuple[RunToken, ...]


def endpoints(services: Services) -> Iterator[Endpoint]:
    """Tokens of jobs: create, renew, revoke, list."""
    yield Endpoint(
        name="run_tokens.create", verb="POST", path=f"{API}/run-tokens:create", permission=Permission.WRITE,
        handle=_create, summary="Make a token for one run.", request=CreateRunToken, response=CreatedRunToken,
    )  # fmt: skip
    yield Endpoint(
        name="run_tokens.renew", verb="POST", path=f"{API}/run-tokens:renew", permission=Permission.WRITE,
        handle=_renew, summary="Let a run's token expire later.", request=RenewRunToken, response=RunToken,
    )  # fmt: skip
    yield Endpoint(
        name="run_tokens.revoke", verb="POST", path=f"{API}/run-tokens:revoke", permission=Permission.WRITE,
        handle=_revoke, summary="End a run's token.", request=RevokeRunToken, response=RunToken,
    )  # fmt: skip
    yield Endpoint(
        name="run_tokens.list", verb="POST", path=f"{API}/run-tokens:list", permission=Permission.WRITE,
        handle=_list, summary="A run's tokens, without their secrets.", request=ListRunTokens, response=RunTokenList,
    )  # fmt: skip


async def _create(call: Call) -> Response:
    assert call.principal is not None
    services, body = call.services, call.body
    run = await services.run(services.store.runs.get, GetRun(run_id=body.run_id))
    token, secret = await services.run(
        services.access.run_tokens.create, run.run_id, run.attempt, call.principal.name, body.lasts_s
    )
    return call.answer(CreatedRunToken(token=token, secret=secret))


async def _renew(call: Call) -> Response:
    tokens, body = call.services.access.run_tokens, call.body
    return call.answer(await call.services.run(tokens.renew, body.token_id, body.lasts_s))


async def _revoke(call: Call) -> Response:
    return call.answer(await call.services.run(call.services.access.run_tokens.revoke, call.body.token_id))


async def _list(call: Call) -> Response:
    found = await call.services.run(call.services.access.run_tokens.list, call.body.run_id)
    return call.answer(RunTokenList(tokens=found))
