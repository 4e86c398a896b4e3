"""What a new cluster is to be: the original's settings, checked."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any, Final

from runwatch.schema.error import ComputeTargetException

RESERVED: Final = frozenset({"amlcompute", "local", "containerinstance"})
"""Names that mean something else in the original, letter case aside."""

PRIORITIES: Final = ("dedicated", "lowpriority")
IDLE_S: Final = 1800
"""How long a node of the original stays idle before it is given back, in s."""

_NAME: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9\-]{0,30}[a-zA-Z0-9]")


def check_name(name: object) -> str:
    """The name, if a cluster may have it.

    Raises:
        ComputeTargetException: If it is reserved, or has other characters or another length.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ComputeTargetException(
            f"{name!r:.80} cannot name a compute target.",
            hint="Use 2 to 32 letters, digits and hyphens; a letter first, no hyphen last.",
        )
    if name.lower() in RESERVED:
        raise ComputeTargetException(f"The name {name} is reserved.", hint="Choose another one, e.g. cpu-cluster.")
    return name


def check_scale(min_nodes: object, max_nodes: object, idle_seconds: object) -> None:
    """Check how far a cluster goes down and up.

    Raises:
        ComputeTargetException: If one is not a whole number of 0 or more, or the least is above the most.
    """
    given = {"min_nodes": min_nodes, "max_nodes": max_nodes, "idle_seconds_before_scaledown": idle_seconds}
    for word, value in given.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise ComputeTargetException(f"{word} cannot be {value!r:.80}.", hint="Give a whole number, 0 or more.")
    if min_nodes > max_nodes:  # type: ignore[operator]  # both are numbers: see above
        raise ComputeTargetException(
            f"min_nodes ({min_nodes}) is above max_nodes ({max_nodes}).", hint="Lower the one or raise the other."
        )


def processors() -> int:
    """The CPUs that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class AmlComputeProvisioningConfiguration:
    """What `AmlCompute.provisioning_configuration` returns; see there."""

    def __init__(
        self,
        vm_size: str = "",
        vm_priority: str = "dedicated",
        min_nodes: int = 0,
        max_nodes: int | None = None,
        idle_seconds_before_scaledown: int | None = IDLE_S,
        tags: Mapping[str, str] | None = None,
        description: str | None = None,
    ) -> None:
        self.vm_size = vm_size
        self.vm_priority = vm_priority
        self.min_nodes = min_nodes
        self.max_nodes = max(processors(), min_nodes) if max_nodes is None else max_nodes
        self.idle_seconds_before_scaledown = (
            IDLE_S if idle_seconds_before_scaledown is None else idle_seconds_before_scaledown
        )
        self.tags = dict(tags or {})
        self.description = description
        self.validate_configuration()

    def validate_configuration(self) -> None:
        """Check all settings.

        Raises:
            ComputeTargetException: One is not accepted.
        """
        if self.vm_priority not in PRIORITIES:
            raise ComputeTargetException(
                f"vm_priority cannot be {self.vm_priority!r:.80}.", hint=f"It is one of {', '.join(PRIORITIES)}."
            )
        check_scale(self.min_nodes, self.max_nodes, self.idle_seconds_before_scaledown)

    def settings(self) -> dict[str, Any]:
        """What the store keeps in a target's settings."""
        return {
            "vm_size": self.vm_size,
            "vm_priority": self.vm_priority,
            "min_nodes": self.min_nodes,
            "idle_seconds": self.idle_seconds_before_scaledown,
            "tags": self.tags,
            "description": self.description or "",
        }
