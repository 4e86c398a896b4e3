"""What a server is told at its start."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from runwatch.server.auth.provider import Provider

PORT: Final = 8970
"""Tried first; another free one is taken if somebody listens there and the user named none."""


class Settings(Struct, frozen=True, kw_only=True):
    """What a server is told at its start.

    Attributes:
        host: The address it listens at.
        port: The port; 0 takes a free one.
        base_path: What stands before every path behind a proxy, without a slash at the end; empty for none.
        auth: ``local``: one user with a token; ``none``: nobody is asked (loopback only); ``team``: users and roles.
        hosts: Further names that may stand in the Host header, such as the one a proxy is known by.
        read_threads: Reading calls of the store at once.
        write_threads: Writing calls at once: the store commits together those that wait for the disk. More of
            them would not store more, but a chart that is asked for competes with all that have begun.
        studio: The folder of the built studio, or None for the one in the package.
        idle_s: The server ends by itself when nobody has asked for so long, seconds; 0 means never. An open live stream
            counts as asking.
        provider: Who signs users in, in a team with OIDC; None for passwords alone.
    """

    host: str = "127.0.0.1"
    port: int = PORT
    base_path: str = ""
    auth: Literal["local", "none", "team"] = "local"
    hosts: tuple[str, ...] = ()
    read_threads: int = 16
    write_threads: int = 8
    studio: str | None = None
    idle_s: float = 0.0
    provider: Provider | None = None
