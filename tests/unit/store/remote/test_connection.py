"""Ways of failing between a client and a server, each with the error it has to become."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
import pytest

from runwatch.schema.error import (
    AuthenticationException,
    NotFoundError,
    SequenceGapError,
    StoreUnavailableError,
    WorkspaceException,
)
from runwatch.schema.run import Delete, GetRun, UpdateRun
from runwatch.schema.wire import MSGPACK, Failure
from runwatch.server.app import make_app
from runwatch.store.memory.store import MemoryStore
from runwatch.store.remote.store import RemoteStore
from runwatch.testing.sample import new_run
from tests.unit.server.served import served


@contextmanager
def scripted(*answers: bytes | Callable[[socket.socket], None]) -> Iterator[tuple[str, list[bytes]]]:
    """A server that gives these answers, one a connection, and closes; and what it was asked."""
    listener = socket.create_server(("127.0.0.1", 0))
    asked: list[bytes] = []

    def serve() -> None:
        for answer in answers:
            line, _ = listener.accept()
            with line:
                asked.append(_request(line))
                answer(line) if callable(answer) else line.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
    listener.close()
    thread.join(5)


def _request(line: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += line.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    size = next(
        (int(each.split(b":")[1]) for each in head.lower().split(b"\r\n") if each.startswith(b"content-length")), 0
    )
    while len(body) < size:
        body += line.recv(65536)
    return head + b"\r\n\r\n" + body


def answer(status: str, body: bytes = b"", media: str = MSGPACK, more: str = "") -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\ncontent-type: {media}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n{more}\r\n"
    )
    return head.encode() + body


def failure(code: str, **detail: object) -> bytes:
    return msgspec.msgpack.encode(Failure(code=code, message="Words.", hint="A hint.", detail=detail))


def test_errors_of_the_store_behind_come_through_as_they_are() -> None:
    with scripted(answer("409 Conflict", failure("sequence_gap", cursor=7))) as (url, _):
        with pytest.raises(SequenceGapError) as caught:
            RemoteStore(url).runs.get(GetRun(run_id="x"))
        assert (caught.value.message, caught.value.hint, caught.value.detail) == ("Words.", "A hint.", {"cursor": 7})


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (answer("500 Oops", b"<html>", "text/html"), StoreUnavailableError),
        (answer("502 Bad Gateway", b"<html>", "text/html"), StoreUnavailableError),
        (answer("429 Slow Down", b"", "text/plain"), StoreUnavailableError),
        (answer("401 Who", b"", "text/plain"), AuthenticationException),
        (answer("404 Not Found", b"<html>", "text/html"), WorkspaceException),
        (answer("200 OK", b"<html>a router</html>", "text/html"), WorkspaceException),
        (answer("404 Not Found", b"\xc1 no failure"), WorkspaceException),
        (answer("404 Not Found", failure("not_found")), NotFoundError),
    ],
)
def test_what_other_answers_mean(given: bytes, kind: type[Exception]) -> None:
    with scripted(given) as (url, _), pytest.raises(kind):
        RemoteStore(url).runs.get(GetRun(run_id="x"))


def test_a_server_that_asks_to_wait_is_heard() -> None:
    given = answer("429 Slow Down", b"", "text/plain", "retry-after: 7\r\n")
    with scripted(given) as (url, _), pytest.raises(StoreUnavailableError) as caught:
        RemoteStore(url).runs.get(GetRun(run_id="x"))
    assert caught.value.detail["retry_after_s"] == 7


def test_the_token_goes_as_a_bearer_and_never_in_the_address() -> None:
    with scripted(answer("401 Who", b"", "text/plain")) as (url, asked), pytest.raises(AuthenticationException):
        RemoteStore(f"{url}/#token=secret").runs.get(GetRun(run_id="x"))
    head = asked[0].split(b"\r\n\r\n")[0]
    assert b"authorization: Bearer secret" in head
    assert b"secret" not in head.split(b"\r\n")[0]


def test_a_connection_cut_in_the_answer_means_unavailable_and_says_that_the_server_may_have_acted() -> None:
    whole = answer("200 OK", msgspec.msgpack.encode({"run_ids": ["x"]}))
    for length in range(len(whole)):
        with scripted(whole[:length]) as (url, asked):
            with pytest.raises(StoreUnavailableError) as caught:
                RemoteStore(url).runs.delete(Delete(run_ids=("x",)))
            assert caught.value.detail["sent"] is True
            assert len(asked) == 1  # never sent twice: it may have been done


def test_a_restarted_server_is_found_again_without_an_error() -> None:
    store = MemoryStore()
    run = new_run(store)
    with served(make_app(store)) as client:
        remote = RemoteStore(client.url)
        assert remote.runs.get(GetRun(run_id=run.run_id)) == run
        idle = remote._line._idle[0]
        assert idle.sock is not None
        idle.sock.shutdown(socket.SHUT_RDWR)  # as a server that went away, or a proxy that forgot us
        assert remote.runs.update(UpdateRun(run_id=run.run_id, description="again")).description == "again"
        remote.close()


def test_many_threads_share_few_connections_and_none_is_mixed_up() -> None:
    store = MemoryStore()
    runs = [new_run(store, description=str(number)) for number in range(16)]
    found: list[str] = []
    with served(make_app(store)) as client:
        remote = RemoteStore(client.url)

        def ask(number: int) -> None:
            for _ in range(20):
                assert remote.runs.get(GetRun(run_id=runs[number].run_id)).description == str(number)
            found.append(str(number))

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 16
        assert len(remote._line._idle) <= 8
        remote.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_child_opens_connections_of_its_own() -> None:
    store = MemoryStore()
    run = new_run(store)
    with served(make_app(store)) as client:
        remote = RemoteStore(client.url)
        remote.runs.get(GetRun(run_id=run.run_id))
        child = os.fork()
        if child == 0:
            os._exit(0 if remote.runs.get(GetRun(run_id=run.run_id)) == run else 1)
        assert remote.runs.get(GetRun(run_id=run.run_id)) == run
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        remote.close()
