"""A small but real provider of OpenID Connect: discovery, keys, authorisation with PKCE, identity tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from joserfc.jws import JWSRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.unit.server.served import Client, served

CLIENT_ID, CLIENT_SECRET = "runwatch", "shared with the provider"


@dataclass
class IdentityProvider:
    """Signs everybody in as ``subject``; the other fields tell it what to get wrong."""

    client: Client = field(default_factory=lambda: Client(0))
    subject: str = "subject-1"
    key: Any = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"}))
    published: list[Any] = field(default_factory=list)
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    document: dict[str, Any] = field(default_factory=dict)
    token_answer: Any = None
    pending: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def issuer(self) -> str:
        return self.client.url

    def app(self) -> Starlette:
        self.published = [self.key]
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.discovery),
                Route("/keys", self.keys),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
            ]
        )

    async def discovery(self, request: Request) -> Response:
        self.asked.append("discovery")
        found = {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }  # fmt: skip
        return JSONResponse(found | self.document)

    async def keys(self, request: Request) -> Response:
        self.asked.append("keys")
        return JSONResponse(KeySet(self.published).as_dict(private=False))

    async def authorize(self, request: Request) -> Response:
        query = dict(request.query_params)
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT_ID
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = secrets.token_urlsafe(16)
        self.pending[code] = query
        return RedirectResponse(f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}")

    async def token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        user, _, word = (
            base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode().partition(":")
        )
        begun = self.pending.pop(form.get("code", ""), None)
        if (unquote(user), unquote(word)) != (CLIENT_ID, CLIENT_SECRET) or begun is None:
            return JSONResponse({"error": "invalid_grant"}, 400)
        challenge = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(challenge).rstrip(b"=").decode() != begun["code_challenge"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        if self.token_answer is not None:
            return JSONResponse(self.token_answer)
        return JSONResponse({"access_token": "at", "token_type": "Bearer", "id_token": self.signed(begun["nonce"])})

    def signed(self, nonce: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT_ID, "sub": self.subject, "nonce": nonce, "iat": now, "exp": now + 300,
            "preferred_username": "Ada", "groups": ["researchers"],
        } | self.claims  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": self.algorithm, "kid": "k1"} | self.header
        content = f"{_part(header)}.{_part(claims)}"
        if self.algorithm == "none":
            return f"{content}."
        if self.algorithm == "HS256":  # by hand: the library refuses to sign with a public key
            mac = hmac.digest(self.key, content.encode(), "sha256")
            return f"{content}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
        registry = JWSRegistry(algorithms=[self.algorithm], strict_check_header=False)
        return jwt.encode(header, claims, self.key, registry=registry)


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def came_back(redirect: str) -> dict[str, str]:
    """The parameters that the provider sent the browser back with."""
    return {name: values[0] for name, values in parse_qs(urlsplit(redirect).query).items()}


@contextmanager
def identity_provider() -> Iterator[IdentityProvider]:
    """A provider on loopback."""
    provider = IdentityProvider()
    with served(provider.app()) as client:
        provider.client = client
        yield provider
