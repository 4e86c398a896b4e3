"""What the server is told of the provider that signs its users in (OpenID Connect)."""

from __future__ import annotations

from typing import Final

from msgspec import Struct, field

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures that are believed unless the settings say otherwise: all asymmetric; ``none`` and HMAC never."""


class Provider(Struct, frozen=True, kw_only=True):
    """A provider of OpenID Connect.

    Attributes:
        issuer: Its URL, as it names itself; nothing else is believed. ``https``, or ``http`` on this machine for tests.
        client_id: What this server is called there.
        client_secret: The secret shared with it. Read it from a file or the environment, never from an argument.
        public_url: The address under which browsers know this server, e.g. ``https://runs.example.org``; the provider
            must allow ``<public_url>/sign-in/callback``.
        roles: Which group gives which role (``viewer``, ``contributor``, ``owner``); of several the highest.
        everybody: The role of those who are in none of these groups; None lets them not in.
        groups_claim: The claim that lists a user's groups.
        name_claim: The claim that names a user.
        scope: What is asked for.
        algorithms: Signatures of identity tokens that are believed.
    """

    issuer: str
    client_id: str
    client_secret: str
    public_url: str
    roles: dict[str, str] = field(default_factory=dict)
    everybody: str | None = None
    groups_claim: str = "groups"
    name_claim: str = "preferred_username"
    scope: str = "openid profile"
    algorithms: tuple[str, ...] = ALGORITHMS

    def __repr__(self) -> str:
        return f"Provider(issuer={self.issuer!r}, client_id={self.client_id!r})"  # never the secret
