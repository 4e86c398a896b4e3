"""What the server says about itself: that it is well, what it serves, and figures for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as PROMETHEUS
from starlette.responses import Response

from runwatch.schema.operation import Permission
from runwatch.schema.wire import API
from runwatch.server.call import Call
from runwatch.server.endpoint import Endpoint
from runwatch.server.service import Services
from runwatch.store.protocol import StoreInfo


class Health(Struct, frozen=True, kw_only=True):
    """The server can reach its store."""

    ok: bool = True


def endpoints(services: Services) -> Iterator[Endpoint]:
    """Health and facts."""
    yield Endpoint(
        name="health", verb="GET", path="/healthz", permission=Permission.PUBLIC, handle=_health,
        summary="Whether the server can reach its store; nothing else is said to strangers.", response=Health,
    )  # fmt: skip
    yield Endpoint(
        name="info", verb="GET", path=f"{API}/info", permission=Permission.READ, handle=_info,
        summary="What and where the store is.", response=StoreInfo,
    )  # fmt: skip
    yield Endpoint(
        name="figures", verb="GET", path="/metrics", permission=Permission.READ, handle=_figures,
        summary="Figures for Prometheus; give its scraper a token.", media=(PROMETHEUS.split(";")[0],),
    )  # fmt: skip


async def _health(call: Call) -> Response:
    await call.services.run(call.services.store.info)
    return call.answer(Health())


async def _info(call: Call) -> Response:
    return call.answer(await call.services.run(call.services.store.info))


async def _figures(call: Call) -> Response:
    return Response(call.services.figures.text(), media_type=PROMETHEUS)
