"""A server that asks who somebody is, and those who ask it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from runwatch.schema.wire import API
from runwatch.server.auth.access import Access
from runwatch.server.auth.role import Role
from runwatch.server.opening import open_app
from runwatch.server.policy import PROOF_HEADER
from runwatch.server.settings import Settings
from runwatch.store.memory.store import MemoryStore
from tests.unit.server.served import Answer, Client, served

PASSWORD = "correct horse battery"


@dataclass
class Browser(Client):
    """Keeps the cookies it is given, and says that it is a page of ours."""

    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, verb: str, path: str, body: object = None, **more: Any) -> Answer:
        sent = {PROOF_HEADER: "1", "cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        answer = super().ask(verb, path, body, **{**more, "headers": {**sent, **(more.get("headers") or {})}})
        for header in answer.cookies:
            for name, morsel in SimpleCookie(header).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        return answer


@dataclass
class Scene:
    """A server and what it serves."""

    client: Client
    store: MemoryStore
    access: Access

    def browser(self) -> Browser:
        return Browser(self.client.port)

    def program(self, secret: str) -> Client:
        return Client(self.client.port, {"authorization": f"Bearer {secret}"})

    def invited(self, name: str, role: Role = Role.CONTRIBUTOR) -> Browser:
        """A browser of a user who took an invitation up."""
        _, secret = self.access.users.create(name, role)
        browser = self.browser()
        answer = browser.post(f"{API}/session:invitation", {"invitation": secret, "password": PASSWORD})
        assert answer.status == 200, answer.body
        return browser

    def audited(self) -> list[tuple[str, str, str, str]]:
        """Actor, operation, object, outcome of all lines, oldest first."""
        entries = reversed(self.access.audit.list(limit=1_000))
        return [(each.actor, each.operation, each.object, each.outcome) for each in entries]


@contextmanager
def scene(settings: Settings, folder: Path | None = None) -> Iterator[Scene]:
    """A server of these settings, over a store in memory."""
    store = MemoryStore()
    access = Access.open(folder, store.info().workspace_id)
    with served(open_app(store, settings, access)) as client:
        yield Scene(client, store, access)
    access.close()
    store.close()


def can_listen(address: str) -> bool:
    """Whether this machine has an address."""
    with socket.socket() as listener:
        try:
            listener.bind((address, 0))
        except OSError:
            return False
    return True
