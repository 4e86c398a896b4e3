"""Captures a source folder as it is, and puts what was captured into a store as the snapshot of a run."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from msgspec import Struct

from runwatch.schema import limit
from runwatch.schema.artifact import AppendArtifact, Artifact, CreateArtifact, DeleteArtifacts, SealArtifact
from runwatch.schema.error import CorruptDataError, RunwatchError, SnapshotException
from runwatch.sdk.snapshot.digest import DigestCache, digest_file
from runwatch.sdk.snapshot.folder import Found, largest, unreadable, walk_folder
from runwatch.store.protocol import CreatesTogether, Store
from runwatch.store.snapshot.manifest import (
    FOLDER,
    MANIFEST,
    Manifest,
    SnapshotFile,
    encode,
    is_path,
    snapshot_id,
)
from runwatch.store.snapshot.place import HeldFolder

LARGE_BYTES: Final = 300 << 20
LARGE_FILES: Final = 2_000
"""From here on a snapshot is worth a notice: the limits of the original, which refused what is larger."""

WORKERS: Final = 8
"""Files on their way at the same time: what they wait for is the disk or the network."""

_LARGEST: Final = 5


class Capture(Struct, frozen=True, kw_only=True):
    """A source folder as it was.

    Attributes:
        root: The folder.
        manifest: What is in it.
        snapshot_id: The id that follows from the manifest.
        notices: What the user should know, one sentence each.
    """

    root: Path
    manifest: Manifest
    snapshot_id: str
    notices: tuple[str, ...] = ()


def capture(folder_or_file: str | os.PathLike[str], *, cache: Path | None = None) -> Capture:
    """List and digest a folder, or one file; nothing is copied yet.

    Args:
        folder_or_file: A folder, less what ignore files leave out (`runwatch.sdk.snapshot.ignore`); or a file.
        cache: Where digests are kept from one capture to the next; the user's cache folder by default.

    Raises:
        SnapshotException: It is not there, cannot be read, changes all the time, or has too many files.
    """
    try:
        source = Path(folder_or_file).resolve(strict=True)
        if source.is_dir():
            root, found = source, walk_folder(source)
        else:
            root, found = source.parent, _one_file(source)
        digests = DigestCache(root, cache)
        with HeldFolder(root) as held:
            files = [_digested(held, digests, root, path, seen) for path, seen in sorted(found.files.items())]
        digests.save()
    except (OSError, RuntimeError) as error:  # the latter: a link that leads in a circle
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise SnapshotException(
            f"No snapshot can be taken of {folder_or_file}: {reason}.", hint="Name a folder or a file that is there."
        ) from error
    kept = tuple(file for file in files if file is not None)
    manifest = Manifest(files=kept, links=found.links, folders=tuple(found.folders))
    if len(encode(manifest)) > limit.SNAPSHOT_MANIFEST_BYTES:
        raise SnapshotException(
            f"The list of the files in {root} has more than {limit.SNAPSHOT_MANIFEST_BYTES:,} bytes.",
            hint="Name what is not source in a file .amlignore.",
        )
    notices = (*found.notices, *_size_notice(manifest))
    return Capture(root=root, manifest=manifest, snapshot_id=snapshot_id(manifest), notices=notices)


def put(store: Store, run_id: str, captured: Capture) -> str:
    """Make what was captured the snapshot of a run; content that the store has is not sent again.

    The folder ``snapshot`` of the run belongs to the snapshot: what stands in the way there is replaced. If it fails,
    what was made so far is deleted again.

    Args:
        store: Where the run is.
        run_id: The run.
        captured: Its files must still be as they were.

    Returns:
        The id of the snapshot.

    Raises:
        SnapshotException: A file has changed since it was captured, or cannot be read any more.
        ServiceException: The store failed.
    """
    firsts: dict[str, SnapshotFile] = {}
    for file in captured.manifest.files:
        firsts.setdefault(file.sha256, file)
    repeats = [file for file in captured.manifest.files if firsts[file.sha256] is not file]
    try:
        with HeldFolder(captured.root) as held:
            _put_all(store, run_id, held, captured.root, firsts.values())
            _put_all(store, run_id, held, captured.root, repeats)  # by now the store has all of their content
        _put_manifest(store, run_id, encode(captured.manifest))
    except BaseException as error:
        with suppress(RunwatchError):
            store.artifacts.delete(DeleteArtifacts(run_id=run_id, paths=(MANIFEST,), prefix=FOLDER))
        if isinstance(error, OSError):
            raise unreadable(captured.root, error) from error
        raise
    return captured.snapshot_id


def _one_file(file: Path) -> Found:
    if not file.is_file() or not is_path(file.name):
        raise SnapshotException(f"No snapshot can be taken of {file}.", hint="Name a folder or a regular file.")
    found = Found()
    found.files[file.name] = file.stat()
    return found


def _digested(
    held: HeldFolder, digests: DigestCache, root: Path, path: str, seen: os.stat_result
) -> SnapshotFile | None:
    """A file with its digest; None if it was removed just now."""
    sha256 = digests.find(seen)
    if sha256 is None:
        try:
            seen, sha256, begun_ns = digest_file(root / path, partial(held.open, path))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise unreadable(root / path, error) from error
        digests.keep(seen, sha256, begun_ns)
    return SnapshotFile(path=path, size_bytes=seen.st_size, sha256=sha256, executable=bool(seen.st_mode & 0o100))


def _size_notice(manifest: Manifest) -> list[str]:
    count, size_bytes = len(manifest.files), manifest.size_bytes
    if count <= LARGE_FILES and size_bytes <= LARGE_BYTES:
        return []
    sizes = ((file.path, file.size_bytes) for file in manifest.files)
    most = ", ".join(
        f"{name} ({size / 1e6:,.1f} MB, {number:,} files)" if name.endswith("/") else f"{name} ({size / 1e6:,.1f} MB)"
        for name, size, number in largest(sizes, _LARGEST)
    )
    return [
        f"the snapshot is large: {count:,} files, {size_bytes / 1e6:,.1f} MB; what is not source can be named in "
        f".amlignore. Most is in {most}"
    ]


def _put_all(store: Store, run_id: str, held: HeldFolder, root: Path, files: Iterable[SnapshotFile]) -> None:
    files = _without_known(store, run_id, list(files))
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="runwatch-snapshot") as pool:
        sent = [pool.submit(_put_file, store, run_id, held, root, file) for file in files]
        try:
            done, _ = wait(sent, return_when=FIRST_EXCEPTION)
            for each in done:
                each.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _without_known(store: Store, run_id: str, files: list[SnapshotFile]) -> list[SnapshotFile]:
    """Those files whose content the store does not have; of the others only the names are written, many at once."""
    if not isinstance(store.artifacts, CreatesTogether):
        return files
    made = store.artifacts.create_all([_request(run_id, file) for file in files])
    for each in made:
        if isinstance(each, BaseException):
            raise each
    return [file for file, each in zip(files, made, strict=True) if isinstance(each, Artifact) and not each.sealed]


def _request(run_id: str, file: SnapshotFile) -> CreateArtifact:
    return CreateArtifact(
        run_id=run_id, path=f"{FOLDER}{file.path}", sha256=file.sha256, size_bytes=file.size_bytes, overwrite=True
    )


def _put_file(store: Store, run_id: str, held: HeldFolder, root: Path, file: SnapshotFile) -> None:
    path = f"{FOLDER}{file.path}"
    if store.artifacts.create(_request(run_id, file)).sealed:
        return
    try:
        with open(held.open(file.path), "rb", buffering=0) as source:
            offset = 0
            while data := source.read(limit.PART_BYTES):
                store.artifacts.append(AppendArtifact(run_id=run_id, path=path, offset=offset, data=data))
                offset += len(data)
        store.artifacts.seal(SealArtifact(run_id=run_id, path=path, sha256=file.sha256))
    except CorruptDataError as error:
        raise SnapshotException(
            f"{root / file.path} changed while the snapshot was taken.",
            hint="Take the snapshot when nobody writes to it, or leave it out by a line in .amlignore.",
        ) from error
    except OSError as error:
        raise unreadable(root / file.path, error) from error


def _put_manifest(store: Store, run_id: str, data: bytes) -> None:
    store.artifacts.create(CreateArtifact(run_id=run_id, path=MANIFEST, overwrite=True))
    for offset in range(0, len(data), limit.PART_BYTES):
        part = data[offset : offset + limit.PART_BYTES]
        store.artifacts.append(AppendArtifact(run_id=run_id, path=MANIFEST, offset=offset, data=part))
    store.artifacts.seal(SealArtifact(run_id=run_id, path=MANIFEST))
