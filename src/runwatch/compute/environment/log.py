"""The log of a build: a file that programs write to directly, so that it is complete whatever ends the builder."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Final

_WORDS_BYTES: Final = 2_000


class BuildLog:
    """A text file that is appended to.

    Args:
        path: The file; its folder is made if it is not there.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)

    def __enter__(self) -> BuildLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._file)

    def fileno(self) -> int:
        """The descriptor, for the output of a program."""
        return self._file

    def say(self, text: str) -> None:
        """Append a line."""
        os.write(self._file, f"{text}\n".encode())

    def size(self) -> int:
        """Its size, in bytes: a mark for `words_since`."""
        return os.fstat(self._file).st_size

    def words_since(self, mark: int) -> str:
        """The last words that were written after a mark, at most some twenty lines."""
        start = max(mark, self.size() - _WORDS_BYTES)
        text = os.pread(self._file, _WORDS_BYTES, start).decode(errors="replace")
        if start > mark:
            text = text.partition("\n")[2]  # the first line is cut
        return "\n".join(text.strip().splitlines()[-20:])
