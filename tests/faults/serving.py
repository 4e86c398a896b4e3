"""Servers to be killed: forked from a process that has everything imported, so that a hundred starts are affordable."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

NURSERY = """
import os, signal, sys
from pathlib import Path
from msgspec.structs import replace
from runwatch.schema.metric import Appended
import runwatch.store.sql.store, uvicorn.lifespan.on, uvicorn.protocols.http.httptools_impl, uvloop
from runwatch.server.app import make_app
from runwatch.server.serve import listen, serve
from runwatch.server.settings import Settings
from runwatch.store.location import open_store

class Shelf:
    # dies=N: the process ends right after the N-th batch is committed, before anybody is told.
    # forgets: a deliberately wrong server, which keeps no cursor of a writer and applies what it is sent.
    def __init__(self, shelf, forgets, dies):
        self.shelf, self.forgets, self.dies = shelf, forgets, dies

    def __getattr__(self, name):
        return getattr(self.shelf, name)

    def append(self, request):
        sent = replace(request, writer=os.urandom(16).hex(), first=0) if self.forgets else request
        found = self.shelf.append(sent)
        self.dies -= 1
        if not self.dies:
            os._exit(9)
        return Appended(cursor=request.first + request.count) if self.forgets else found

    def append_all(self, requests):
        if not self.forgets and self.dies <= 0:
            return self.shelf.append_all(requests)
        found = []
        for request in requests:
            try:
                found.append(self.append(request))
            except Exception as error:
                found.append(error)
        return found

def answer(folder, port, forgets, dies):
    settings = Settings(port=port, auth="none")
    store = open_store(folder)
    store._metrics = Shelf(store.metrics, forgets, dies)
    serve(make_app(store, settings), listen(settings, fixed=True), lambda: None)
    store.close()

for line in sys.stdin:
    folder, port, forgets, dies = line.rstrip("\\n").split("\\t")
    child = os.fork()
    if child == 0:
        sys.stdin.close()
        answer(folder, int(port), forgets == "True", int(dies))
        os._exit(0)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class ServerNursery:
    """Starts one server after another at the same address.

    Attributes:
        url: The address.
        pid: The server that runs now, 0 if none does.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.pid = 0
        self._process = subprocess.Popen(
            [sys.executable, "-c", NURSERY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def start(self, *, forgets: bool = False, dies: int = 0) -> None:
        """Start a server and wait until it answers.

        Args:
            forgets: Start a deliberately wrong one, which applies a batch as often as it comes.
            dies: It ends right after so many batches are committed, before it answers; 0: it does not.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{self.folder}\t{self.port}\t{forgets}\t{dies}\n")
        self._process.stdin.flush()
        self.pid = int(self._process.stdout.readline())
        deadline = time.monotonic() + 30
        while not self._answers():
            assert time.monotonic() < deadline, "the server did not come up"
            time.sleep(0.005)

    def end(self, number: signal.Signals = signal.SIGKILL) -> int:
        """End it with a signal; the exit code."""
        os.kill(self.pid, number)
        return self.wait()

    def wait(self) -> int:
        """Wait until it has ended by itself; the exit code."""
        assert self._process.stdout is not None
        code = int(self._process.stdout.readline())
        self.pid = 0
        return code

    def close(self) -> None:
        """End everything."""
        if self.pid:
            self.end()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
