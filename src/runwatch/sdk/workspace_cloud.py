"""What a workspace of a cloud has and one of one's own cannot: each member says what to do instead."""

from __future__ import annotations

from typing import Any, Final, NoReturn

from runwatch.sdk import later

_SERVING: Final = "Load the file that model.download() gives in a service of your own."
_STORAGE: Final = "Datastore.get_default(ws) keeps files in the workspace."
_NETWORK: Final = "A team shares a workspace with 'runwatch up'; see docs/server.md."
_KEYS: Final = "Secrets are kept by ws.get_default_keyvault(), access tokens made by 'runwatch token'."


class WorkspaceCloud:
    """The part of `Workspace` that speaks of a cloud's resources; what holds none of them is empty."""

    @staticmethod
    def setup() -> NoReturn:
        """Deprecated in the original, and not here."""
        later.unsupported("interactive set-ups", "Use Workspace.from_config() or Workspace.open(folder).")

    @property
    def sku(self) -> str:
        """Always ``basic``."""
        return "basic"

    @property
    def discovery_url(self) -> str:
        """Always ``runwatch:local``: there is nothing to discover."""
        return "runwatch:local"

    @property
    def service_context(self) -> Any:
        """There is none."""
        later.unsupported("service contexts", "ws.store is what the workspace's data are read from.")

    @property
    def images(self) -> dict[str, Any]:
        """Always empty."""
        return {}

    @property
    def webservices(self) -> dict[str, Any]:
        """Always empty."""
        return {}

    @property
    def linked_services(self) -> dict[str, Any]:
        """Always empty."""
        return {}

    @property
    def private_endpoints(self) -> dict[str, Any]:
        """Always empty."""
        return {}

    def get_mlflow_tracking_uri(self, with_auth: bool = False) -> NoReturn:
        """Not in this version."""
        later.refuse("MLflow endpoint", "Log with run.log in the meantime.")

    def list_keys(self) -> NoReturn:
        """Not on one's own machines."""
        later.unsupported("keys of a cloud's resources", _KEYS)

    def sync_keys(self, no_wait: bool = False) -> NoReturn:
        """Not on one's own machines."""
        later.unsupported("keys of a cloud's resources", _KEYS)

    def list_connections(self, category: str | None = None, target: str | None = None) -> list[Any]:
        """Always empty."""
        return []

    def get_connection(self, name: str) -> NoReturn:
        """Not on one's own machines."""
        later.unsupported("connections", _KEYS)

    def set_connection(self, name: str, category: str, target: str, auth_type: str, value: str) -> NoReturn:
        """Not on one's own machines."""
        later.unsupported("connections", _KEYS)

    def delete_connection(self, name: str) -> NoReturn:
        """Not on one's own machines."""
        later.unsupported("connections", _KEYS)

    def diagnose_workspace(self, diagnose_parameters: object = None) -> NoReturn:
        """Not on one's own machines."""
        later.unsupported("diagnoses by a cloud", "'runwatch doctor' looks the workspace over.")

    def update_dependencies(
        self, container_registry: object = None, app_insights: object = None, force: bool = False
    ) -> NoReturn:
        """Not on one's own machines."""
        later.unsupported("dependent resources", _STORAGE)

    def add_private_endpoint(
        self, private_endpoint_config: object, private_endpoint_auto_approval: bool = True, location: str | None = None,
        show_output: bool = True, tags: object = None,
    ) -> NoReturn:  # fmt: skip
        """Not on one's own machines."""
        later.unsupported("private endpoints", _NETWORK)

    def delete_private_endpoint_connection(self, private_endpoint_connection_name: str) -> NoReturn:
        """Not on one's own machines."""
        later.unsupported("private endpoints", _NETWORK)
