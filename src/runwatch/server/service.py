"""What all parts of a server share: the store, its threads, the settings, and what is to be closed at the end."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import ParamSpec, TypeVar

import anyio
import anyio.to_thread

from runwatch.server.auth.access import Access
from runwatch.server.auth.principal import Authenticator
from runwatch.server.auth.run_scope import RunScope
from runwatch.server.settings import Settings
from runwatch.store.protocol import Store

P = ParamSpec("P")
T = TypeVar("T")


class Services:
    """What all parts of a server share.

    Attributes:
        store: What is served.
        settings: What the server was told.
        authenticator: Finds out who asks.
        access: Users, sessions, tokens and the audit log.
        run_scope: What the tokens of jobs reach.
        stack: Entered when the server starts; what is put on it is closed when it stops, last first.

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
        self._limiter: anyio.CapacityLimiter | None = None
        self._slow: anyio.CapacityLimiter | None = None

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do work that may block, such as a call of the store, in a thread.

        Args:
            work: A function that is safe in any thread.
            *args: Given to it.
            **kwargs: Likewise.
        """
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(self.settings.threads)
        return await anyio.to_thread.run_sync(functools.partial(work, *args, **kwargs), limiter=self._limiter)

    async def run_slow(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do work that takes long on purpose, such as checking a password, in one of two threads of its own.

        Strangers can ask for such work: it must not take the threads that the store's calls need.
        """
        if self._slow is None:
            self._slow = anyio.CapacityLimiter(2)
        return await anyio.to_thread.run_sync(functools.partial(work, *args, **kwargs), limiter=self._slow)
