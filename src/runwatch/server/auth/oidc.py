"""Signing in with a provider (OpenID Connect): code, PKCE, state and nonce by Authlib; issuer and signatures pinned."""

from __future__ import annotations

import ipaddress
import logging
import threading
import time
import warnings
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request

from runwatch.schema.error import AuthenticationException, InvalidValueError, RunwatchError
from runwatch.server.auth.extra import needs_team
from runwatch.server.auth.provider import Provider
from runwatch.server.auth.role import Role
from runwatch.server.auth.secret import digest, new_secret
from runwatch.server.auth.user import User, Users

LOG = logging.getLogger(__name__)

PENDING_S: Final = 600.0
"""A person needs so long at the provider, at most."""

MOST_PENDING: Final = 10_000
"""Sign-ins under way that are remembered; the oldest go first."""

TIMEOUT_S: Final = 10.0
"""For each request to the provider."""

LEEWAY_S: Final = 60
"""Clocks may differ by so much."""

_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_CALLBACK: Final = "/sign-in/callback"


class ProviderUnavailableError(AuthenticationException):
    """The provider does not answer, or not as a provider does."""

    code = "provider_unavailable"
    status = 503


class Flow:
    """Sign-ins with one provider. Between the two steps they are kept in memory: a restart means signing in again.

    Args:
        provider: The provider.
        users: Where those who sign in become users.

    Raises:
        InvalidValueError: The settings would believe what is not signed, or speak to the provider unprotected.
    """

    def __init__(self, provider: Provider, users: Users) -> None:
        check_provider(provider)
        self.provider = provider
        self._users = users
        self._lock = threading.Lock()
        self._pending: OrderedDict[str, tuple[float, dict[str, Any]]] = OrderedDict()
        self._client: Any = None

    async def begin(self) -> tuple[str, str]:
        """Start a sign-in.

        Returns:
            The address at the provider to send the browser to, and a secret that the same browser must bring back.
        """
        kept: dict[str, Any] = {}
        redirect = self.provider.public_url.rstrip("/") + _CALLBACK
        with _translated():
            client = await self._prepared()
            sent = await client.create_authorization_url(redirect)
            await client.save_authorize_data(_request({}, kept), redirect_uri=redirect, **sent)
        secret = new_secret()
        with self._lock:
            self._pending[digest(secret)] = (time.monotonic() + PENDING_S, kept)
            if len(self._pending) > MOST_PENDING:
                self._pending.popitem(last=False)
        return str(sent["url"]), secret

    async def finish(self, secret: str, code: str, state: str) -> dict[str, Any]:
        """What the provider says of who has signed in there.

        Args:
            secret: What `begin` gave this browser; holds once.
            code: What the provider sent along.
            state: Likewise.

        Raises:
            AuthenticationException: Any of it is not what it has to be.
            ProviderUnavailableError: The provider does not answer.
        """
        with self._lock:
            until, kept = self._pending.pop(digest(secret), (0.0, {}))
        if until < time.monotonic():
            raise _refused("it was not begun in this browser, or too long ago")
        essential = {
            "iss": {"essential": True, "value": self.provider.issuer},
            "aud": {"essential": True, "values": [self.provider.client_id]},
            "sub": {"essential": True},
        }
        with _translated():
            client = await self._prepared()
            token = await client.authorize_access_token(
                _request({"code": code, "state": state}, kept), claims_options=essential, leeway=LEEWAY_S
            )
        claims = token.get("userinfo")
        if not isinstance(claims, dict) or not isinstance(claims.get("sub"), str) or not claims["sub"]:
            raise _refused("the provider sent no identity")
        return dict(claims)

    def admit(self, claims: dict[str, Any]) -> User:
        """The user of a verified identity, made at the first time. Users are told by issuer and subject, never by name.

        Raises:
            AuthenticationException: None of the groups gives a role.
            ConflictError: Somebody else has the name.
        """
        role = role_of(self.provider, claims)
        if role is None:
            raise AuthenticationException(
                "Your groups give you no role on this server.", hint="Ask its owner which group does."
            )
        name = claims.get(self.provider.name_claim)
        return self._users.provided(
            self.provider.issuer, claims["sub"], name if isinstance(name, str) and name else claims["sub"], role
        )

    async def _prepared(self) -> Any:
        """Authlib's client, which knows the provider's addresses and nothing else that its document says."""
        if self._client is not None:
            return self._client
        client: Any = _authlib().register(
            "provider",
            client_id=self.provider.client_id,
            client_secret=self.provider.client_secret,
            server_metadata_url=self.provider.issuer.rstrip("/") + "/.well-known/openid-configuration",
            client_kwargs={
                "scope": self.provider.scope, "code_challenge_method": "S256", "timeout": TIMEOUT_S,
                "follow_redirects": False, "trust_env": False,
            },
        )  # fmt: skip
        found = await client.load_server_metadata()
        if found.get("issuer") != self.provider.issuer:
            raise ProviderUnavailableError("The provider names itself otherwise than in the settings of this server.")
        if not all(is_protected(str(found.get(name, ""))) for name in _ENDPOINTS):
            raise ProviderUnavailableError("The provider has addresses that are missing or not protected by TLS.")
        kept = {name: found[name] for name in ("issuer", "_loaded_at", *_ENDPOINTS)}
        kept["id_token_signing_alg_values_supported"] = list(self.provider.algorithms)
        client.server_metadata = kept
        self._client = client
        return client


def check_provider(provider: Provider) -> None:
    """Refuse settings that are not safe.

    Raises:
        InvalidValueError: An address is not protected, a signature is symmetric or none, or a role is unknown.
    """
    for address in (provider.issuer, provider.public_url):
        if not is_protected(address):
            raise InvalidValueError(f"{address!r} is not protected by TLS.", hint="Use an https address.")
    weak = [name for name in provider.algorithms if name == "none" or name.startswith("HS")]
    if weak or not provider.algorithms:
        raise InvalidValueError(
            f"Identities signed with {', '.join(weak) or 'nothing'} cannot be believed.", hint="Use RS256 or ES256."
        )
    if "openid" not in provider.scope.split():
        raise InvalidValueError("The scope must have 'openid': without it the provider says nothing of who signs in.")
    for role in (*provider.roles.values(), provider.everybody):
        if role is not None and role not in set(Role):
            raise InvalidValueError(f"There is no role {role!r}.", hint=f"Use one of {', '.join(Role)}.")


def is_protected(address: str) -> bool:
    """Whether an address is https, or http on this very machine."""
    parts = urlsplit(address)
    if parts.scheme == "https":
        return bool(parts.hostname)
    try:
        return parts.scheme == "http" and ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.scheme == "http" and parts.hostname == "localhost"


def role_of(provider: Provider, claims: dict[str, Any]) -> Role | None:
    """The highest role that somebody's groups give, else that of everybody."""
    groups = claims.get(provider.groups_claim)
    names = groups if isinstance(groups, list) else [groups]
    given = {provider.roles[name] for name in names if isinstance(name, str) and name in provider.roles}
    for role in (Role.OWNER, Role.CONTRIBUTOR, Role.VIEWER):
        if role.value in given:
            return role
    return Role(provider.everybody) if provider.everybody is not None else None


def _authlib() -> Any:
    """Authlib's registry of providers."""
    with needs_team(), warnings.catch_warnings():
        from authlib.deprecate import AuthlibDeprecationWarning

        warnings.simplefilter("ignore", AuthlibDeprecationWarning)  # it prefers httpx2 and still takes httpx
        from authlib.integrations.starlette_client import OAuth
    return OAuth()


def _http_error() -> Any:
    """What goes wrong with requests, in the client that Authlib uses: the newer one if it is there."""
    with needs_team():
        try:
            from httpx2 import HTTPError
        except ImportError:
            from httpx import HTTPError
    return HTTPError


def _request(parameters: dict[str, str], kept: dict[str, Any]) -> Request:
    """What Authlib takes for a request: the parameters of the callback, and what was kept since the beginning."""
    return Request(
        {
            "type": "http",
            "method": "GET",
            "query_string": urlencode(parameters).encode(),
            "headers": [],
            "session": kept,
        }
    )


def _refused(why: str) -> AuthenticationException:
    return AuthenticationException(f"The sign-in was refused: {why}.", hint="Begin again from the sign-in page.")


@contextmanager
def _translated() -> Iterator[None]:
    """Turns the errors of the libraries inside the block into ours; what was wrong is told to the log alone."""
    try:
        yield
    except RunwatchError:
        raise
    except Exception as error:
        LOG.warning("A sign-in with the provider failed: %.300r", error)
        with needs_team():
            from authlib.common.errors import AuthlibBaseError
            from joserfc.errors import JoseError
        if isinstance(error, _http_error()):
            raise ProviderUnavailableError(
                "The provider does not answer as it should.", hint="Try again in a while."
            ) from error
        if isinstance(error, AuthlibBaseError | JoseError | ValueError | KeyError | TypeError):
            raise _refused("the provider's answer does not hold") from error
        raise
