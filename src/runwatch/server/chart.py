"""All charts of a screen in one request, streamed chart by chart."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final

import msgspec
from starlette.responses import Response, StreamingResponse

from runwatch.schema.chart import ChartBatch
from runwatch.schema.operation import Permission
from runwatch.schema.wire import API
from runwatch.series import frame
from runwatch.series.plot import Plot
from runwatch.server.call import Call
from runwatch.server.endpoint import Endpoint
from runwatch.server.service import Services
from runwatch.store.chart import encoding
from runwatch.store.chart.encoding import ARROW_TYPE, FRAME_TYPE, JSON_TYPE
from runwatch.store.chart.reader import ChartReader

ENCODERS: Final[dict[str, Callable[[Plot], bytes]]] = {
    FRAME_TYPE: frame.encode,
    ARROW_TYPE: encoding.to_arrow,
    JSON_TYPE: encoding.to_json,
}
"""What an Accept header may name; the frame is what comes if it names none of them."""

TOGETHER_S: Final = 0.2
"""Charts that are made within this time travel together: later than that a reader sees the first ones come."""


def endpoints(services: Services) -> Iterator[Endpoint]:
    """The points plane."""
    reader = ChartReader(services.store)

    async def batch(call: Call) -> Response:
        accept = call.request.headers.get("accept", "")
        media = next((media for media in ENCODERS if media in accept), FRAME_TYPE)
        making = _Making(reader, call.body, ENCODERS[media])
        first = await call.services.run_first(making.following)  # what is wrong with the request is raised here
        encoded = _encoded(call.services, making, first)
        if media == JSON_TYPE:
            charts = [msgspec.Raw(part) async for part in encoded]
            return Response(msgspec.json.encode({"charts": charts}), media_type=JSON_TYPE)
        if making.is_over:
            return Response(b"".join(first), media_type=media)
        return StreamingResponse(encoded, media_type=media)

    yield Endpoint(
        name="series.batch", verb="POST", path=f"{API}/series:batch", permission=Permission.READ, handle=batch,
        summary="Charts over many runs: a frame for each, one after another (docs/formats/frame.md).",
        request=ChartBatch, media=tuple(ENCODERS),
    )  # fmt: skip


class _Making:
    """The charts of a request on their way, in whatever threads.

    Args:
        reader: Makes them.
        request: What is wanted.
        encode: What becomes of each.

    Attributes:
        is_over: All were made.
    """

    def __init__(self, reader: ChartReader, request: ChartBatch, encode: Callable[[Plot], bytes]) -> None:
        self._reader, self._request, self._encode = reader, request, encode
        self._plots: Iterator[Plot] | None = None
        self.is_over = False

    def following(self) -> list[bytes]:
        """The next ones; quick ones together, since each way between threads may wait for others on it."""
        if self._plots is None:
            self._plots = self._reader.answer(self._request)
        began, parts = time.monotonic(), []
        for plot in self._plots:
            parts.append(self._encode(plot))
            if time.monotonic() - began > TOGETHER_S:
                return parts
        self.is_over = True
        return parts


async def _encoded(services: Services, making: _Making, first: list[bytes]) -> AsyncIterator[bytes]:
    for part in first:
        yield part
    while not making.is_over:
        for part in await services.run_first(making.following):
            yield part
