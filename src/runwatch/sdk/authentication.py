"""The original's ways to sign in: accepted, so that scripts go on, and not asked; a workspace here needs no account."""

from __future__ import annotations

from typing import Any, Final, NoReturn

from runwatch.sdk import later

_INSTEAD: Final = "A folder needs no sign-in; for a server set RUNWATCH_TOKEN to a token of 'runwatch token create'."


class AbstractAuthentication:
    """What all ways have: nothing that could be sent anywhere. Passwords that are given are not kept."""

    def get_authentication_header(self) -> NoReturn:
        """Not on one's own machines."""
        later.unsupported("tokens of a cloud's accounts", _INSTEAD)

    def get_token(self, *scopes: str, **kwargs: Any) -> NoReturn:
        """Not on one's own machines."""
        later.unsupported("tokens of a cloud's accounts", _INSTEAD)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class InteractiveLoginAuthentication(AbstractAuthentication):
    """Signing in at a browser; nobody is asked.

    Args:
        force: Accepted and ignored, like the others.
        tenant_id: As above.
        cloud: As above.
    """

    def __init__(self, force: bool = False, tenant_id: str | None = None, cloud: str | None = None) -> None:
        self.tenant_id = tenant_id


class AzureCliAuthentication(AbstractAuthentication):
    """The sign-in of the Azure command line, which is not looked for.

    Args:
        cloud: Accepted and ignored.
    """

    def __init__(self, cloud: str | None = None) -> None: ...


class MsiAuthentication(AbstractAuthentication):
    """The identity of a virtual machine.

    Args:
        identity_config: Accepted and ignored, like the other.
        cloud: As above.
    """

    def __init__(self, identity_config: object = None, cloud: str | None = None) -> None: ...


class ServicePrincipalAuthentication(AbstractAuthentication):
    """The identity of a program.

    Args:
        tenant_id: Accepted and ignored, like the others.
        service_principal_id: As above.
        service_principal_password: As above, and not kept.
        cloud: As above.
        _enable_caching: As above.
    """

    def __init__(
        self, tenant_id: str, service_principal_id: str, service_principal_password: str, cloud: str = "AzureCloud",
        _enable_caching: bool = True,
    ) -> None:  # fmt: skip
        self.tenant_id, self.service_principal_id = tenant_id, service_principal_id


class TokenAuthentication(AbstractAuthentication):
    """A token that a function of the script gives; it is not called.

    Args:
        get_token_for_audience: Accepted and ignored.
        cloud: As above.
    """

    def __init__(self, get_token_for_audience: object, cloud: str = "AzureCloud") -> None: ...
