"""A compute target: a queue with slots that runs are submitted to; what all kinds of targets have."""

from __future__ import annotations

import builtins
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NoReturn

from runwatch.schema.error import ComputeTargetException
from runwatch.schema.job import ListTargets, Target
from runwatch.sdk import later, timestamp
from runwatch.sdk.compute import queue, record, status
from runwatch.sdk.compute.provisioning import AmlComputeProvisioningConfiguration
from runwatch.sdk.compute.status import AmlComputeStatus, ScaleSettings
from runwatch.sdk.workspace import Workspace

if TYPE_CHECKING:
    from runwatch.sdk.run import Run

LOCAL = "local"
"""The target that every workspace has."""


class ComputeTarget:
    """A compute target of a workspace, by its name; the object is of the class for its kind, e.g. `AmlCompute`.

    Args:
        workspace: Where it is.
        name: Its name; ``local`` is always there.

    Raises:
        ComputeTargetException: There is none of this name; the message begins with ``ComputeTargetNotFound``.
    """

    _TYPE = ""

    def __new__(cls, workspace: Workspace, name: str) -> ComputeTarget:
        """An object of the class for the kind of target."""
        return cls._of(workspace, record.find(workspace.store, name))

    @classmethod
    def _of(cls, workspace: Workspace, target: Target, *, fresh: bool = False) -> ComputeTarget:
        from runwatch.sdk.compute import cluster  # the subclasses stand on this class

        kind = cluster.LocalCompute if target.name == LOCAL else cluster.AmlCompute
        if not issubclass(kind, cls):
            raise ComputeTargetException(
                f"The compute target {target.name} is no {cls.__name__}.", hint=f"It is a {kind.__name__}."
            )
        found = object.__new__(kind)
        found._workspace, found._target, found._fresh, found._deleted = workspace, target, fresh, False
        return found

    _workspace: Workspace
    _target: Target
    _fresh: bool  # this object has made it, and nobody has waited for it yet
    _deleted: bool

    @staticmethod
    def create(
        workspace: Workspace, name: str, provisioning_configuration: AmlComputeProvisioningConfiguration
    ) -> ComputeTarget:
        """Make a target; it is ready at once.

        Args:
            workspace: Where.
            name: 2 to 32 letters, digits and hyphens.
            provisioning_configuration: See `AmlCompute.provisioning_configuration`.

        Raises:
            ComputeTargetException: The name is taken, reserved or not accepted.
        """
        if not isinstance(provisioning_configuration, AmlComputeProvisioningConfiguration):
            raise ComputeTargetException(
                f"A {type(provisioning_configuration).__name__} describes no compute target.",
                hint="Use AmlCompute.provisioning_configuration(…).",
            )
        made = record.create(workspace.store, name, provisioning_configuration)
        return ComputeTarget._of(workspace, made, fresh=True)

    @staticmethod
    def attach(workspace: Workspace, name: str, attach_configuration: object) -> NoReturn:
        """Not here: machines of others are not attached."""
        later.refuse("attached compute targets", "ComputeTarget.create makes a cluster on this machine.")

    @staticmethod
    def list(workspace: Workspace) -> list[ComputeTarget]:
        """The targets of a workspace by name, without ``local``, which is always there."""
        found = workspace.store.jobs.list_targets(ListTargets()).targets
        return [ComputeTarget._of(workspace, target) for target in found if target.name != LOCAL]

    @property
    def name(self) -> str:
        """Its name."""
        return self._target.name

    @property
    def id(self) -> str:
        """Its name: nothing else tells targets of a workspace apart."""
        return self._target.name

    @property
    def type(self) -> str:
        """``AmlCompute`` or ``Local``."""
        return self._TYPE

    @property
    def workspace(self) -> Workspace:
        """Where it is."""
        return self._workspace

    @property
    def provisioning_state(self) -> str:
        """``Succeeded``, or ``Deleting`` once this object has deleted it."""
        return "Deleting" if self._deleted else "Succeeded"

    @property
    def tags(self) -> dict[str, str]:
        """Labels given when it was made."""
        found = self._target.settings.get("tags")
        return dict(found) if isinstance(found, dict) else {}

    @property
    def description(self) -> str:
        """What it is for."""
        return record.text(self._target, "description")

    @property
    def vm_size(self) -> str:
        """The size asked for when it was made; it changes nothing here."""
        return record.text(self._target, "vm_size")

    @property
    def vm_priority(self) -> str:
        """``dedicated`` or ``lowpriority``, as asked for; it changes nothing here."""
        return record.text(self._target, "vm_priority", "dedicated")

    @property
    def scale_settings(self) -> ScaleSettings:
        """How far it goes down and up."""
        return ScaleSettings(self._target)

    @property
    def status(self) -> AmlComputeStatus:
        """See `get_status`."""
        return self.get_status()

    def refresh_state(self) -> None:
        """Ask for it anew.

        Raises:
            ComputeTargetException: It has been deleted.
        """
        self._target = record.find(self._workspace.store, self.name)

    def get_status(self) -> AmlComputeStatus:
        """Its nodes and settings now; ``serialize()`` gives them as a dictionary.

        Raises:
            ComputeTargetException: It has been deleted.
        """
        self.refresh_state()
        load = queue.load(self._workspace.store, self._target)
        return AmlComputeStatus(self._target, load, time.time())

    def list_nodes(self) -> builtins.list[dict[str, Any]]:
        """Its nodes: those that work, and free ones up to its least number.

        Returns:
            For each ``nodeId``, ``nodeState`` (``running`` or ``idle``), ``runId`` (of the run it works on, or None),
            ``ipAddress`` and ``port`` (None: nobody signs in to a node). A node is a slot, so that ids say no more than
            the order.
        """
        self.refresh_state()
        return status.nodes(self._target, queue.load(self._workspace.store, self._target))

    def get_active_runs(
        self,
        type: str | None = None,  # noqa: A002 (the original's name)
        tags: object = None,
        properties: object = None,
        status: Any = None,
    ) -> Iterator[Run]:
        """The runs that wait or run here, newest first; see `Run.list_by_compute`."""
        from runwatch.sdk.run import Run

        return Run.list_by_compute(self, type, tags, properties, status)

    def update(
        self,
        min_nodes: int | None = None,
        max_nodes: int | None = None,
        idle_seconds_before_scaledown: int | None = None,
    ) -> None:
        """Change how many runs it works on at once; what is None stays. Runs that run already go on.

        Args:
            min_nodes: See `AmlCompute.provisioning_configuration`.
            max_nodes: Runs at once; 0 pauses it.
            idle_seconds_before_scaledown: Kept, and of no effect here.

        Raises:
            ComputeTargetException: It has been deleted, or a number is not accepted.
        """
        self._target = record.update(
            self._workspace.store, self.name, min_nodes, max_nodes, idle_seconds_before_scaledown
        )

    def delete(self) -> None:
        """Delete it; its ended runs stay, with all they recorded.

        Raises:
            ComputeTargetException: Runs are queued or running on it, or it is ``local``.
        """
        record.delete(self._workspace.store, self.name)
        self._deleted = True

    def wait_for_completion(
        self,
        show_output: bool = False,
        min_node_count: int | None = None,
        timeout_in_minutes: float | None = 25,
        is_delete_operation: bool = False,
    ) -> None:
        """Returns at once, since a target is ready when it was made: for code that waits.

        Args:
            show_output: Print what the original printed.
            min_node_count: Nodes that must be there; a node is a slot, so that all up to its most are.
            timeout_in_minutes: Accepted and ignored.
            is_delete_operation: Waits for its end: print that instead.

        Raises:
            ComputeTargetException: More nodes are asked for than it may have.
        """
        if not is_delete_operation and min_node_count is not None and min_node_count > self._target.slots:
            raise ComputeTargetException(
                f"{self.name} never has {min_node_count} nodes: it has {self._target.slots} at most.",
                hint="Raise them with update(max_nodes=…).",
            )
        if show_output:
            _print(_progress(self.type, fresh=self._fresh, deletion=is_delete_operation or self._deleted))
        self._fresh = False

    def serialize(self) -> dict[str, Any]:
        """What is known of it, under the original's keys."""
        return {
            "id": self.id,
            "name": self.name,
            "type": self.type,
            "tags": self.tags,
            "location": self._workspace.location,
            "properties": {
                "computeType": self.type,
                "computeLocation": self._workspace.location,
                "description": self.description,
                "provisioningState": self.provisioning_state,
                "provisioningErrors": None,
                "createdOn": timestamp.iso(self._target.created_at),
                "modifiedOn": timestamp.iso(record.modified_at(self._target)),
                "resourceId": None,
                "isAttachedCompute": False,
                "properties": {
                    "vmSize": self.vm_size,
                    "vmPriority": self.vm_priority,
                    "scaleSettings": self.scale_settings.serialize(),
                },
            },
        }

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ComputeTarget) and (other._workspace, other.name) == (self._workspace, self.name)

    def __hash__(self) -> int:
        return hash((self._workspace, self.name))

    def __reduce__(self) -> tuple[Any, ...]:
        return ComputeTarget, (self._workspace, self.name)

    def __repr__(self) -> str:
        return f"{self.__class__.__name__}(workspace={self._workspace!r}, name={self.name!r}, type={self.type!r})"


def target_name(target: object) -> str:
    """The name of a target that is given as an object or by its name."""
    name = getattr(target, "name", target)
    if isinstance(name, str) and name:
        return name
    raise ComputeTargetException(
        f"A {target.__class__.__name__} is no compute target.", hint="Give its name or a ComputeTarget."
    )


def _progress(kind: str, *, fresh: bool, deletion: bool) -> str:
    if deletion:
        return f"Deleting.\nSucceeded\n{kind} wait for completion finished\n"
    made = 'Creating.\nSucceeded\nProvisioning operation finished, operation "Succeeded"\n' if fresh else "Succeeded\n"
    return f"{made}{kind} wait for completion finished\n\nMinimum number of nodes requested have been provisioned\n"


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
