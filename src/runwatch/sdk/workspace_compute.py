"""What a workspace knows of its compute targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runwatch.sdk.compute.target import ComputeTarget
    from runwatch.sdk.workspace import Workspace


class WorkspaceCompute:
    """The part of `Workspace` that speaks of compute targets."""

    @property
    def compute_targets(self: Workspace) -> dict[str, ComputeTarget]:  # type: ignore[misc]  # a part of Workspace alone
        """The compute targets by name, without ``local``, which is always there."""
        from runwatch.sdk.compute.target import ComputeTarget

        return {target.name: target for target in ComputeTarget.list(self)}

    def get_default_compute_target(self: Workspace, type: str) -> ComputeTarget:  # type: ignore[misc]  # noqa: A002
        """The target ``cpu-cluster`` or ``gpu-cluster``, or ``local`` if there is none.

        Args:
            type: ``CPU`` or ``GPU``.

        Raises:
            ComputeTargetException: It is neither.
        """
        from runwatch.sdk.compute.cluster import default_target

        return default_target(self, type)
