"""Which GPUs this machine has."""

from __future__ import annotations

import os
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
