"""Files of a run as a zip that is made while it is sent."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Final

from runwatch.schema.artifact import Artifact
from runwatch.store.protocol import Store
from runwatch.store.zip.entry import entry_info
from runwatch.store.zip.measure import Measure
from runwatch.store.zip.name import SafeNames
from runwatch.store.zip.page import check_content, list_artifacts, read_parts

_TEXTS: Final = frozenset({"application/json", "application/toml", "application/x-ndjson", "application/yaml"})
"""Media types, besides ``text/…``, whose content shrinks; what else there is in runs is mostly packed already."""


def zip_files(store: Store, run_id: str, prefix: str = "", *, relative: bool = False) -> Iterator[bytes]:
    """A zip of the artifacts of a run, part by part, in constant memory but for the list of its entries.

    An open file comes as long as it is when its turn comes. Names are safe on every system (`SafeNames`); the same
    files give the same bytes. A zip that breaks off has no directory at its end, so that nobody takes it for whole.

    Args:
        store: Where the run is.
        run_id: The run.
        prefix: Only artifacts whose paths start with this, e.g. ``outputs/``.
        relative: Leave the prefix, up to its last ``/``, out of the names.

    Yields:
        The bytes of the zip in order; without artifacts, an empty zip.

    Raises:
        NotFoundError: There is no such run; raised before the first part.
        CorruptDataError: A file does not have the content it was recorded with.
    """
    return zip_artifacts(
        store, list_artifacts(store, run_id, prefix), len(prefix.rpartition("/")[0]) if relative else 0
    )


def zip_artifacts(store: Store, artifacts: Iterable[Artifact], skip: int = 0) -> Iterator[bytes]:
    """A zip of these artifacts, in their order; see `zip_files`.

    Args:
        store: Where they are.
        artifacts: Which.
        skip: So many characters of each path stay out of the names.
    """
    outlet, names = Outlet(), SafeNames()
    with zipfile.ZipFile(outlet, "w") as archive:
        for artifact in artifacts:
            info = entry_info(
                names.give(artifact.path[skip:]), artifact.size_bytes, packed=shrinks(artifact.media_type)
            )
            measure = Measure()
            with archive.open(info, "w") as entry:
                for part in measure.watch(read_parts(store, artifact)):
                    entry.write(part)
                    yield outlet.take()
                check_content(artifact, measure.sha256, measure.size_bytes)
            yield outlet.take()
    yield outlet.take()


def shrinks(media_type: str) -> bool:
    """Whether it is worth packing a file of this type."""
    return media_type.startswith("text/") or media_type in _TEXTS


class Outlet(io.RawIOBase):
    """A stream that only goes forward and holds what is written until it is taken."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: object) -> int:
        """Hold bytes."""
        view = memoryview(data)  # type: ignore[arg-type]
        self._held += view
        return view.nbytes

    def take(self) -> bytes:
        """What was written since the last call."""
        taken = bytes(self._held)
        self._held.clear()
        return taken
