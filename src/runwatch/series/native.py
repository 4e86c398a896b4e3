"""The fast half of charts (``_native.c``), where it was built."""

from __future__ import annotations

import importlib
import os
from typing import Any


def load() -> Any:
    """The extension; None without it, or with ``RUNWATCH_SERIES_NATIVE=0``."""
    if os.environ.get("RUNWATCH_SERIES_NATIVE") == "0":
        return None
    try:
        return importlib.import_module("runwatch.series._native")
    except ImportError:  # built without a C compiler
        return None


native: Any = load()
"""The extension, or None."""
