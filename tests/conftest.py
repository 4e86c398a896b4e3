"""What holds for all tests: none of them leaves a server behind because it asked for an address."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ["RUNWATCH_STUDIO"] = "off"


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder whose name leaves room in the address of a socket, which has 107 bytes; `tmp_path` may be long."""
    with tempfile.TemporaryDirectory(prefix="rw-") as folder:
        yield Path(folder)
