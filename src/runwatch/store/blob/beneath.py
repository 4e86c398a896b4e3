"""The one place that opens files of blobs: relative to a descriptor of their folder, following no symbolic link."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from runwatch.schema.error import CorruptDataError, StoreUnavailableError, WorkspaceReadOnlyError
from runwatch.store.blob.protocol import OPEN_ID, check_blob_id

_SAFE: Final = os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | _SAFE
_OPEN_FOLDER: Final = "open"

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE})
_READ_ONLY: Final = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})
_PLANTED: Final = frozenset({errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.ENXIO})


class Beneath:
    """A folder of blobs, held by a descriptor.

    Ids are checked to be ours before they become names. Each folder and file is opened relative to the one above, and
    none may be a symbolic link, so that nothing planted in the folder leads out of it.

    Args:
        folder: Made with the first write.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._held: dict[str, int] = {}
        self._closed = False

    def open(self, blob_id: str, flags: int) -> int:
        """A descriptor of a blob's file; folders are made if ``flags`` create.

        Raises:
            FileNotFoundError: There is no such blob.
            CorruptDataError: Something other than a plain file lies there.
        """
        with self.parent(blob_id, make=bool(flags & os.O_CREAT)) as parent:
            descriptor = os.open(blob_id, flags | _SAFE | os.O_NONBLOCK, 0o600, dir_fd=parent)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise CorruptDataError("Something other than a plain file lies among the blobs.", file=blob_id)
        return descriptor

    @contextmanager
    def parent(self, blob_id: str, *, make: bool = False) -> Iterator[int]:
        """A descriptor of the folder that a blob lies in."""
        name = _OPEN_FOLDER if OPEN_ID.fullmatch(check_blob_id(blob_id)) else blob_id[:2]
        with self.child(name, make=make) as descriptor:
            yield descriptor

    @contextmanager
    def child(self, name: str, *, make: bool = False) -> Iterator[int]:
        """A descriptor of a folder below the root."""
        root = self._root_descriptor(make=make)
        if make and not _is_there(name, root):
            with contextlib.suppress(FileExistsError):
                os.mkdir(name, 0o700, dir_fd=root)
            os.fsync(root)
        descriptor = os.open(name, _FOLDER, dir_fd=root)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def names(self) -> list[str]:
        """The folders below the root."""
        return listed(self._root_descriptor(make=False))

    def close(self) -> None:
        """Release the descriptor; later calls are a `StoreUnavailableError`."""
        self._closed = True
        root = self._held.pop("root", None)
        if root is not None:
            os.close(root)

    def _root_descriptor(self, *, make: bool) -> int:
        if self._closed:
            raise StoreUnavailableError("The store is closed.", hint="Open the workspace again.")
        root = self._held.get("root")
        if root is None:
            if make:
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            opened = os.open(self.folder, _FOLDER)
            root = self._held.setdefault(
                "root", opened
            )  # no lock, which a fork could leave locked: the first one stays
            if root != opened:
                os.close(opened)
        return root


def listed(descriptor: int) -> list[str]:
    """The names in a folder held by a descriptor."""
    with os.scandir(descriptor) as entries:
        return [entry.name for entry in entries]


@contextmanager
def translated(blob_id: str, *, optional: bool = False) -> Iterator[None]:
    """Turn errors of the operating system into ours, by their number.

    Args:
        blob_id: What is being worked on.
        optional: A missing file is no fault: it stays a `FileNotFoundError`.
    """
    try:
        yield
    except OSError as error:
        if optional and isinstance(error, FileNotFoundError):
            raise
        raise _translate(error, blob_id) from error


def _translate(error: OSError, blob_id: str) -> Exception:
    if error.errno in _FULL:
        return StoreUnavailableError(
            "The disk or quota of the workspace is full.", hint="Free some space; what was not stored is sent again."
        )
    if error.errno in _READ_ONLY:
        return WorkspaceReadOnlyError(
            "The workspace's files cannot be written to.", hint="Check the owner and the rights of its folder."
        )
    if error.errno in _PLANTED:
        return CorruptDataError(
            "Something other than a plain file lies among the blobs.",
            file=blob_id,
            hint="Links and folders do not belong there; remove it.",
        )
    if error.errno == errno.ENOENT:
        return CorruptDataError(
            "A file or folder of the workspace's blobs is gone.",
            file=blob_id,
            hint="Was the workspace moved or deleted?",
        )
    return StoreUnavailableError(
        f"The workspace's disk failed ({errno.errorcode.get(error.errno or 0, 'unknown error')}).",
        hint="Look at the disk; what was not stored is sent again.",
    )


def _is_there(name: str, folder: int) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True
