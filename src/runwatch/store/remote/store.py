"""The store behind a server: every call of the table of operations becomes one request."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar, cast

from msgspec import Struct
from msgspec.structs import replace

from runwatch.schema.operation import OPERATIONS, Operation
from runwatch.schema.wire import API, MSGPACK, decode, encode
from runwatch.store import protocol
from runwatch.store.protocol import StoreInfo
from runwatch.store.remote import credential
from runwatch.store.remote.address import parse
from runwatch.store.remote.connection import ANSWER_S, Line, Reply, refusal

T = TypeVar("T")


class _Shelf:
    """One shelf: a method for each of its operations."""

    def __init__(self, name: str, perform: Callable[[Operation, Struct], Any]) -> None:
        for row in OPERATIONS:
            if row.shelf == name:
                setattr(self, row.name, partial(perform, row))


class RemoteStore:
    """Keeps `runwatch.store.protocol.Store` by asking a server; errors are those of the store behind it.

    Nothing is asked when it is made, so that training starts while the server is away.

    Args:
        location: The server's address; the link that it prints, with its token, will do.
        token: Overrides what `runwatch.store.remote.credential.find` finds.
        answer_s: How long to wait between two bytes of an answer.

    Raises:
        InvalidValueError: If it is no address.
    """

    def __init__(self, location: str, token: str | None = None, answer_s: float = ANSWER_S) -> None:
        self._address = parse(location)
        self._line = Line(self._address, credential.find(self._address) if token is None else token, answer_s)
        self._runs = _Shelf("runs", self._perform)
        self._metrics = _Shelf("metrics", self._perform)
        self._artifacts = _Shelf("artifacts", self._perform)
        self._jobs = _Shelf("jobs", self._perform)
        self._changes = _Shelf("changes", self._perform)

    @property
    def runs(self) -> protocol.RunShelf:
        """Experiments and runs."""
        return cast(protocol.RunShelf, self._runs)

    @property
    def metrics(self) -> protocol.MetricShelf:
        """Metrics."""
        return cast(protocol.MetricShelf, self._metrics)

    @property
    def artifacts(self) -> protocol.ArtifactShelf:
        """Files of runs."""
        return cast(protocol.ArtifactShelf, self._artifacts)

    @property
    def jobs(self) -> protocol.JobShelf:
        """Compute targets and queues."""
        return cast(protocol.JobShelf, self._jobs)

    @property
    def changes(self) -> protocol.ChangeShelf:
        """What changed since."""
        return cast(protocol.ChangeShelf, self._changes)

    def info(self) -> StoreInfo:
        """What and where this store is; the size is that of the store behind the server."""
        reply = self._line.ask("GET", f"{API}/info", None, repeatable=True)
        found: StoreInfo = self._read(reply, StoreInfo)
        return replace(found, backend="http", location=self._address.url)

    def ask(self, path: str, request: Struct, response: type[T]) -> T:
        """See `runwatch.store.protocol.Serves`; nothing is asked twice."""
        reply = self._line.ask("POST", API + path, encode(request, MSGPACK, mend=True), repeatable=False)
        answer: T = self._read(reply, response)
        return answer

    def ask_bytes(self, path: str, request: Struct) -> bytes:
        """See `runwatch.store.protocol.Serves`."""
        reply = self._line.ask("POST", API + path, encode(request, MSGPACK, mend=True), repeatable=True)
        if reply.status != 200 or reply.media == MSGPACK:
            raise refusal(reply, self._address)
        return reply.body

    def close(self) -> None:
        """Close the connections; the server goes on."""
        self._line.close()

    def _perform(self, row: Operation, request: Struct) -> Any:
        body = encode(request, MSGPACK, mend=row.shelf != "artifacts")
        return self._read(self._line.ask(row.verb, API + row.path, body, repeatable=row.idempotent), row.response)

    def _read(self, reply: Reply, kind: type[Any]) -> Any:
        if reply.status != 200 or reply.media != MSGPACK:
            raise refusal(reply, self._address)
        return decode(reply.body, kind, MSGPACK)
