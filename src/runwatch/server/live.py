"""The live stream: notices of what changed, as server-sent events, whoever made the change."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Final

import anyio
import msgspec
from msgspec import Struct
from starlette.responses import Response, StreamingResponse

from runwatch.schema import limit
from runwatch.schema.change import Change, ListChanges
from runwatch.schema.error import InvalidValueError, StoreUnavailableError
from runwatch.schema.operation import Permission
from runwatch.schema.wire import API
from runwatch.server import policy
from runwatch.server.call import Call
from runwatch.server.endpoint import Endpoint
from runwatch.server.service import Services

POLL_S: Final = 0.1
"""How often the store is asked while anybody listens: other processes write to it too. One look takes 0.2 ms."""

PACE_S: Final = 0.25
"""A listener hears of one run at most four times a second, however fast it logs."""

BEAT_S: Final = 15.0
"""A line of comment this often keeps proxies from cutting a quiet stream, and shows us that a reader has gone."""

CHECK_S: Final = 30.0
"""A stream ends at most so long after the session or token that opened it."""

STREAMS: Final = 500
"""Listeners at once; a browser needs one for all its tabs."""

RETRY_MS: Final = 2_000
"""How long a browser waits before it connects again."""


class Notice(Struct, frozen=True, kw_only=True):
    """Something changed; the reader then asks for what it shows.

    Attributes:
        rev: The sequence number; also the event's id, so that a reader that was cut off goes on from there.
        subject: The run, experiment or target.
        what: What of it changed: values of `runwatch.schema.change.ChangeKind`.
        experiment_id: The experiment, for runs.
        at: When, seconds UTC.
    """

    rev: int
    subject: str
    what: tuple[str, ...]
    experiment_id: str = ""
    at: float = 0.0


class StreamQuery(Struct, frozen=True, kw_only=True):
    """What a listener wants to hear.

    Attributes:
        after: Go on behind this sequence number; -1 begins now. The header ``Last-Event-ID`` counts more.
        run_id: Only this run.
        experiment_id: Only this experiment and its runs.
    """

    after: int = -1
    run_id: str | None = None
    experiment_id: str | None = None


class Listener:
    """One stream: what it has not been told yet, the latest of each subject.

    Args:
        query: What it wants to hear.
        after: Only of changes behind this sequence number.
    """

    def __init__(self, query: StreamQuery, after: int) -> None:
        self._query = query
        self._after = after
        self._pending: dict[str, Notice] = {}
        self.news = anyio.Event()

    def hear(self, change: Change) -> None:
        """Note a change, unless it is not for this listener."""
        query = self._query
        if change.sequence <= self._after:
            return
        if query.run_id is not None and change.subject != query.run_id:
            return
        if query.experiment_id is not None and query.experiment_id not in {change.experiment_id, change.subject}:
            return
        known = self._pending.get(change.subject)
        what = {*(known.what if known else ()), change.kind.value}
        self._pending[change.subject] = Notice(
            rev=max(change.sequence, known.rev if known else 0),
            subject=change.subject,
            what=tuple(sorted(what)),
            experiment_id=change.experiment_id,
            at=change.at,
        )
        self.news.set()

    def take(self) -> list[Notice]:
        """What is new, oldest first."""
        found = sorted(self._pending.values(), key=lambda notice: notice.rev)
        self._pending, self.news = {}, anyio.Event()
        return found


class Hub:
    """Looks for changes while anybody listens, and tells all listeners.

    Args:
        services: Whose store is looked at.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self._listeners: set[Listener] = set()
        self._cursor = 0
        self._wake = anyio.Event()

    async def run(self) -> None:
        """Look and tell until cancelled."""
        while True:
            if not self._listeners:
                self._wake = anyio.Event()
                await self._wake.wait()
            await self._look()
            with anyio.move_on_after(POLL_S):
                await self._services.stopping.wait()
                return

    @contextmanager
    def listening(self, listener: Listener, now: int) -> Iterator[None]:
        """Have a listener told as long as the block lasts.

        Args:
            listener: It hears of every change behind ``now`` that is found from here on.
            now: A sequence number asked for before; a hub that has rested begins there.
        """
        if not self._listeners:
            self._cursor = now
        self._listeners.add(listener)
        self._services.figures.streams.inc()
        self._wake.set()
        try:
            yield
        finally:
            self._listeners.discard(listener)
            self._services.figures.streams.dec()

    @property
    def is_full(self) -> bool:
        """Whether there are as many listeners as one server has."""
        return len(self._listeners) >= STREAMS

    async def catch_up(self, listener: Listener, after: int) -> None:
        """Tell one listener what changed behind a sequence number; from then on it hears of everything.

        It is on the list already, so that nothing falls between the two; what it hears twice it is told once.
        """
        while True:
            found = await self._services.run(
                self._services.store.changes.list, ListChanges(after=after, limit=limit.PAGE_ROWS)
            )
            for change in found.changes:
                listener.hear(change)
            if len(found.changes) < limit.PAGE_ROWS:
                return
            after = found.sequence

    async def sequence(self) -> int:
        """The present sequence number."""
        return (await self._services.run(self._services.store.changes.list, ListChanges(after=-1))).sequence

    async def _look(self) -> None:
        try:
            found = await self._services.run(
                self._services.store.changes.list, ListChanges(after=self._cursor, limit=limit.PAGE_ROWS)
            )
        except StoreUnavailableError:
            return  # the next look is soon
        self._cursor = found.sequence
        self._services.asked_at = time.monotonic()
        for change in found.changes:
            for listener in self._listeners:
                listener.hear(change)


def endpoints(services: Services) -> Iterator[Endpoint]:
    """The stream."""
    hub = Hub(services)
    services.tasks.append(hub.run)

    async def stream(call: Call) -> Response:
        if hub.is_full:
            raise StoreUnavailableError("Too many listen to this server at once.", retry_after_s=10)
        resumed = _last_event(call.request.headers.get("last-event-id"))
        after = call.query.after if resumed is None else resumed
        # Asked here, so that a store that is away gives an error and not a stream that breaks off.
        now = await hub.sequence()
        return StreamingResponse(
            _events(call, hub, now if after < 0 else min(after, now), now),
            media_type="text/event-stream",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )

    yield Endpoint(
        name="changes.stream", verb="GET", path=f"{API}/changes:stream", permission=Permission.READ, handle=stream,
        summary="Notices of what changes, as server-sent events.", query=StreamQuery, media=("text/event-stream",),
    )  # fmt: skip


async def _events(call: Call, hub: Hub, start: int, now: int) -> AsyncIterator[bytes]:
    """The text of a stream: notices at their pace, a beat while nothing happens, until the reader or the right ends."""
    listener = Listener(call.query, start)
    services, checked_at = call.services, time.monotonic()
    with hub.listening(listener, now):
        yield f"retry: {RETRY_MS}\nid: {start}\n: listening\n\n".encode()
        await hub.catch_up(listener, start)
        while not services.stopping.is_set():
            with anyio.move_on_after(BEAT_S) as scope:
                await _first(listener.news, services.stopping)
            if scope.cancelled_caught:
                yield b": alive\n\n"
            if time.monotonic() - checked_at > CHECK_S:
                if not await policy.holds(services, call.request, call.endpoint):
                    return
                checked_at = time.monotonic()
            notices = listener.take()
            if notices:
                yield b"".join(
                    b"id: %d\nevent: change\ndata: %s\n\n" % (each.rev, msgspec.json.encode(each)) for each in notices
                )
                await anyio.sleep(PACE_S)


async def _first(one: anyio.Event, other: anyio.Event) -> None:
    """Wait for either."""
    async with anyio.create_task_group() as group:

        async def wait(event: anyio.Event) -> None:
            await event.wait()
            group.cancel_scope.cancel()

        group.start_soon(wait, one)
        group.start_soon(wait, other)


def _last_event(text: str | None) -> int | None:
    if not text:
        return None
    try:
        return max(0, int(text[:20]))
    except ValueError:
        raise InvalidValueError("Last-Event-ID is no sequence number.", hint="Leave it out to begin now.") from None
