"""Compute targets as the store keeps them: found, made, changed and deleted, with the original's errors."""

from __future__ import annotations

import time

import msgspec

from runwatch.schema.error import ComputeTargetException, ConflictError
from runwatch.schema.job import DeleteTarget, ListTargets, Target
from runwatch.sdk.compute import provisioning
from runwatch.sdk.compute.provisioning import AmlComputeProvisioningConfiguration
from runwatch.store.protocol import Store


def find(store: Store, name: str) -> Target:
    """A target by its name.

    Raises:
        ComputeTargetException: There is none; the message begins with the original's ``ComputeTargetNotFound``.
    """
    found = store.jobs.list_targets(ListTargets(name=name)).targets if isinstance(name, str) and name else ()
    if not found:
        raise ComputeTargetException(
            f"ComputeTargetNotFound: this workspace has no compute target named {name!r:.80}.",
            hint="ComputeTarget.create makes one; 'local' is always there.",
        )
    return found[0]


def create(store: Store, name: str, wanted: AmlComputeProvisioningConfiguration) -> Target:
    """Make a target on the embedded back end.

    Raises:
        ComputeTargetException: The name is taken or not accepted, or a setting is not.
    """
    provisioning.check_name(name)
    wanted.validate_configuration()
    if store.jobs.list_targets(ListTargets(name=name)).targets:
        raise ComputeTargetException(
            f"There is a compute target {name} already.", hint=f"ComputeTarget(workspace, {name!r}) gives it."
        )
    settings = {**wanted.settings(), "modified_at": time.time()}
    return store.jobs.put_target(Target(name=name, slots=wanted.max_nodes, settings=settings))


def update(
    store: Store,
    name: str,
    min_nodes: int | None = None,
    max_nodes: int | None = None,
    idle_seconds: int | None = None,
) -> Target:
    """Change how many jobs a target runs at once; what is None stays.

    Raises:
        ComputeTargetException: There is no such target, or a number is not accepted.
    """
    there = find(store, name)
    least = _setting(there, "min_nodes", 0) if min_nodes is None else min_nodes
    most = there.slots if max_nodes is None else max_nodes
    idle = _setting(there, "idle_seconds", provisioning.IDLE_S) if idle_seconds is None else idle_seconds
    provisioning.check_scale(least, most, idle)
    settings = {**there.settings, "min_nodes": least, "idle_seconds": idle, "modified_at": time.time()}
    return store.jobs.put_target(msgspec.structs.replace(there, slots=most, settings=settings))


def delete(store: Store, name: str) -> None:
    """Delete a target; its ended runs stay, with all they recorded.

    Raises:
        ComputeTargetException: There is no such target, it is ``local``, or runs are queued or running on it.
    """
    find(store, name)
    try:
        store.jobs.delete_target(DeleteTarget(name=name))
    except ConflictError as error:
        raise ComputeTargetException(f"{name} cannot be deleted. {error.message}", hint=error.hint) from error


def least_nodes(target: Target) -> int:
    """The nodes that a target always has, as the original counts: at most its slots."""
    return min(_setting(target, "min_nodes", 0), target.slots)


def idle_seconds(target: Target) -> int:
    """How long a node of it would stay idle, in s."""
    return _setting(target, "idle_seconds", provisioning.IDLE_S)


def text(target: Target, name: str, otherwise: str = "") -> str:
    """A setting that is a text; another program may have put anything there."""
    found = target.settings.get(name)
    return found if isinstance(found, str) and found else otherwise


def modified_at(target: Target) -> float:
    """When it was last changed, seconds UTC."""
    found = target.settings.get("modified_at")
    return found if isinstance(found, float) else target.created_at


def _setting(target: Target, name: str, otherwise: int) -> int:
    found = target.settings.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else otherwise
