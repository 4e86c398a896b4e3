"""A user of their own: nothing of this machine's workspaces and settings is seen or changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.studio.window import PICTURES


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """A block in which this process, and what it starts, keeps its things in a folder and starts no server unasked."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("RUNWATCH_", "AZUREML_"))]:
            if name != PICTURES:
                patch.delenv(name)
        patch.setenv("RUNWATCH_STUDIO", "off")
        for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "MPLCONFIGDIR"):
            patch.setenv(name, str(folder / name.lower()))
        yield
