"""Points in time as services write them."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import Any, Final

_FRACTION: Final = re.compile(r"\.(\d{1,6})\d*")


def seconds(text: Any) -> float | None:
    """A time in ISO 8601 as seconds UTC; None if it is none. Fraction and zone may be missing: then it is UTC."""
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(_FRACTION.sub(r".\1", text.strip(), count=1))
        at = (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
    return at if math.isfinite(at) else None
