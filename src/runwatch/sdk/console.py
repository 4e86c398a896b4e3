"""Copies what a script prints to a file as well, while a run is used as a context."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, TextIO


class Tee:
    """A text stream that passes everything on to another one and writes it to a file descriptor too.

    What the other stream does with it - Jupyter's, pytest's, a terminal's - is left alone: its errors are raised as
    they would be without us, ours never are. Works from any thread and in forked children, since each piece is one
    ``write`` to a file opened for appending.

    Args:
        stream: The stream that was there.
        copy: Where the copies go.
    """

    def __init__(self, stream: TextIO, copy: ConsoleFile) -> None:
        self._stream = stream
        self._copy = copy

    def write(self, text: str) -> int:
        """Pass a text on."""
        written = self._stream.write(text)
        self._copy.write(text)
        return written

    def writelines(self, lines: Any) -> None:
        """Pass several texts on."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __enter__(self) -> Tee:
        return self

    def __exit__(self, *exception: object) -> None:
        return None

    def __iter__(self) -> Any:
        return iter(self._stream)


class ConsoleFile:
    """The file that gets the copies; once closed, or when the disk fails, it takes them silently.

    Attributes:
        failed: Why it took no more, or nothing.
    """

    def __init__(self, path: Path) -> None:
        self.failed = ""
        self._open: _Descriptor | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._open = _Descriptor(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644))
        except OSError as error:
            self.failed = str(error)

    def write(self, text: str) -> None:
        """Append a text; never raises."""
        if isinstance(text, str):
            self.append(text.encode("utf-8", "replace"))

    def append(self, data: bytes) -> None:
        """Append bytes; never raises."""
        descriptor = self._open  # held here, so that another thread's `close` does not take it away under us
        if descriptor is None:
            return
        try:
            while data:
                data = data[os.write(descriptor.number, data) :]
        except OSError as error:
            self.failed = str(error)
            self.close()

    def close(self) -> None:
        """Take no more."""
        self._open = None


class _Descriptor:
    """A file descriptor that is closed when nobody holds it any more."""

    __slots__ = ("number",)

    def __init__(self, number: int) -> None:
        self.number = number

    def __del__(self) -> None:
        os.close(self.number)


class ConsoleCopy:
    """Both output streams of this process, copied to one file between `start` and `stop`.

    Args:
        path: The file; its folder is made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: ConsoleFile | None = None
        self._tees: dict[str, Tee] = {}

    def start(self) -> None:
        """Begin to copy."""
        self._file = ConsoleFile(self._path)
        for name in ("stdout", "stderr"):
            stream = getattr(sys, name)
            if stream is not None:  # as in a windowed interpreter
                self._tees[name] = Tee(stream, self._file)
                setattr(sys, name, self._tees[name])

    def stop(self) -> str:
        """Stop copying and give the streams back.

        If something else stands in their place by now, it is left there: it may hold on to our stream, which from now
        on only passes on.

        Returns:
            Why copying stopped early, or nothing.
        """
        for name, tee in self._tees.items():
            if getattr(sys, name) is tee:
                setattr(sys, name, tee._stream)
        self._tees = {}
        if self._file is None:
            return ""
        self._file.close()
        return self._file.failed
