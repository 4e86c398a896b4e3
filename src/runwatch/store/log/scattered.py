"""Finds lines that may hold a text once control sequences are removed, without removing them from all the others."""

from __future__ import annotations

from itertools import islice
from typing import Any, Final

_SEQUENCES: Final = (
    rb"(?:\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b\r\n]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~])*"  # or more than those
)

_BYTES: Final = 100
"""Longer texts are not looked for in this way: each byte becomes some twenty instructions."""

_FEW: Final = 500
"""With more places than this in a page, removing all its sequences costs no more."""


class Scattered:
    """A text that means itself, between whose characters control sequences may stand.

    Args:
        text: It.
        ignore_case: Capital and small letters are alike.

    Raises:
        ImportError: RE2 is not installed.
    """

    def __init__(self, text: str, *, ignore_case: bool) -> None:
        data = text.encode("utf-8", "replace")
        usable = len(data) <= _BYTES and (data.isascii() or not ignore_case)
        self._compiled = _compile(data, ignore_case=ignore_case) if usable else None

    def places(self, raw: bytes) -> list[int] | None:
        """Bytes of all lines that may match, ascending; None if this way is not the quick one."""
        if self._compiled is None:
            return None
        found = [match.start() for match in islice(self._compiled.finditer(raw), _FEW + 1)]
        return found if len(found) <= _FEW else None


def _compile(data: bytes, *, ignore_case: bool) -> Any:
    import re2

    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1  # bytes as they are: what is no UTF-8 may stand in a sequence
    options.case_sensitive = not ignore_case
    options.never_nl = True
    options.never_capture = True
    options.log_errors = False
    return re2.compile(_SEQUENCES.join(b"\\x%02x" % byte for byte in data), options)
