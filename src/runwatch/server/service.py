"""What all parts of a server share: the store, its threads, the settings, and what is to be closed at the end."""

from __future__ import annotations

import functools
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final, ParamSpec, TypeVar

import anyio
import anyio.to_thread

from runwatch.server.auth.access import Access
from runwatch.server.auth.principal import Authenticator
from runwatch.server.auth.run_scope import RunScope
from runwatch.server.figure import Figures
from runwatch.server.settings import Settings
from runwatch.store.protocol import Store

P = ParamSpec("P")
T = TypeVar("T")

YIELD_S: Final = 0.1
"""How long a write waits for urgent reads at most: short beside the half second between two batches of a run."""


class Services:
    """What all parts of a server share.

    Attributes:
        store: What is served.
        settings: What the server was told.
        authenticator: Finds out who asks.
        access: Users, sessions, tokens and the audit log.
        run_scope: What the tokens of jobs reach.
        stack: Entered when the server starts; what is put on it is closed when it stops, last first.
        tasks: Run beside the requests from the start to the end.
        stopping: Set when the server is told to end: streams end then.
        figures: What is counted.
        asked_at: When somebody last asked, of the monotonic clock.

    Args:
        store: What is served.
        settings: What the server was told.
        authenticator: Finds out who asks.
        access: None keeps users, sessions and the audit log in memory.
    """

    def __init__(
        self, store: Store, settings: Settings, authenticator: Authenticator, access: Access | None = None
    ) -> None:
        self.store = store
        self.settings = settings
        self.authenticator = authenticator
        self.access = access or Access()
        self.run_scope = RunScope(store)
        self.stack = AsyncExitStack()
        if access is None:
            self.stack.callback(self.access.close)
        self.tasks: list[Callable[[], Coroutine[Any, Any, None]]] = []
        self.stopping = anyio.Event()
        self.figures = Figures()
        self.asked_at = time.monotonic()
        self._urgent = 0
        self._calm = anyio.Event()
        self._lanes: dict[str, anyio.CapacityLimiter] = {}

    @property
    def is_idle(self) -> bool:
        """Whether nobody has asked for as long as the settings allow."""
        return 0 < self.settings.idle_s < time.monotonic() - self.asked_at

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """From the start of the server to its end."""
        async with self.stack, anyio.create_task_group() as group:
            for task in self.tasks:
                group.start_soon(task)
            yield
            self.stopping.set()
            group.cancel_scope.cancel()

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Read, or do other work that may block, in a thread.

        Args:
            work: A function that is safe in any thread.
            *args: Given to it.
            **kwargs: Likewise.
        """
        call = functools.partial(work, *args, **kwargs)
        return await self._in_thread("read", self.settings.read_threads, call)

    async def write(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Like `run`, for work that changes the store; in a lane of its own, so that no reader waits behind writers.

        It begins once no `run_first` is going on, or after `YIELD_S`.
        """
        threads = self.settings.write_threads
        async with self._lane("write", threads):
            if self._urgent:
                with anyio.move_on_after(YIELD_S):
                    await self._calm.wait()
            # Its threads are as many as the lane is wide, so that they are never waited for.
            return await self._in_thread("writing", threads, functools.partial(work, *args, **kwargs))

    async def run_first(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Like `run`, for work that somebody sits waiting for: writes that arrive meanwhile begin after it.

        All threads share one interpreter, where a chart gets no more of it than each of the batches that arrive; these
        come from programs that do not mind, and cost less when several are committed together afterwards.
        """
        self._urgent += 1
        try:
            return await self.run(work, *args, **kwargs)
        finally:
            self._urgent -= 1
            if not self._urgent:
                self._calm.set()
                self._calm = anyio.Event()

    async def run_slow(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do work that takes long on purpose, such as checking a password, in one of two threads of its own.

        Strangers can ask for such work: it must not take the threads that the store's calls need.
        """
        return await self._in_thread("slow", 2, functools.partial(work, *args, **kwargs))

    async def _in_thread(self, name: str, threads: int, work: Callable[[], T]) -> T:
        return await anyio.to_thread.run_sync(work, limiter=self._lane(name, threads))

    def _lane(self, name: str, width: int) -> anyio.CapacityLimiter:
        return self._lanes.get(name) or self._lanes.setdefault(name, anyio.CapacityLimiter(width))
