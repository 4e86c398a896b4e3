"""What goes wrong with compute targets."""

from runwatch.schema.error import ComputeTargetException
from runwatch.sdk.absent import (
    attach_legacy_compute_target,
    is_compute_target_prepared,
    prepare_compute_target,
    remove_legacy_compute_target,
)

__all__ = [
    "ComputeTargetException",
    "attach_legacy_compute_target",
    "is_compute_target_prepared",
    "prepare_compute_target",
    "remove_legacy_compute_target",
]
