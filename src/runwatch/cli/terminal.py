"""Where a command's words go: results to standard output, notices to standard error, JSON where it was asked for."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Mapping, Sequence
from typing import IO, Any

import msgspec

from runwatch.cli.text import visible

_COLOURS = {"red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36", "bold": "1", "dim": "2"}


class Terminal:
    """Standard output and standard error of one command.

    Args:
        as_json: Nothing but one JSON document goes to standard output.
        colour: False writes no colours, whatever the terminal can do.
        traceback: Errors are shown with their traceback.

    Attributes:
        colour: Whether colours may be written where there is a terminal; ``NO_COLOR`` and dumb terminals forbid them.
    """

    def __init__(self, *, as_json: bool = False, colour: bool = True, traceback: bool = False) -> None:
        self.as_json = as_json
        self.traceback = traceback
        self.colour = colour and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    @property
    def width(self) -> int | None:
        """Columns of the screen, or None where the output goes to a file or pipe and no line is too long."""
        columns = os.environ.get("COLUMNS", "")
        if columns.isdecimal() and int(columns) > 0:
            return int(columns)
        try:
            return os.get_terminal_size(sys.stdout.fileno()).columns or None
        except (OSError, ValueError):  # no terminal, or no descriptor at all
            return None

    @property
    def interactive(self) -> bool:
        """Whether someone watches standard output."""
        return sys.stdout.isatty()

    @property
    def unicode(self) -> bool:
        """Whether standard output can take symbols beyond ASCII."""
        return (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "").startswith("utf")

    def paint(self, text: str, *styles: str) -> str:
        """The text in these styles, if standard output shows colours; the text must be safe already."""
        if not (self.colour and self.interactive and styles and text):
            return text
        return f"\x1b[{';'.join(_COLOURS[style] for style in styles)}m{text}\x1b[0m"

    def line(self, text: str = "") -> None:
        """One line of the result; the text must be safe already (`runwatch.cli.text`)."""
        sys.stdout.write(f"{text}\n")

    def json(self, thing: Any) -> None:
        """The result as one JSON document, in ASCII: nothing in it can steer a terminal or break in an odd encoding."""
        sys.stdout.write(json.dumps(portable(thing), indent=2, allow_nan=False) + "\n")

    def note(self, text: str) -> None:
        """A remark beside the result: to standard error."""
        sys.stdout.flush()
        print(self._on_error(text, "2"), file=sys.stderr, flush=True)  # noqa: T201 - a terminal prints

    def error(self, message: str, hint: str | None = None) -> None:
        """One red line with what is wrong, and a line with what to do."""
        _flush(sys.stdout)
        label = self._on_error("error:", "1;31")
        print(f"{label} {visible(message)}", file=sys.stderr, flush=True)  # noqa: T201
        if hint:
            print(f"{self._on_error('hint:', '2')}  {visible(hint)}", file=sys.stderr, flush=True)  # noqa: T201

    def fields(self, rows: Sequence[tuple[str, str]], indent: str = "  ") -> None:
        """Names and values, aligned."""
        widest = max((len(name) for name, _ in rows), default=0)
        for name, text in rows:
            self.line(f"{indent}{self.paint(name.ljust(widest), 'dim')}  {text}".rstrip())

    def _on_error(self, text: str, style: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if self.colour and sys.stderr.isatty() else text


def _flush(stream: IO[str]) -> None:
    try:
        stream.flush()
    except (OSError, ValueError):  # the reader has gone: what is to be said still goes to standard error
        return


def portable(thing: Any) -> Any:
    """The thing in JSON's own types; the numbers JSON lacks become ``"NaN"``, ``"Infinity"`` and ``"-Infinity"``."""
    if isinstance(thing, float) and not math.isfinite(thing):
        return "NaN" if math.isnan(thing) else ("Infinity" if thing > 0 else "-Infinity")
    if isinstance(thing, str):
        return thing.encode("utf-8", "replace").decode("utf-8")
    if isinstance(thing, Mapping):
        return {str(name): portable(item) for name, item in thing.items()}
    if isinstance(thing, list | tuple | set | frozenset):
        return [portable(item) for item in thing]
    if isinstance(thing, msgspec.Struct):
        return portable(msgspec.structs.asdict(thing))
    return portable(str(thing)) if isinstance(thing, os.PathLike) else thing
