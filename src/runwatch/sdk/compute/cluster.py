"""The kinds of compute targets there are: clusters on the embedded back end, and ``local``."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import Any, NoReturn

from runwatch.schema.error import ComputeTargetException
from runwatch.sdk import problem
from runwatch.sdk.compute import machine
from runwatch.sdk.compute.provisioning import IDLE_S, AmlComputeProvisioningConfiguration
from runwatch.sdk.compute.target import ComputeTarget
from runwatch.sdk.workspace import Workspace


class AmlCompute(ComputeTarget):
    """A cluster: a named queue that works on so many runs at once. See `ComputeTarget`."""

    _TYPE = "AmlCompute"

    @staticmethod
    def provisioning_configuration(
        vm_size: str = "",
        vm_priority: str = "dedicated",
        min_nodes: int = 0,
        max_nodes: int | None = None,
        idle_seconds_before_scaledown: int = IDLE_S,
        admin_username: str | None = None,
        admin_user_password: str | None = None,
        admin_user_ssh_key: str | None = None,
        vnet_resourcegroup_name: str | None = None,
        vnet_name: str | None = None,
        subnet_name: str | None = None,
        tags: Mapping[str, str] | None = None,
        description: str | None = None,
        remote_login_port_public_access: str = "NotSpecified",
        identity_type: str | None = None,
        identity_id: object = None,
        location: str | None = None,
        enable_node_public_ip: bool = True,
    ) -> AmlComputeProvisioningConfiguration:
        """What a new cluster is to be. A node is a slot: it works on one run at a time, as in the original.

        Args:
            vm_size: Any text: it is shown, and changes nothing.
            vm_priority: ``dedicated`` or ``lowpriority``; likewise.
            min_nodes: Nodes that are shown as there although they are idle.
            max_nodes: Runs it works on at once; None means as many as this machine has CPUs.
            idle_seconds_before_scaledown: Kept, and of no effect: an idle slot costs nothing.
            admin_username: Accepted and kept nowhere, like the next two: nobody signs in to a node.
            admin_user_password: As above.
            admin_user_ssh_key: As above.
            vnet_resourcegroup_name: Accepted and ignored, like all that follow but ``tags`` and ``description``.
            vnet_name: As above.
            subnet_name: As above.
            tags: Labels.
            description: What it is for.
            remote_login_port_public_access: As above.
            identity_type: As above.
            identity_id: As above.
            location: As above.
            enable_node_public_ip: As above.

        Raises:
            ComputeTargetException: A number or the priority is not accepted.
        """
        return AmlComputeProvisioningConfiguration(
            vm_size, vm_priority, min_nodes, max_nodes, idle_seconds_before_scaledown, tags, description
        )

    @staticmethod
    def supported_vmsizes(workspace: Workspace, location: str | None = None) -> builtins.list[dict[str, Any]]:
        """The size there is: that of the machine that asks. Other names are accepted, and change nothing.

        Args:
            workspace: Accepted and ignored, like ``location``.
            location: As above.
        """
        return [machine.size()]


class LocalCompute(ComputeTarget):
    """The target ``local``, which every workspace has."""

    _TYPE = "Local"

    def delete(self) -> NoReturn:
        """Not possible: it is always there."""
        raise ComputeTargetException(
            "The compute target local is always there.", hint="update(max_nodes=0) keeps it from starting runs."
        )


def default_target(workspace: Workspace, kind: str) -> ComputeTarget:
    """The cluster of the original's default name for ``CPU`` or ``GPU``, or ``local`` if there is none.

    Raises:
        ComputeTargetException: It is neither.
    """
    names = {"cpu": workspace.DEFAULT_CPU_CLUSTER_NAME, "gpu": workspace.DEFAULT_GPU_CLUSTER_NAME}
    wanted = names.get(kind.lower() if isinstance(kind, str) else "")
    if wanted is None:
        raise ComputeTargetException(f"{kind!r:.80} is no kind of compute target.", hint="It is CPU or GPU.")
    found = {target.name: target for target in ComputeTarget.list(workspace)}
    if wanted not in found:
        problem.say(f"there is no compute target {wanted}; local is used.")
    return found[wanted] if wanted in found else ComputeTarget(workspace, "local")
