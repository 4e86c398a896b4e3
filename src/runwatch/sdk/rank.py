"""The processes of a distributed job all log to one run: each but the first under names of its own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from runwatch.journal.writer import JournalWriter
from runwatch.schema.metric import Block

OURS: Final = "RUNWATCH_RANK"
LAUNCHERS: Final = ("RANK", "OMPI_COMM_WORLD_RANK", "PMI_RANK")
"""As set by torchrun and PyTorch, Open MPI, and MPICH. ``OMPI_COMM_WORLD_NODE_RANK`` is not the node's rank."""


def find_rank(variables: Mapping[str, str] = os.environ) -> int:
    """Which process of its job this one is, from 0; a launcher that the script itself started counts too.

    Args:
        variables: The environment.
    """
    names = [*LAUNCHERS, *(["SLURM_PROCID"] if "SLURM_STEP_ID" in variables else []), OURS]
    for name in names:
        value = variables.get(name, "")
        if value.isascii() and value.isdigit():
            return int(value)
    return 0


def prefix(rank: int) -> str:
    """What stands before the names of metrics and parameters of a process; nothing for the first."""
    return f"rank_{rank}/" if rank else ""


class RankedWriter(JournalWriter):
    """The journal of a process that is not the first of its job.

    Args:
        folder: See `JournalWriter`.
        run_id: Likewise.
        attempt: Likewise.
        rank: Which process it is, from 1.
    """

    def __init__(self, folder: Path, run_id: str, *, attempt: int, rank: int) -> None:
        super().__init__(folder, run_id, attempt=attempt)
        self._prefix = prefix(rank)
        self.scalar = _slow

    def point(self, name: str, value: object, step: object = None, description: str = "") -> None:
        """See `JournalWriter.point`."""
        super().point(self._prefix + name if isinstance(name, str) else name, value, step, description)
        self.scalar = _slow

    def rows(self, block: Block) -> None:
        """See `JournalWriter.rows`."""
        super().rows(msgspec.structs.replace(block, metric=self._prefix + block.metric))

    def param(self, name: str, value: Any) -> None:
        """See `JournalWriter.param`."""
        super().param(self._prefix + name if isinstance(name, str) else name, value)


def _slow(name: str, value: object, step: int | None) -> bool:
    return False
