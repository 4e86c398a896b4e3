"""What a service of a model was to be given: kept with the model, for who serves it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ResourceConfiguration:
    """Resources, as `Model.register` takes them; nothing here hands them out.

    Attributes:
        cpu: Cores.
        memory_in_gb: Memory, GB.
        gpu: Devices.
    """

    cpu: float | None = None
    memory_in_gb: float | None = None
    gpu: int | None = None
