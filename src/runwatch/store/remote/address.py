"""The address of a server: checked, spelled in one way, and parted from a token that a pasted link may carry."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from msgspec import Struct

from runwatch.schema.error import InvalidValueError


class Address(Struct, frozen=True):
    """Where a server is.

    Attributes:
        scheme: ``http`` or ``https``.
        host: A name or an IP address, without brackets.
        port: The port.
        path: What stands before the paths of the API, without a slash at the end.
        token: The token that a pasted link carries, else empty; never part of `url`.
    """

    scheme: str
    host: str
    port: int
    path: str = ""
    token: str = ""

    @property
    def url(self) -> str:
        """The address as one text, without the token."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"http": 80, "https": 443}[self.scheme] == self.port
        return f"{self.scheme}://{host}{'' if usual else f':{self.port}'}{self.path}"

    @property
    def is_loopback(self) -> bool:
        """Whether it is a server of this machine."""
        return self.host == "localhost" or self.host == "::1" or self.host.startswith("127.")


def parse(location: str) -> Address:
    """An address from what a person gives: a URL, with the token of the printed link or without.

    Raises:
        InvalidValueError: If it is no address of a server.
    """
    try:
        parts = urlsplit(location)
        port = parts.port
    except ValueError as error:
        raise InvalidValueError(f"{_shown(location)} is no address of a server: {error}.") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise InvalidValueError(f"{_shown(location)} is no address of a server.", hint="Give http://host:port.")
    if parts.username or parts.password or parts.query:
        raise InvalidValueError(
            "The address of a server carries no user, password or query.", hint="Set RUNWATCH_TOKEN to the token."
        )
    token = parse_qs(parts.fragment).get("token", [""])[0]
    return Address(
        scheme=parts.scheme,
        host=parts.hostname,
        port=port or {"http": 80, "https": 443}[parts.scheme],
        path=parts.path.rstrip("/"),
        token=token,
    )


def _shown(location: str) -> str:
    """The location without what may be a secret, for messages."""
    return repr(location.split("#")[0].split("?")[0][:200])
