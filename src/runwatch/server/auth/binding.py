"""Whether a server may listen where it is told to: on other addresses than loopback only with users to ask for."""

from __future__ import annotations

import ipaddress
import socket
from typing import Final

from runwatch.schema.error import UserErrorException
from runwatch.server.settings import Settings

EXIT_REFUSED: Final = 2
"""The exit code of a command that refuses to start for this reason."""


class BindingRefusedError(UserErrorException):
    """The server would be open to others without asking who they are."""

    code = "binding_refused"


def check_binding(settings: Settings, *, users: int) -> None:
    """Refuse to listen where everybody could come in. Call it before the socket is opened.

    Args:
        settings: Where the server is to listen, and whom it asks.
        users: How many users there are, invited ones included; a provider (OIDC) counts as one.

    Raises:
        BindingRefusedError: Others could reach it, and nobody would be asked who they are.
    """
    if is_loopback(settings.host):
        return
    if settings.auth == "none":
        raise BindingRefusedError(
            f"Without sign-in the server listens on this machine alone, not at {settings.host!r}.",
            hint="Leave out --host, or leave out --no-auth and set users up: runwatch user add NAME --role owner.",
        )
    if settings.auth == "local":
        raise BindingRefusedError(
            f"The server of one user listens on this machine alone, not at {settings.host!r}.",
            hint="Set users up (runwatch user add NAME --role owner) and start it with --auth team.",
        )
    if users < 1:
        raise BindingRefusedError(
            f"The server would listen at {settings.host!r}, and there is no user who could sign in.",
            hint="Set one up first: runwatch user add NAME --role owner.",
        )


def is_loopback(host: str) -> bool:
    """Whether nothing but this machine can reach an address; a name must lead to such addresses only."""
    try:
        return _is_loopback(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        pass
    if not host or host.startswith("/"):
        return False
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return False
    return bool(found) and all(_is_loopback(address.partition("%")[0]) for address in found)


def _is_loopback(address: str) -> bool:
    parsed = ipaddress.ip_address(address)
    mapped = getattr(parsed, "ipv4_mapped", None)
    return bool((mapped or parsed).is_loopback)
