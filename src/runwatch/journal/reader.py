"""The reader: a run's journal as batches for a store, from any record on, damaged or still being written."""

from __future__ import annotations

import os
import zlib
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import numpy as np
from msgspec import Struct

from runwatch.journal.batch import gather
from runwatch.journal.format import (
    HEADER_BYTES,
    SPILL,
    SPILL_HEAD,
    block_path,
    parse_segment_name,
    run_digest,
    salt,
    unpack_header,
)
from runwatch.journal.manifest import MANIFEST_FILE, read_manifest
from runwatch.journal.place import journal_folders
from runwatch.journal.scan import scan, words_of
from runwatch.journal.stream import Stream
from runwatch.journal.taken import Piece
from runwatch.schema import limit as limits
from runwatch.schema.error import CorruptDataError, NotFoundError
from runwatch.schema.metric import AppendBatch


class Reading(Struct, frozen=True, kw_only=True):
    """What a writer's journal says from a record on.

    Attributes:
        batch: For the store; its ``epoch`` is 0 and for the caller to set. Its ``count`` may be 0.
        events: Sequence number, kind and data of each event.
        notices: What was damaged and what of it is lost, a sentence each.
        at_end: There is nothing more at present.
    """

    batch: AppendBatch
    events: tuple[tuple[int, str, dict[str, object]], ...] = ()
    notices: tuple[str, ...] = ()
    at_end: bool = True


class JournalReader:
    """Reads a run's journal while it is written, or long after; one reader belongs to one thread.

    It never raises for damaged data: what cannot be read is counted in ``batch.dropped``, covered by the batch's
    ``count`` so that the store's cursor moves past it, and told in ``notices``.

    It holds each writer's present segment open, so that deleting the folder loses nothing that it can still read.

    Args:
        folder: The journal folder.
        run_id: The run; taken from the manifest if there is one, else the folder's name.
    """

    def __init__(self, folder: Path, run_id: str | None = None) -> None:
        self.folder = folder
        if run_id is None:
            try:
                run_id = read_manifest(folder).run_id
            except (NotFoundError, CorruptDataError):
                run_id = folder.name
        self.run_id = run_id
        self._digest = run_digest(run_id)
        self._streams: dict[str, Stream] = {}
        self._folders: list[Path] = [folder]
        self._synced_names: set[Path] = set()

    def writers(self) -> list[str]:
        """The writers that have segments here, by id; looks at the folder anew."""
        self._rescan()
        return sorted(writer for writer, stream in self._streams.items() if stream.paths)

    def read(self, writer: str, first: int, *, limit: int = limits.BATCH_RECORDS, final: bool = False) -> Reading:
        """The records of a writer from number ``first`` on.

        Args:
            writer: One of `writers`.
            first: The store's cursor. Reading on where the last call ended is quick; any other number works too.
            limit: At most so many records; fewer if they are large.
            final: The process is dead and writes no more, so that an incomplete record at the end is torn for good.
        """
        if final or writer not in self._streams:
            self._rescan()
        taken = self._stream(writer).read(first, limit, final=final)
        contents = gather(taken, self._load_block)
        dropped = dict(contents.dropped)
        for reason, lost in taken.dropped.items():
            dropped[reason] = dropped.get(reason, 0) + lost
        batch = AppendBatch(
            run_id=self.run_id,
            writer=writer,
            epoch=0,
            first=first,
            count=taken.end - first,
            blocks=contents.blocks,
            params=contents.params,
            tags=contents.tags,
            dropped=dropped,
        )
        notices = (*taken.notices, *contents.notices)
        return Reading(batch=batch, events=contents.events, notices=notices, at_end=taken.at_end)

    def release(self, writer: str, cursor: int) -> int:
        """Delete a writer's segments whose records are all below the cursor, and the spilled blocks they name.

        The last segment stays, unless it was read to its end with ``final``.

        Returns:
            Bytes freed.
        """
        self._rescan()
        stream = self._stream(writer)
        numbers = sorted(stream.paths)
        freed = 0
        for number, following in pairwise(numbers):
            header = stream.header(following)
            if header is None or header.first > cursor:
                return freed
            freed += self._delete_segment(stream, number)
        if numbers and 0 <= stream.finished <= cursor:
            stream.close()
            freed += self._delete_segment(stream, numbers[-1])
            for folder in self._folders:
                freed += sum(_delete(path) for path in (folder / "block").glob(f"{writer}-*"))
        return freed

    def sync(self) -> None:
        """Bring what was read, and the names of its files, to the disk: after this a power cut does not take it away.

        Raises:
            CorruptDataError: If the disk refuses. What was read before is to be kept elsewhere: a later success of the
                same file would say nothing.
        """
        folders: set[Path] = set()
        for stream in self._streams.values():
            while stream.unsynced:
                path = stream.unsynced.pop()
                _sync(path)
                if path not in self._synced_names:
                    self._synced_names.add(path)
                    folders.add(path.parent)
        manifest = self.folder / MANIFEST_FILE
        if manifest not in self._synced_names and manifest.exists():
            _sync(manifest)
            self._synced_names.add(manifest)
            folders.add(self.folder)
        for folder in folders:
            _sync(folder)

    def close(self) -> None:
        """Let go of open files; the reader can be used again."""
        for stream in self._streams.values():
            stream.close()

    def _stream(self, writer: str) -> Stream:
        if writer not in self._streams:
            self._streams[writer] = Stream(writer, self._digest, self._rescan)
        return self._streams[writer]

    def _rescan(self) -> None:
        self._folders = journal_folders(self.folder)
        found: dict[str, dict[int, Path]] = {}
        for folder in self._folders:
            with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
                for entry in entries:
                    parsed = parse_segment_name(entry.name)
                    if parsed is not None:
                        found.setdefault(parsed[0], {})[parsed[1]] = Path(entry.path)
        for writer in {*found, *self._streams}:
            self._stream(writer).paths = found.get(writer, {})

    def _load_block(self, name: str, size: int, checksum: int) -> bytes | None:
        for folder in self._folders:
            path = block_path(folder, name)
            if path is None or size > limits.BLOCK_BYTES:
                return None
            with suppress(OSError):
                data = path.read_bytes() if path.stat().st_size == size else b""
                if len(data) == size and zlib.crc32(data) == checksum:
                    return data
        return None

    def _delete_segment(self, stream: Stream, number: int) -> int:
        path = stream.paths.pop(number)
        freed = sum(_delete(block) for block in self._spilled(path))
        return freed + _delete(path)

    def _spilled(self, segment: Path) -> list[Path]:
        """Files of the blocks that a segment's records name."""
        try:
            data = segment.read_bytes()
        except OSError:
            return []
        header = unpack_header(data)
        if header is None:
            return []
        offsets = np.empty(len(data) // 24, np.uint32)
        count, _ = scan(data, HEADER_BYTES, salt(header.run, header.writer), header.first, offsets)
        piece = Piece(data, words_of(data), offsets[:count], header.first, {}, {})
        kinds = piece.words[(piece.offsets >> 3) + 2] & np.uint64(0xFFFF)
        payloads = [piece.payload(index) for index in np.flatnonzero(kinds == SPILL).tolist()]
        names = [payload[SPILL_HEAD.size :].decode("ascii", "replace") for payload in payloads]
        found = [block_path(folder, name) for name in names for folder in self._folders]
        return [path for path in found if path is not None]


def _delete(path: Path) -> int:
    """Delete a file; its size, or 0 if it is not there or still mapped by its writer (Windows)."""
    try:
        size = path.stat().st_size
        path.unlink()
    except OSError:
        return 0
    return size


def _sync(path: Path) -> None:
    try:
        file = os.open(path, os.O_RDONLY)
        try:
            getattr(os, "fdatasync", os.fsync)(file)
        finally:
            os.close(file)
    except FileNotFoundError:
        return  # released
    except OSError as error:
        raise CorruptDataError(
            f"The disk did not keep {path}: {error.strerror}.",
            file=str(path),
            hint="Check the disk; what the run records is safe only once the store has it.",
            errno=error.errno,
        ) from error
