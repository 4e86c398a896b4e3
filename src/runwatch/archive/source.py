"""Where an archive is read: a folder or a zip in which nothing is believed and from which nothing is unpacked."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

from runwatch.schema import limit
from runwatch.schema.error import CorruptDataError, LimitError, NotFoundError, UserErrorException
from runwatch.store.zip.name import folded, is_safe_path

_RATIO_FROM_BYTES: Final = 1 << 20
_END: Final = struct.Struct("<4s4H2LH")
_END64: Final = struct.Struct("<4sQ2H2L4Q")
_COMMENT_BYTES: Final = 1 << 16

_ENTRY_BYTES: Final = 1_024
"""What an entry takes at most in the directory of a zip that an export made: a safe name, twice, and some numbers."""

_PACKINGS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
"""Other methods unfold as much as they like at once, however little is asked for."""

_AGAIN: Final = "Get the archive again, or export the runs again."


class Source(Protocol):
    """The files of an archive by name."""

    def parts(self, name: str) -> Iterator[bytes]:
        """The content of a file.

        Raises:
            CorruptDataError: There is no such file, or it is damaged, or it is something else than a plain file.
        """
        ...


@contextmanager
def open_source(place: Path) -> Iterator[Source]:
    """An archive, open for reading.

    Raises:
        NotFoundError: Nothing is there.
        CorruptDataError: It is no archive, or it is not whole.
        LimitError: It claims more than is accepted.
    """
    if place.is_dir():
        descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            yield _FolderSource(descriptor)
        finally:
            os.close(descriptor)
        return
    try:
        file = place.open("rb")
    except FileNotFoundError as error:
        raise NotFoundError(
            f"There is no archive {place}.", hint="Give a folder or zip of 'runwatch export'."
        ) from error
    except OSError as error:
        raise UserErrorException(f"{place} cannot be read: {error.strerror}.") from error
    with file, _ZipSource.opened(file, place) as source:
        yield source


class _FolderSource:
    """Opens each file relative to the folder above it and follows no link."""

    def __init__(self, descriptor: int) -> None:
        self._root = descriptor

    def parts(self, name: str) -> Iterator[bytes]:
        check_name(name)
        with self._open(name) as file:
            while part := file.read(limit.PART_BYTES):
                yield part

    @contextmanager
    def _open(self, name: str) -> Iterator[BinaryIO]:
        *folders, last = name.split("/")
        held = os.dup(self._root)
        try:
            for folder in folders:
                inner = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=held)
                os.close(held)
                held = inner
            descriptor = os.open(last, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=held)
        except FileNotFoundError as error:
            raise _damaged(name, "is missing") from error
        except OSError as error:
            raise _damaged(name, f"cannot be read ({error.strerror})") from error
        finally:
            os.close(held)
        with open(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise _damaged(name, "is no plain file")
            yield file


class _ZipSource:
    """Reads entries one by one, each after a look at what it claims."""

    def __init__(self, archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> None:
        self._zip = archive
        self._entries = entries

    @classmethod
    @contextmanager
    def opened(cls, file: BinaryIO, place: Path) -> Iterator[_ZipSource]:
        try:
            _check_end(file)
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, struct.error, EOFError, UnicodeDecodeError, NotImplementedError) as error:
            raise CorruptDataError(
                f"{place} is no whole zip: it was cut, or it is something else.", file=str(place), hint=_AGAIN
            ) from error
        with archive:
            file_bytes = file.seek(0, os.SEEK_END)
            yield cls(archive, _checked(archive.infolist(), file_bytes))

    def parts(self, name: str) -> Iterator[bytes]:
        entry = self._entries.get(name)
        if entry is None:
            raise _damaged(name, "is missing")
        left = entry.file_size
        try:
            with self._zip.open(entry) as file:
                while part := file.read(limit.PART_BYTES):
                    left -= len(part)
                    if left < 0:
                        raise _damaged(name, "is larger than it says")
                    yield part
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
            raise _damaged(name, "is damaged") from error


def check_name(name: str) -> None:
    """Refuse the name of a file that could mean something outside of the archive, or different files.

    Raises:
        CorruptDataError: It is not one that an export gives.
    """
    if not is_safe_path(name):
        raise CorruptDataError(
            f"The archive has a file {name[:80]!r}, which no export makes.",
            file=name[:200],
            hint="Do not trust where it came from.",
        )


def _check_end(file: BinaryIO) -> None:
    """Look at the size of a zip's directory before it is read into memory."""
    size = file.seek(0, os.SEEK_END)
    start = max(0, size - _COMMENT_BYTES - _END.size)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(tail):
        raise zipfile.BadZipFile
    *_, directory_bytes, _offset, _comment = _END.unpack_from(tail, at)
    if directory_bytes == 0xFFFFFFFF:
        at = tail.rfind(b"PK\x06\x06", 0, at)
        directory_bytes = _END64.unpack_from(tail, at)[8] if at >= 0 else size
    if directory_bytes > limit.ARCHIVE_ENTRIES * _ENTRY_BYTES:
        raise _too_many()


def _checked(infos: list[zipfile.ZipInfo], file_bytes: int) -> dict[str, zipfile.ZipInfo]:
    """The entries by name, if none of them is more than a plain file of a believable size."""
    if len(infos) > limit.ARCHIVE_ENTRIES:
        raise _too_many()
    if sum(info.compress_size for info in infos) > file_bytes:
        raise LimitError("The entries of the zip overlap, as those of a bomb do.", hint="Do not trust it.")
    if sum(info.file_size for info in infos) > limit.ARCHIVE_BYTES:
        raise LimitError(f"An archive holds at most {limit.ARCHIVE_BYTES:,} bytes.", hint="Export the runs in parts.")
    found: dict[str, zipfile.ZipInfo] = {}
    seen: set[str] = set()
    for info in infos:
        name = info.filename.removesuffix("/")
        check_name(name)
        _check_kind(info)
        if name != info.filename:  # a folder
            continue
        if folded(name) in seen:
            raise _damaged(name, "is there twice, or but for letter case")
        seen.add(folded(name))
        found[name] = info
    return found


def _check_kind(info: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind and kind not in {stat.S_IFREG, stat.S_IFDIR}:
        raise _damaged(info.filename, "is a link or a device")
    if info.flag_bits & 0x1 or info.compress_type not in _PACKINGS:
        raise _damaged(info.filename, "is encrypted, or packed in a way that no export uses")
    if info.file_size > max(_RATIO_FROM_BYTES, info.compress_size * limit.ARCHIVE_RATIO):
        raise LimitError(
            f"{info.filename!r} of the archive would unfold to more than {limit.ARCHIVE_RATIO} times its size.",
            hint="If you trust it, unpack the zip and import the folder.",
        )


def _damaged(name: str, what: str, **detail: Any) -> CorruptDataError:
    return CorruptDataError(f"{name[:200]!r} of the archive {what}.", file=name[:200], hint=_AGAIN, **detail)


def _too_many() -> LimitError:
    return LimitError(f"An archive has at most {limit.ARCHIVE_ENTRIES:,} files.", hint="Do not trust this one.")
