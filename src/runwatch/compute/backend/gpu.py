"""Which GPUs this machine has, and how jobs share them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

GPUS_VARIABLE: Final = "RUNWATCH_GPUS"
"""Names of the GPUs that jobs may have, separated by commas; overrides what is found."""


def find_gpus() -> tuple[str, ...]:
    """The names by which programs choose GPUs: what ``CUDA_VISIBLE_DEVICES`` leaves visible, else their UUIDs."""
    for name in (GPUS_VARIABLE, "CUDA_VISIBLE_DEVICES"):
        if name in os.environ:
            return tuple(part.strip() for part in os.environ[name].split(",") if part.strip())
    try:
        import pynvml

        pynvml.nvmlInit()
    except Exception:  # no package, no driver, no library: each says so in its own way
        return ()
    try:
        handles = [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())]
        return tuple(str(pynvml.nvmlDeviceGetUUID(handle)) for handle in handles)
    except pynvml.NVMLError:
        return ()
    finally:
        pynvml.nvmlShutdown()


def share(gpus: Sequence[str], wanted: int | None, slots: int, taken: Iterable[str]) -> tuple[str, ...] | None:
    """The GPUs that the next job gets; None if it has to wait for them.

    Where there are GPUs enough for every slot, no two jobs ever have the same one. Where there are more slots than
    GPUs, an even share is less than one: each job gets the one that the fewest others have.

    Args:
        gpus: Those of the machine, at least one.
        wanted: How many the job asks for; None means an even share.
        slots: How many jobs its target runs at once.
        taken: The GPUs of other jobs; one that several have comes several times.
    """
    counts = Counter(taken)
    if wanted is None:
        wanted = len(gpus) // max(1, slots)
        if wanted == 0:
            return (min(gpus, key=lambda gpu: counts[gpu]),)
    free = [gpu for gpu in gpus if not counts[gpu]]
    return tuple(free[:wanted]) if len(free) >= wanted else None
