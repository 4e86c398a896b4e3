"""The manifest of a snapshot: every file, link and empty folder of a source folder, and the id that follows from it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Final
from uuid import UUID

import msgspec
from msgspec import Struct

from runwatch.schema import limit
from runwatch.schema.error import CorruptDataError, InvalidValueError
from runwatch.schema.name import check_artifact_path
from runwatch.schema.settled import settled
from runwatch.store.snapshot.link import leads_out

VERSION: Final = 1

FOLDER: Final = "snapshot/"
"""The files of a snapshot are artifacts whose paths start with this."""

MANIFEST: Final = "snapshot.json"
"""The artifact that holds the manifest; it is written last, so that a snapshot with a manifest is whole."""

SNAPSHOT_PROPERTY: Final = "ContentSnapshotId"
"""The property of a run that holds the id of its snapshot, as in the original."""

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class SnapshotFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A regular file.

    Attributes:
        path: Its place below the folder, with ``/``.
        size_bytes: Its size.
        sha256: Hex digest of its content.
        executable: Its owner may run it; nothing else of its rights is kept.
    """

    path: str
    size_bytes: int
    sha256: str
    executable: bool = False


class SnapshotLink(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A symbolic link.

    Attributes:
        path: Its place below the folder.
        target: Where it leads: relative to the link's own folder, and never out of the snapshot. Nothing need be there.
    """

    path: str
    target: str


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a folder held. All three lists are sorted by path, by code points.

    Attributes:
        version: Of this format.
        files: Regular files.
        links: Symbolic links.
        folders: Folders with nothing in them; the others follow from the paths.
    """

    version: int = VERSION
    files: tuple[SnapshotFile, ...] = ()
    links: tuple[SnapshotLink, ...] = ()
    folders: tuple[str, ...] = ()

    @property
    def size_bytes(self) -> int:
        """All files together."""
        return sum(file.size_bytes for file in self.files)


def snapshot_id(manifest: Manifest) -> str:
    """The id: 32 digits of the manifest's SHA-256 in the shape of a UUID, so that the same content has the same id."""
    return str(UUID(bytes=hashlib.sha256(encode(manifest)).digest()[:16]))


def encode(manifest: Manifest) -> bytes:
    """The canonical JSON of a manifest: what the digest is taken of and what the artifact holds."""
    return msgspec.json.encode(manifest)


def decode(data: bytes) -> Manifest:
    """Read a manifest that anybody may have written.

    Raises:
        CorruptDataError: It is no manifest, or one with a path or link that could lead out of a folder.
    """
    try:
        found = msgspec.json.decode(data, type=settled(Manifest))
    except msgspec.DecodeError as error:  # also what is not UTF-8, and what does not have the right form
        raise _corrupt(f"it cannot be read: {error}") from error
    if found.version != VERSION:
        raise _corrupt(f"it is of version {found.version}, and this Runwatch reads version {VERSION}")
    check(found)
    return found


def check(manifest: Manifest) -> None:
    """Make sure that a manifest describes one folder, and nothing outside of it.

    Raises:
        CorruptDataError: Otherwise.
    """
    paths = [*_paths(manifest)]
    if len(paths) > limit.SNAPSHOT_FILES:
        raise _corrupt(f"it names more than {limit.SNAPSHOT_FILES:,} files")
    for path in paths:
        if not is_path(path):
            raise _corrupt(f"{path[:80]!r} cannot lie in a folder")
    taken = set(paths)
    if len(taken) != len(paths):
        raise _corrupt("it names something twice")
    for path in paths:
        if any(parent in taken for parent in parents(path)):
            raise _corrupt(f"{path[:80]!r} lies in what is no folder, or an empty one")
    for file in manifest.files:
        if file.size_bytes < 0 or not _SHA256.fullmatch(file.sha256):
            raise _corrupt(f"it does not say what {file.path[:80]!r} holds")
    links = {link.path: link.target for link in manifest.links}
    for link in manifest.links:
        if leads_out(link.path, links):
            raise _corrupt(f"the link {link.path[:80]!r} leads out of the folder, or in a circle")


def is_path(path: str) -> bool:
    """Whether something below a source folder can be kept under this path, and given back under the very same."""
    whole = f"{FOLDER}{path}"
    try:
        path.encode()
        return check_artifact_path(whole) == whole
    except (InvalidValueError, UnicodeEncodeError):
        return False


def parents(path: str) -> Iterator[str]:
    """The folders above a path, the top left out."""
    at = path.find("/")
    while at >= 0:
        yield path[:at]
        at = path.find("/", at + 1)


def _paths(manifest: Manifest) -> Iterator[str]:
    yield from (file.path for file in manifest.files)
    yield from (link.path for link in manifest.links)
    yield from manifest.folders


def _corrupt(what: str) -> CorruptDataError:
    return CorruptDataError(
        f"The manifest of the snapshot is refused: {what}.",
        file=MANIFEST,
        hint="Was the file replaced? Take the snapshot again in a new run.",
    )
