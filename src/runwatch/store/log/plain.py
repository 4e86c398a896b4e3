"""Text from outside made safe: no name, tag or log line can move a cursor, reorder a screen or reach a clipboard."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_HARMFUL: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories that print nothing but steer: controls, formats (bidi, zero width), surrogates, separators."""

_JOINERS: Final = frozenset({"\u200c", "\u200d"})
"""Formats that scripts such as Persian and Devanagari need inside words; they reorder nothing."""

_SEQUENCE: Final = re.compile(
    r"""
      (?: \x1b\[ | \x9b ) [0-?]{0,256} [ -/]{0,16} [@-~]                       # CSI: cursor, colours, erase
    | (?: \x1b[\]PX^_] | [\x9d\x90\x98\x9e\x9f] )                              # OSC, DCS, SOS, PM, APC:
      [^\x00-\x08\x0a-\x1f\x7f-\x9f]{0,4096} (?: \x07 | \x1b\\ | \x9c )         # titles, links, clipboard
    | \x1b [ -/]{0,16} [0-~]                                                   # short escapes, and openings left open
    """,
    re.VERBOSE,
)


def _escape(char: str) -> str:
    if char in _SHORT:
        return _SHORT[char]
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def visible(text: str) -> str:
    r"""The text with everything that would steer a terminal written out, e.g. an escape character as ``\x1b``."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        _escape(char) if unicodedata.category(char) in _HARMFUL and char not in _JOINERS else char for char in text
    )


def plain(text: str) -> str:
    """A log line without its control sequences (colours, links, titles); tabs stay, what else steers is written out."""
    if text.isascii() and text.isprintable():
        return text
    return "\t".join(visible(part) for part in _SEQUENCE.sub("", text).split("\t"))
