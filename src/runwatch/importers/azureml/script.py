"""Scripts and notebooks as pieces of Python code with their places; nothing of them is run."""

from __future__ import annotations

import ast
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from runwatch.schema.error import UserErrorException

SUFFIXES: Final = (".py", ".ipynb")

SKIPPED: Final = frozenset({"node_modules", "site-packages", "__pycache__", "venv", "build", "dist"})
"""Folders whose code is not the user's own; those whose names begin with a dot are left out too."""

_LINE_MAGIC: Final = re.compile(r"\s*[%!?]|.*\?\s*$")
_ASSIGNED_MAGIC: Final = re.compile(r"(\s*[\w, ]+=\s*)[%!]")
_CELL_MAGIC: Final = re.compile(r"%%(\w+)\s*(.*)")


class Piece(Struct, frozen=True, kw_only=True):
    """Code that is read together.

    Attributes:
        place: The file, and the cell of a notebook.
        tree: The code.
        first: The line of the file, or cell, before the code.
        own: Names that were bound before do not hold in it.
    """

    place: str
    tree: ast.Module
    first: int = 0
    own: bool = False


class Unread(Struct, frozen=True):
    """What could not be read.

    Attributes:
        place: Where.
        why: One phrase.
    """

    place: str
    why: str


def files(path: Path) -> list[Path]:
    """The scripts and notebooks of a folder, or the file itself.

    Raises:
        UserErrorException: There is no such file or folder, or it is neither script nor notebook.
    """
    if path.is_dir():
        found = []
        for folder, names, entries in os.walk(path):
            names[:] = sorted(name for name in names if name not in SKIPPED and not name.startswith("."))
            found += [Path(folder, entry) for entry in sorted(entries) if entry.endswith(SUFFIXES)]
        return found
    if not path.is_file():
        raise UserErrorException(f"There is no file or folder {path}.", hint="Give a script, a notebook or a folder.")
    if path.suffix not in SUFFIXES:
        raise UserErrorException(f"{path} is no script and no notebook.", hint="Give a .py or .ipynb file.")
    return [path]


def pieces(path: Path) -> Iterator[Piece | Unread]:
    """The code of a script, or of the cells of a notebook in their order."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        yield Unread(str(path), f"it cannot be read: {error}")
        return
    if path.suffix == ".py":
        yield _parsed(str(path), text)
        return
    try:
        cells = json.loads(text)["cells"]
        codes = [(number, _text(cell["source"])) for number, cell in enumerate(cells, 1) if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError):
        yield Unread(str(path), "it is no notebook of format 4")
        return
    for number, code in codes:
        yield from _cell(f"{path}:cell {number}", code)


def _cell(place: str, code: str) -> Iterator[Piece | Unread]:
    """A cell; what it writes to a script is code too, and what is for another language is not."""
    lines = code.splitlines()
    start = next((index for index, line in enumerate(lines) if line.strip()), 0)
    magic = _CELL_MAGIC.match(lines[start]) if lines else None
    if magic is None:
        yield _parsed(place, "\n".join(_without_magic(line) for line in lines))
    elif magic[1] == "writefile" and magic[2].strip().strip("'\"").endswith(".py"):
        yield _parsed(place, "\n".join(lines[start + 1 :]), first=start + 1, own=True)
    elif magic[1] in {"time", "timeit", "capture", "prun"}:
        yield _parsed(place, "\n".join(_without_magic(line) for line in lines[start + 1 :]), first=start + 1)


def _without_magic(line: str) -> str:
    if _LINE_MAGIC.match(line):
        return f"{line[: len(line) - len(line.lstrip())]}pass"
    assigned = _ASSIGNED_MAGIC.match(line)
    return f"{assigned[1]}None" if assigned else line


def _parsed(place: str, code: str, first: int = 0, own: bool = False) -> Piece | Unread:
    try:
        return Piece(place=place, tree=ast.parse(code), first=first, own=own)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        return Unread(f"{place}:{line + first}" if line else place, "it is no Python of this version")


def _text(source: Any) -> str:
    return source if isinstance(source, str) else "".join(source)
