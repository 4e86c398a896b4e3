"""The artifacts shelf over SQL: names and sizes in tables, content in blobs."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import Final

from runwatch.schema import artifact as words
from runwatch.schema.artifact import Artifact, ArtifactPage, ArtifactPart
from runwatch.schema.change import ChangeKind
from runwatch.schema.error import StoreUnavailableError
from runwatch.schema.metric import Done
from runwatch.store.blob import path as paths
from runwatch.store.blob import refusal
from runwatch.store.blob.protocol import Blobs, Found, OpenBlob, new_blob_id
from runwatch.store.cursor import check_limit
from runwatch.store.sql import artifact_row, garbage
from runwatch.store.sql.artifact_row import Content, Entry, Owner
from runwatch.store.sql.database import Database, Writing
from runwatch.store.sql.group import Group

SEAL_S: Final = 2.0
"""A seal moves the content before its transaction, perhaps with those of others, is committed: for so long a file that
is not where its row says is looked for again."""

LOOK_AGAIN_S: Final = 0.01

_TRIES: Final = 20
"""An artifact may be sealed, replaced or deleted while a call is on its way to its blob; then the call looks again."""


class SqlArtifactShelf:
    """Files of runs; see `runwatch.store.protocol.ArtifactShelf`.

    A writer first holds the blob, then the write lock of the database, always in this order. Bytes are made durable
    before the row that counts them, so that a size in the database is never more than what is on the disk.

    Args:
        database: Where rows live.
        blobs: Where content lives.
    """

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs
        self._group = Group(database)

    def create(self, request: words.CreateArtifact) -> Artifact:
        """Open a file for appending, or find it there already."""
        (made,) = self.create_all([request])
        if isinstance(made, BaseException):
            raise made
        return made

    def create_all(self, requests: Sequence[words.CreateArtifact]) -> list[Artifact | BaseException]:
        """Open several files as `create` does; for each the artifact, or why it was refused."""
        names = [(paths.normal(request.path), paths.check_sha256(request.sha256)) for request in requests]
        works = [
            partial(self._create, request=request, path=path, sha256=sha256)
            for request, (path, sha256) in zip(requests, names, strict=True)
        ]
        outcomes = self._group.perform_all(works)
        self.unlink([blob for outcome in outcomes if not isinstance(outcome, BaseException) for blob in outcome[1]])
        return [outcome if isinstance(outcome, BaseException) else outcome[0] for outcome in outcomes]

    def append(self, request: words.AppendArtifact) -> Artifact:
        """Append bytes at an offset; durable on return."""
        path = paths.normal(request.path)
        refusal.check_append(request)
        for _ in range(_TRIES):
            run, row = self._find(request.run_id, path)
            if row is None:
                if request.offset > 0:
                    raise refusal.gap(run.run_id, path, 0)
                self.create(words.CreateArtifact(run_id=request.run_id, path=path))
                continue
            if row.sealed:
                if request.offset + len(request.data) <= row.size_bytes:
                    return artifact_row.artifact(run, row)
                raise refusal.taken(run.run_id, path)
            with self._blobs.edit(row.blob_id) as blob:
                appended = self._append_held(run, row, blob, request)
            if appended is not None:
                return appended
        raise _restless(path)

    def seal(self, request: words.SealArtifact) -> Artifact:
        """Complete a file and check its digest."""
        path, sha256 = paths.normal(request.path), paths.check_sha256(request.sha256)
        for _ in range(_TRIES):
            run, row = self._require(request.run_id, path)
            if row.sealed:
                if sha256 and sha256 != row.sha256:
                    raise refusal.wrong_digest(path, sha256, row.sha256)
                return artifact_row.artifact(run, row)
            with self._blobs.edit(row.blob_id) as blob:
                sealed = self._seal_held(run, row, blob, sha256)
            if sealed is not None:
                return sealed
        raise _restless(path)

    def get(self, request: words.GetArtifact) -> Artifact:
        """What is known of one file."""
        run, row = self._require(request.run_id, paths.normal(request.path))
        return artifact_row.artifact(run, row, row.size_bytes if row.sealed else self._true_size(row))

    def list(self, request: words.ListArtifacts) -> ArtifactPage:
        """Files of a run by path, whole or by folder."""
        check_limit(request.limit)
        with self._database.read() as connection:
            run = artifact_row.owner(connection, request.run_id)
            page, next_cursor = artifact_row.list_page(connection, run, request)
            folders: tuple[str, ...] = ()
            if request.folder is not None and request.cursor is None:
                folder, prefix = paths.normal_folder(request.folder), paths.normal_prefix(request.prefix)
                folders = artifact_row.list_folders(connection, run, folder, prefix)
        return ArtifactPage(artifacts=tuple(page), folders=folders, next_cursor=next_cursor)

    def read(self, request: words.ReadArtifact) -> ArtifactPart:
        """Bytes of a file."""
        path = paths.normal(request.path)
        looked_at, until = "", 0.0
        for _ in range(_TRIES + int(SEAL_S / LOOK_AGAIN_S)):
            run, row = self._require(request.run_id, path)
            start, count = refusal.read_range(request, row.size_bytes)
            data = self._blobs.read(row.blob_id, start, count) if count else b""
            if data is not None and len(data) == count:
                return ArtifactPart(artifact=artifact_row.artifact(run, row), offset=start, data=data)
            if row.blob_id != looked_at:
                looked_at, until = row.blob_id, time.monotonic() + SEAL_S
            elif row.sealed or time.monotonic() >= until:  # it was not moved away by a seal or a delete meanwhile
                raise refusal.lost(path, row.blob_id)
            else:
                time.sleep(LOOK_AGAIN_S)
        raise _restless(path)

    def delete(self, request: words.DeleteArtifacts) -> Done:
        """Delete files; disk use goes down."""
        names = {paths.normal(path) for path in request.paths}
        prefix = None if request.prefix is None else paths.normal_prefix(request.prefix)
        with self._database.write() as writing:
            run = artifact_row.owner(writing.connection, request.run_id)
            found = [artifact_row.find(writing.connection, run, name) for name in sorted(names)]
            rows = {row.path: row for row in found if row is not None}
            if prefix is not None:
                rows |= {row.path: row for row in artifact_row.find_all(writing.connection, run, prefix)}
            times = {row.path: row for row in artifact_row.find_times(writing.connection, run, rows.values())}
            unused = self._remove(writing, (times | rows).values())
            if rows:
                writing.notice(ChangeKind.FILES, run.run_id, run.experiment_id)
        self.unlink(unused)
        return Done(changed=len(rows))

    def collect(self, writing: Writing) -> Sequence[str]:
        """Within the transaction that deleted runs: forget the blobs that no artifact refers to any more."""
        return garbage.collect(writing)

    def unlink(self, blob_ids: Iterable[str]) -> int:
        """After that transaction: delete their content; the bytes freed. Not to be called inside a write block."""
        return garbage.unlink(self._database, self._blobs, blob_ids)

    def orphans(self, older_s: float = garbage.ORPHAN_AGE_S) -> Sequence[Found]:
        """Content that crashes left behind."""
        return garbage.orphans(self._database, self._blobs, older_s)

    def sweep(self, older_s: float = garbage.ORPHAN_AGE_S) -> garbage.Swept:
        """Delete content that crashes left behind."""
        return garbage.sweep(self._database, self._blobs, older_s)

    def _create(
        self, writing: Writing, request: words.CreateArtifact, path: str, sha256: str
    ) -> tuple[Artifact, Sequence[str]]:
        """The artifact, and the blobs that nothing refers to any more."""
        run = artifact_row.owner(writing.connection, request.run_id)
        row = artifact_row.find(writing.connection, run, path)
        if row is not None and row.sealed and sha256 == row.sha256:
            return artifact_row.artifact(run, row), ()
        if row is not None and row.sealed and not request.overwrite:
            raise refusal.taken(run.run_id, path)
        known = self._stored(writing, sha256)
        if row is not None and known is None and not request.overwrite:
            return artifact_row.artifact(run, row, self._true_size(row)), ()
        gone = [row] if row is not None else []
        if request.overwrite:  # else what is there is completed, by content that the store has
            gone += artifact_row.find_times(writing.connection, run, gone)
        unused = self._remove(writing, gone)
        return self._make(writing, run, path, known), unused

    def _append_held(self, run: Owner, row: Entry, blob: OpenBlob, request: words.AppendArtifact) -> Artifact | None:
        """Append to a blob that is held; None if the artifact has moved on to another one meanwhile."""
        now = self._find(request.run_id, row.path)[1]
        if now is None or now.sealed or now.blob_id != row.blob_id:
            return None
        size = min(now.size_bytes, blob.size_bytes)
        if request.offset > size:
            raise refusal.gap(run.run_id, row.path, size)
        rest = request.data[size - request.offset :]
        if not rest:
            return artifact_row.artifact(run, now, size)
        blob.append(size, rest)
        return self._record_size(run, now, size + len(rest))

    def _record_size(self, run: Owner, row: Entry, size: int) -> Artifact | None:
        def record(writing: Writing) -> Artifact | None:
            grown = artifact_row.grow(writing.connection, row, writing.at, size)
            if grown is None:
                return None
            writing.notice(ChangeKind.FILES, run.run_id, run.experiment_id)
            return artifact_row.artifact(run, grown)

        return self._group.perform(record)

    def _seal_held(self, run: Owner, row: Entry, blob: OpenBlob, sha256: str) -> Artifact | None:
        """Seal a blob that is held; None if the artifact has moved on to another one meanwhile."""
        now = self._find(run.run_id, row.path)[1]
        if now is None or now.sealed or now.blob_id != row.blob_id:
            return None
        if blob.size_bytes < now.size_bytes:
            self._start_again(run, now, blob)
            raise refusal.lost(row.path, row.blob_id)
        digest = blob.seal(now.size_bytes)
        if sha256 and sha256 != digest:
            self._start_again(run, now, blob)
            raise refusal.wrong_digest(row.path, sha256, digest)
        return self._record_seal(run, now, digest)

    def _record_seal(self, run: Owner, row: Entry, digest: str) -> Artifact | None:
        def record(writing: Writing) -> Artifact | None:
            if artifact_row.find_blob(writing.connection, digest) is None:
                artifact_row.put_blob(writing.connection, Content(digest, row.size_bytes))
            sealed = artifact_row.seal(writing.connection, row, writing.at, digest)
            if sealed is None:
                garbage.collect(writing, [digest])
                return None
            self._blobs.adopt(row.blob_id, digest)
            garbage.collect(writing, [row.blob_id])  # its file is gone already: it was renamed
            writing.notice(ChangeKind.FILES, run.run_id, run.experiment_id)
            return artifact_row.artifact(run, sealed)

        return self._group.perform(record)

    def _start_again(self, run: Owner, row: Entry, blob: OpenBlob) -> None:
        def drop(writing: Writing) -> Sequence[str]:
            return self._remove(writing, artifact_row.find_times(writing.connection, run, [row]))

        self.unlink(self._group.perform(drop))
        blob.reset()
        self._record_size(run, row, 0)

    def _make(self, writing: Writing, run: Owner, path: str, known: Content | None) -> Artifact:
        content = known or artifact_row.put_blob(writing.connection, Content(new_blob_id(), 0))
        made = artifact_row.put(writing.connection, run, path, writing.at, content)
        writing.notice(ChangeKind.FILES, run.run_id, run.experiment_id)
        return artifact_row.artifact(run, made)

    def _remove(self, writing: Writing, rows: Collection[Entry]) -> Sequence[str]:
        """Delete rows; the blobs that nothing refers to any more."""
        artifact_row.remove(writing.connection, rows)
        return garbage.collect(writing, [row.blob_id for row in rows])

    def _stored(self, writing: Writing, sha256: str) -> Content | None:
        """The blob of this content, if its bytes are really there."""
        known = artifact_row.find_blob(writing.connection, sha256)
        return known if known is not None and self._blobs.size(known.blob_id) == known.size_bytes else None

    def _true_size(self, row: Entry) -> int:
        """What is there of an open artifact: less than its row says if the disk lost some of it."""
        return min(row.size_bytes, self._blobs.size(row.blob_id) or 0)

    def _find(self, run_id: str, path: str) -> tuple[Owner, Entry | None]:
        with self._database.read() as connection:
            run = artifact_row.owner(connection, run_id)
            return run, artifact_row.find(connection, run, path)

    def _require(self, run_id: str, path: str) -> tuple[Owner, Entry]:
        run, row = self._find(run_id, path)
        if row is None:
            raise refusal.missing(run_id, path)
        return run, row


def _restless(path: str) -> StoreUnavailableError:
    return StoreUnavailableError(
        f"The artifact {path!r} is being replaced all the time.", hint="Let only one process write it, then try again."
    )
