"""A workspace: the place where experiments and their runs are kept, a folder on disk or the URL of a server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from runwatch.schema.error import UserErrorException, WorkspaceException, WorkspaceNotFoundError
from runwatch.sdk import home, identity, lookup, markup, workspace_config
from runwatch.sdk.identity import Identity
from runwatch.sdk.workspace_cloud import WorkspaceCloud
from runwatch.sdk.workspace_compute import WorkspaceCompute
from runwatch.sdk.workspace_registry import WorkspaceRegistry
from runwatch.store.protocol import Store

if TYPE_CHECKING:
    from runwatch.sdk.experiment import Experiment
    from runwatch.sdk.run import Run


class Workspace(WorkspaceCompute, WorkspaceRegistry, WorkspaceCloud):
    """A workspace, known by the original's three names; its data lie in a folder that stands for these names.

    The folder is the one ``RUNWATCH_WORKSPACE`` names, else one in the user's data folder; it is made when first used.
    For a workspace in a folder of your choice use `Workspace.open`.

    Args:
        subscription_id: Any text; part of the name.
        resource_group: Any text; part of the name.
        workspace_name: Letters, digits, ``_``, ``-`` and ``.``.
        auth: Accepted and ignored, like all that follow: there is nothing to log in to.
    """

    DEFAULT_CPU_CLUSTER_NAME = "cpu-cluster"
    DEFAULT_GPU_CLUSTER_NAME = "gpu-cluster"

    def __init__(
        self,
        subscription_id: str,
        resource_group: str,
        workspace_name: str,
        auth: object = None,
        _location: str | None = None,
        _disable_service_check: bool = False,
        _workspace_id: str | None = None,
        sku: str = "basic",
        tags: dict[str, str] | None = None,
        _cloud: str = "AzureCloud",
    ) -> None:
        names = identity.named(workspace_name, subscription_id, resource_group, _location, tags)
        self._place = lookup.place_of(names)
        self._identity = lookup.settle(self._place, names)

    @classmethod
    def open(cls, place: str | os.PathLike[str]) -> Workspace:
        """The workspace in a folder or at a URL; the folder is made when the first run is recorded.

        Args:
            place: A folder, absolute or relative to the working folder, or ``http(s)://…``.
        """
        return cls._at(home.normal(place))

    @classmethod
    def _at(cls, place: str, names: Identity | None = None) -> Workspace:
        workspace = cls.__new__(cls)
        workspace._place = place
        workspace._identity = names or identity.kept(place) or Identity(name=identity.name_of(place))
        return workspace

    @staticmethod
    def from_config(
        path: str | os.PathLike[str] | None = None,
        auth: object = None,
        _logger: object = None,
        _file_name: str | None = None,
    ) -> Workspace:
        """The workspace that the configuration names; on a fresh machine, the user's default workspace.

        The first of these that is there: ``RUNWATCH_WORKSPACE``; ``config.json`` in ``.azureml``, ``aml_config``,
        ``.runwatch`` or directly in the working folder or a folder above it; the default folder.

        Args:
            path: A configuration file, or the folder to start the search in. Then only the search counts.
            auth: Accepted and ignored, like ``_logger``.
            _file_name: Look for this name instead of ``config.json``.

        Raises:
            UserErrorException: If ``path`` was given and nothing is found there, or the file names no workspace.
        """
        return Workspace._at(*lookup.configured(path, _file_name))

    @staticmethod
    def create(
        name: str, auth: object = None, subscription_id: str | None = None, resource_group: str | None = None,
        location: str | None = None, create_resource_group: bool = True, sku: str = "basic",
        tags: dict[str, str] | None = None, friendly_name: str | None = None, storage_account: object = None,
        key_vault: object = None, app_insights: object = None, container_registry: object = None,
        adb_workspace: object = None, primary_user_assigned_identity: object = None, cmk_keyvault: object = None,
        resource_cmk_uri: object = None, hbi_workspace: bool = False, default_cpu_compute_target: object = None,
        default_gpu_compute_target: object = None, private_endpoint_config: object = None,
        private_endpoint_auto_approval: bool = True, exist_ok: bool = False, show_output: bool = True,
        user_assigned_identity_for_cmk_encryption: object = None, system_datastores_auth_mode: str = "accessKey",
        v1_legacy_mode: bool | None = None,
    ) -> Workspace:  # fmt: skip
        """Make a workspace of this name in the user's data folder (or where ``RUNWATCH_WORKSPACE`` says).

        Args:
            name: Letters, digits, ``_``, ``-`` and ``.``.
            auth: Accepted and ignored, like all names not said to do something: they are of a cloud's resources.
            subscription_id: Any text; part of the name.
            resource_group: Any text; part of the name.
            location: Any text.
            tags: Labels.
            friendly_name: For display.
            exist_ok: Return the workspace if it is there, instead of raising.

        Raises:
            WorkspaceException: If it is there already.
            InvalidValueError: If the name is not one.
        """
        names = identity.named(name, subscription_id, resource_group, location, tags, friendly_name or "")
        place = lookup.place_of(names)
        if identity.kept(place) is not None and not exist_ok:
            raise WorkspaceException(
                f"The workspace {name} is there already.", hint="Pass exist_ok=True to use it, or choose another name."
            )
        return Workspace._at(place, lookup.settle(place, names))

    @staticmethod
    def get(
        name: str,
        auth: object = None,
        subscription_id: str | None = None,
        resource_group: str | None = None,
        location: str | None = None,
        cloud: str = "AzureCloud",
        id: str | None = None,  # noqa: A002 (the original's name)
    ) -> Workspace:
        """The workspace of this name among those in the user's data folder.

        Args:
            name: Its name.
            auth: Accepted and ignored, like ``location``, ``cloud`` and ``id``.
            subscription_id: Only those of this subscription.
            resource_group: Only those of this group.

        Raises:
            WorkspaceNotFoundError: If there is none.
            UserErrorException: If there are several.
        """
        known = lookup.known(subscription_id, resource_group)
        found = [Workspace._at(place, names) for place, names in known if names.name.lower() == name.lower()]
        if not found:
            raise WorkspaceNotFoundError(f"There is no workspace {name}.", hint=f"Workspace.create({name!r}) makes it.")
        if len(found) > 1:
            raise UserErrorException(
                f"There are {len(found)} workspaces {name}.", hint="Pass subscription_id and resource_group too."
            )
        return found[0]

    @staticmethod
    def list(
        subscription_id: str, auth: object = None, resource_group: str | None = None
    ) -> dict[str, list[Workspace]]:
        """The workspaces in the user's data folder by name; several may share one.

        Args:
            subscription_id: Only those of this subscription.
            auth: Accepted and ignored.
            resource_group: Only those of this group.
        """
        found: dict[str, list[Workspace]] = {}
        for place, names in lookup.known(subscription_id, resource_group):
            found.setdefault(names.name, []).append(Workspace._at(place, names))
        return found

    def write_config(self, path: str | os.PathLike[str] | None = None, file_name: str | None = None) -> None:
        """Write ``.azureml/config.json``, which `from_config` finds again: the original's form and a ``runwatch`` key.

        Args:
            path: The project folder; the working folder if None.
            file_name: Another name than ``config.json``.
        """
        workspace_config.write(
            Path(path) if path is not None else Path.cwd(),
            file_name,
            subscription_id=self.subscription_id,
            resource_group=self.resource_group,
            name=self.name,
            location=self._place,
        )

    @property
    def store(self) -> Store:
        """The store behind the workspace, for programs that need more than this class; opened when first used."""
        return home.store(self._place)

    @property
    def place(self) -> str:
        """The folder (absolute) or URL in which the data lie."""
        return self._place

    @property
    def name(self) -> str:
        """The workspace's name; of a plain folder, the folder's."""
        return self._identity.name

    @property
    def subscription_id(self) -> str:
        """The original's subscription; ``local`` where there is none."""
        return self._identity.subscription_id

    @property
    def resource_group(self) -> str:
        """The original's resource group; ``local`` where there is none."""
        return self._identity.resource_group

    @property
    def location(self) -> str:
        """The original's region; ``local`` where there is none. Where the data lie is `place`."""
        return self._identity.location

    @property
    def tags(self) -> dict[str, str]:
        """Labels; change them with `update`."""
        return dict(self._identity.tags)

    @property
    def experiments(self) -> dict[str, Experiment]:
        """The active experiments by name, newest first."""
        from runwatch.sdk.experiment import Experiment

        return {experiment.name: experiment for experiment in Experiment.list(self)}

    def get_run(self, run_id: str) -> Run:
        """A run of any experiment by its id.

        Raises:
            NotFoundError: If there is none.
        """
        from runwatch.sdk.run import Run

        return Run.get(self, run_id)

    def get_details(self) -> dict[str, Any]:
        """What is known of the workspace, under the original's keys; Azure's own resources are None."""
        return identity.details(self._identity, self._place, self.store.info().workspace_id)

    def update(
        self,
        friendly_name: str | None = None,
        description: str | None = None,
        tags: dict[str, str] | None = None,
        **kwargs: object,
    ) -> dict[str, Any]:
        """Change what the workspace is called; what is None stays. Further names of the original are ignored.

        Returns:
            `get_details`.
        """
        given = {"friendly_name": friendly_name, "description": description, "tags": tags}
        changed = {name: value for name, value in given.items() if value is not None}
        self._identity = identity.keep(self._place, msgspec.structs.replace(self._identity, **changed))
        return self.get_details()

    def delete(self, delete_dependent_resources: bool = False, no_wait: bool = False) -> None:
        """Delete all runs and every file that Runwatch made in the folder, and the folder if nothing else is in it.

        Args:
            delete_dependent_resources: Accepted and ignored, like ``no_wait``: there are none, and nothing to wait for.
        """
        from runwatch.sdk import removal

        removal.remove_workspace(self._place)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Workspace) and other._place == self._place

    def __hash__(self) -> int:
        return hash(self._place)

    def __reduce__(self) -> tuple[Any, ...]:
        return Workspace._at, (self._place, self._identity)

    def __repr__(self) -> str:
        return (
            f"Workspace.create(name={self.name!r}, subscription_id={self.subscription_id!r}, "
            f"resource_group={self.resource_group!r})"
        )

    _repr_html_ = markup.of_workspace
