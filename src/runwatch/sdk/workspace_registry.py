"""What is registered in a workspace: models, datasets, datastores, environments, secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runwatch.sdk.datastore import Datastore
    from runwatch.sdk.environment.environment import Environment
    from runwatch.sdk.keyvault import Keyvault
    from runwatch.sdk.model.model import Model
    from runwatch.sdk.workspace import Workspace


class WorkspaceRegistry:
    """The part of `Workspace` that speaks of what is registered."""

    @property
    def models(self: Workspace) -> dict[str, Model]:  # type: ignore[misc]  # a part of Workspace alone
        """The highest version of each model by name."""
        from runwatch.sdk.model.model import Model

        return {model.name: model for model in Model.list(self, latest=True)}

    @property
    def datasets(self: Workspace) -> dict[str, Any]:  # type: ignore[misc]
        """The highest version of each registered dataset by name."""
        from runwatch.sdk.dataset.factory import Dataset

        return Dataset.get_all(self)

    @property
    def datastores(self: Workspace) -> dict[str, Datastore]:  # type: ignore[misc]
        """All datastores by name."""
        from runwatch.sdk.datastore import Datastore

        return Datastore.list(self)

    @property
    def environments(self: Workspace) -> dict[str, Environment]:  # type: ignore[misc]
        """The highest version of each registered environment by name."""
        from runwatch.sdk.environment.environment import Environment

        return Environment.list(self)

    def get_default_datastore(self: Workspace) -> Datastore:  # type: ignore[misc]
        """The datastore that `set_default_datastore` chose, else ``workspaceblobstore``, made if need be."""
        from runwatch.sdk.datastore import Datastore

        return Datastore.get_default(self)

    def set_default_datastore(self: Workspace, name: str) -> None:  # type: ignore[misc]
        """Choose the default datastore.

        Raises:
            UserErrorException: If there is none of this name.
        """
        from runwatch.sdk.datastore import Datastore

        Datastore.get(self, name).set_as_default()

    def get_default_keyvault(self: Workspace) -> Keyvault:  # type: ignore[misc]
        """The secrets that this user keeps for the workspace."""
        from runwatch.sdk.keyvault import Keyvault

        return Keyvault(self)
