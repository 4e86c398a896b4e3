"""The snapshot of a run as a zip: the very folder that was submitted."""

from __future__ import annotations

from collections.abc import Iterator
from zipfile import ZipFile

from runwatch.schema.error import NotFoundError
from runwatch.store.blob.path import media_type
from runwatch.store.protocol import Store
from runwatch.store.snapshot.manifest import FOLDER, Manifest
from runwatch.store.snapshot.reader import read_file, read_manifest
from runwatch.store.zip.download import Outlet, shrinks, zip_files
from runwatch.store.zip.entry import EXECUTABLE, LINK, PLAIN, entry_info, folder_info


def zip_snapshot(store: Store, run_id: str, manifest: Manifest | None = None) -> Iterator[bytes]:
    """A zip of a snapshot, part by part: its files, which of them may be executed, its links and empty folders.

    Names are the folder's own, and none leads out of where the zip is unpacked. The same snapshot gives the same bytes.

    Args:
        store: Where the run is.
        run_id: The run.
        manifest: That of the snapshot, if it was read already.

    Raises:
        NotFoundError: There is no such run, or it has no snapshot; raised before the first part.
        CorruptDataError: The manifest is refused, or a file is not what was submitted.
    """
    found = manifest or read_manifest(store, run_id)
    outlet = Outlet()
    with ZipFile(outlet, "w") as archive:
        for file in found.files:
            mode = EXECUTABLE if file.executable else PLAIN
            info = entry_info(file.path, file.size_bytes, packed=shrinks(media_type(file.path)), mode=mode)
            with archive.open(info, "w") as entry:
                for part in read_file(store, run_id, file):
                    entry.write(part)
                    yield outlet.take()
            yield outlet.take()
        for link in found.links:
            target = link.target.encode()
            archive.writestr(entry_info(link.path, len(target), mode=LINK), target)
            yield outlet.take()
        for folder in found.folders:
            archive.writestr(folder_info(folder), b"")
            yield outlet.take()
    yield outlet.take()


def zip_prefix(store: Store, run_id: str, prefix: str, *, relative: bool) -> Iterator[bytes]:
    """A zip of the files below a prefix; of ``snapshot/``, the snapshot itself if the run has one.

    Args:
        store: Where the run is.
        run_id: The run.
        prefix: See `zip_files`, like ``relative``, which means nothing for a snapshot.
        relative: See there.
    """
    if prefix == FOLDER:
        try:
            manifest = read_manifest(store, run_id)
        except NotFoundError:  # files that somebody uploaded there; or no run at all, which is said below
            pass
        else:
            yield from zip_snapshot(store, run_id, manifest)
            return
    yield from zip_files(store, run_id, prefix, relative=relative)
