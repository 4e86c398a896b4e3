"""What holds for all tests: none of them leaves a server behind because it asked for an address."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ["RUNWATCH_STUDIO"] = "off"

if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell that starts the tests in the background has them ignore Ctrl-C, and all that they start inherits that.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder whose name leaves room in the address of a socket, which has 107 bytes; `tmp_path` may be long."""
    with tempfile.TemporaryDirectory(prefix="rw-") as folder:
        yield Path(folder)
