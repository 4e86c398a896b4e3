"""The size of this machine, in the words of the original's list of sizes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from runwatch.sdk.compute.provisioning import processors


def size() -> dict[str, Any]:
    """Its name, CPUs that this process may use, GPUs, memory in GB and disk in MB."""
    import psutil

    return {
        "name": "this-machine",
        "vCPUs": processors(),
        "gpus": _gpus(),
        "memoryGB": round(psutil.virtual_memory().total / 2**30, 1),
        "maxResourceVolumeMB": shutil.disk_usage(Path.home().anchor or "/").total // 2**20,
    }


def _gpus() -> int:
    from runwatch.sdk.watcher.gpu import Gpus

    gpus = Gpus()
    try:
        return gpus.count()
    finally:
        gpus.close()
