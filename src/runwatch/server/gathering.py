"""Takes calls that arrive while earlier ones are being done to one thread together, instead of a thread for each."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

from runwatch.server.service import Services

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

MOST: Final = 8
"""Calls taken along at once: bounds how long the first of them waits for the others."""


class Gathering(Generic[Asked, Answer]):
    """A lane of writes of one kind. Handing work to a thread and back costs a third of a small batch of points.

    Args:
        services: Whose threads do the work.
        perform_all: Does the work for several requests; for each the answer, or what it raised.
    """

    def __init__(
        self, services: Services, perform_all: Callable[[Sequence[Asked]], Sequence[Answer | BaseException]]
    ) -> None:
        self._services = services
        self._perform_all = perform_all
        self._waiting: deque[tuple[Asked, asyncio.Future[Answer]]] = deque()
        self._task: asyncio.Task[None] | None = None

    async def perform(self, request: Asked) -> Answer:
        """Do the work for one request; raises what it raised."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, future))
        if self._task is None or self._task.done():
            # A task of its own: the request that begins it may be cut off while others wait for theirs.
            self._task = asyncio.create_task(self._drain())
        return await future

    async def _drain(self) -> None:
        while self._waiting:
            some = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
            try:
                answers = await self._services.write(self._perform_all, [request for request, _ in some])
            except BaseException as error:  # nobody may wait for ever, whatever it is
                answers = [error] * len(some)
                if not isinstance(error, Exception):
                    _tell(some, answers)
                    raise
            _tell(some, answers)


def _tell(
    some: Sequence[tuple[Asked, asyncio.Future[Answer]]], answers: Sequence[Answer | BaseException]
) -> None:  # fmt: skip
    for (_, future), answer in zip(some, answers, strict=True):
        if future.done():  # its caller went away
            continue
        if isinstance(answer, BaseException):
            future.set_exception(answer)
        else:
            future.set_result(answer)
