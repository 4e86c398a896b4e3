"""The state of a target in the original's words: counts of nodes, scale, times."""

from __future__ import annotations

from typing import Any

from runwatch.schema.job import Target
from runwatch.sdk import timestamp
from runwatch.sdk.compute import record
from runwatch.sdk.compute.queue import Load


class ScaleSettings:
    """How far a target goes down and up.

    Attributes:
        minimum_node_count: See `AmlCompute.provisioning_configuration`.
        maximum_node_count: Runs at once.
        idle_seconds_before_scaledown: Kept, and of no effect here.
    """

    def __init__(self, target: Target) -> None:
        self.minimum_node_count = record.least_nodes(target)
        self.maximum_node_count = target.slots
        self.idle_seconds_before_scaledown = record.idle_seconds(target)

    def serialize(self) -> dict[str, Any]:
        """The original's keys; the duration is one of ISO 8601."""
        return {
            "minNodeCount": self.minimum_node_count,
            "maxNodeCount": self.maximum_node_count,
            "nodeIdleTimeBeforeScaleDown": f"PT{self.idle_seconds_before_scaledown}S",
        }


class AmlComputeStatus:
    """A look at a target, as of when it was asked.

    A node is a slot of the machine: it runs one job at a time and costs nothing while it is free. So a target *has* the
    nodes that work and, if those are fewer, free ones up to its least number; it *wants* one for each job that waits,
    up to its most.

    Args:
        target: The target.
        load: Its jobs.
        now: When, seconds UTC.
    """

    def __init__(self, target: Target, load: Load, now: float) -> None:
        self._target = target
        self._now = now
        self.scale_settings = ScaleSettings(target)
        self.vm_size = record.text(target, "vm_size")
        self.vm_priority = record.text(target, "vm_priority", "dedicated")
        self.provisioning_state = "Succeeded"
        self.errors: list[dict[str, Any]] | None = None
        busy, least = len(load.leased), self.scale_settings.minimum_node_count
        self.leaving_node_count = max(busy - target.slots, 0)
        self.running_node_count = busy - self.leaving_node_count
        self.idle_node_count = max(least - busy, 0)
        self.current_node_count = max(least, busy)
        self.target_node_count = min(max(least, busy + len(load.queued)), target.slots)

    @property
    def allocation_state(self) -> str:
        """``Steady``, or ``Resizing`` while it wants more or fewer nodes than it has."""
        return "Steady" if self.current_node_count == self.target_node_count else "Resizing"

    def serialize(self) -> dict[str, Any]:
        """The original's keys; times are ISO 8601 texts."""
        modified = timestamp.iso(record.modified_at(self._target))
        return {
            "currentNodeCount": self.current_node_count,
            "targetNodeCount": self.target_node_count,
            "nodeStateCounts": {
                "preparingNodeCount": 0,
                "runningNodeCount": self.running_node_count,
                "idleNodeCount": self.idle_node_count,
                "unusableNodeCount": 0,
                "leavingNodeCount": self.leaving_node_count,
                "preemptedNodeCount": 0,
            },
            "allocationState": self.allocation_state,
            "allocationStateTransitionTime": modified
            if self.allocation_state == "Steady"
            else timestamp.iso(self._now),
            "errors": self.errors,
            "creationTime": timestamp.iso(self._target.created_at),
            "modifiedTime": modified,
            "provisioningState": self.provisioning_state,
            "provisioningStateTransitionTime": modified,
            "scaleSettings": self.scale_settings.serialize(),
            "vmPriority": self.vm_priority.capitalize() if self.vm_priority == "dedicated" else "LowPriority",
            "vmSize": self.vm_size,
        }


def nodes(target: Target, load: Load) -> list[dict[str, Any]]:
    """See ``AmlCompute.list_nodes``."""
    idle = max(record.least_nodes(target) - len(load.leased), 0)
    busy = [("running", job.run_id) for job in load.leased]
    return [
        {
            "nodeId": f"{target.name}-{number}",
            "nodeState": state,
            "runId": run_id,
            "ipAddress": "127.0.0.1",
            "port": None,
        }
        for number, (state, run_id) in enumerate([*busy, *[("idle", None)] * idle])
    ]
