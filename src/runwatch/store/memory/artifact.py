"""The artifacts shelf in memory: each file is its bytes."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from runwatch.schema import artifact as words
from runwatch.schema.artifact import Artifact, ArtifactPage, ArtifactPart
from runwatch.schema.change import ChangeKind
from runwatch.schema.metric import Done
from runwatch.schema.name import times_path
from runwatch.store.blob import path as paths
from runwatch.store.blob import refusal
from runwatch.store.memory.page import page
from runwatch.store.memory.state import Entry, File, State


class MemoryArtifactShelf:
    """Files of runs; see `runwatch.store.protocol.ArtifactShelf`."""

    def __init__(self, state: State) -> None:
        self._state = state

    def create(self, request: words.CreateArtifact) -> Artifact:
        """Open a file for appending, or find it there already."""
        path, sha256 = paths.normal(request.path), paths.check_sha256(request.sha256)
        with self._state.held():
            entry = self._state.entry(request.run_id)
            file = entry.files.get(path)
            if file is not None and file.artifact.sealed and file.artifact.sha256 == sha256:
                return file.artifact
            if file is not None and file.artifact.sealed and not request.overwrite:
                raise refusal.taken(request.run_id, path)
            content = self._content(sha256)
            if file is not None and content is None and not request.overwrite:
                return file.artifact
            if request.overwrite:
                entry.files.pop(times_path(path), None)
            return self._put(entry, _new(request.run_id, path), content or b"", sha256 if content is not None else "")

    def append(self, request: words.AppendArtifact) -> Artifact:
        """Append bytes at an offset."""
        path = paths.normal(request.path)
        refusal.check_append(request)
        with self._state.held():
            entry = self._state.entry(request.run_id)
            file = entry.files.get(path, File(_new(request.run_id, path)))
            size = len(file.content)
            if request.offset > size and not file.artifact.sealed:
                raise refusal.gap(request.run_id, path, size)
            rest = request.data[size - request.offset :]
            if file.artifact.sealed:
                if request.offset + len(request.data) > size:
                    raise refusal.taken(request.run_id, path)
                return file.artifact
            if not rest and path in entry.files:
                return file.artifact
            return self._put(entry, file.artifact, file.content + rest)

    def seal(self, request: words.SealArtifact) -> Artifact:
        """Complete a file and check its digest."""
        path, sha256 = paths.normal(request.path), paths.check_sha256(request.sha256)
        with self._state.held():
            entry, file = self._find(request.run_id, path)
            digest = hashlib.sha256(file.content).hexdigest()
            if sha256 and sha256 != digest:
                if not file.artifact.sealed:
                    entry.files.pop(times_path(path), None)
                    self._put(entry, file.artifact, b"")
                raise refusal.wrong_digest(path, sha256, digest)
            if file.artifact.sealed:
                return file.artifact
            return self._put(entry, file.artifact, file.content, digest)

    def get(self, request: words.GetArtifact) -> Artifact:
        """What is known of one file."""
        with self._state.held():
            return self._find(request.run_id, paths.normal(request.path))[1].artifact

    def list(self, request: words.ListArtifacts) -> ArtifactPage:
        """Files of a run by path, whole or by folder."""
        prefix = paths.normal_prefix(request.prefix)
        folder = None if request.folder is None else paths.normal_folder(request.folder)
        with self._state.held():
            files = self._state.entry(request.run_id).files
            within = sorted(_within(files, prefix, folder))
            found = [files[path].artifact for path in within]
        folders: set[str] = set()
        if folder is not None:
            start = f"{folder}/" if folder else ""
            below = [artifact.path[len(start) :] for artifact in found if artifact.path.startswith(start)]
            folders = {name.partition("/")[0] for name in below if "/" in name}
            found = [artifact for artifact in found if paths.folder_of(artifact.path) == folder]
        rows, next_cursor = page(found, lambda artifact: [artifact.path], request.cursor, request.limit, order="path")
        return ArtifactPage(
            artifacts=rows,
            folders=tuple(sorted(folders)) if request.cursor is None else (),
            next_cursor=next_cursor,
        )

    def read(self, request: words.ReadArtifact) -> ArtifactPart:
        """Bytes of a file."""
        with self._state.held():
            file = self._find(request.run_id, paths.normal(request.path))[1]
            start, count = refusal.read_range(request, len(file.content))
            return ArtifactPart(artifact=file.artifact, offset=start, data=file.content[start : start + count])

    def delete(self, request: words.DeleteArtifacts) -> Done:
        """Delete files."""
        names = {paths.normal(path) for path in request.paths}
        prefix = None if request.prefix is None else paths.normal_prefix(request.prefix)
        with self._state.held():
            entry = self._state.entry(request.run_id)
            gone = names & entry.files.keys()
            if prefix is not None:
                gone |= _within(entry.files, prefix)
            for path in gone | (set(map(times_path, gone)) & entry.files.keys()):
                del entry.files[path]
            if gone:
                self._state.notice_run(ChangeKind.FILES, entry.run)
            return Done(changed=len(gone))

    def _find(self, run_id: str, path: str) -> tuple[Entry, File]:
        entry = self._state.entry(run_id)
        if path not in entry.files:
            raise refusal.missing(run_id, path)
        return entry, entry.files[path]

    def _content(self, sha256: str) -> bytes | None:
        """The content of this digest, if any sealed artifact of any run has it."""
        files = (file for entry in self._state.runs.values() for file in entry.files.values())
        return next((file.content for file in files if sha256 and file.artifact.sha256 == sha256), None)

    def _put(self, entry: Entry, artifact: Artifact, content: bytes, sha256: str = "") -> Artifact:
        figures: dict[str, Any] = {"size_bytes": len(content), "sealed": bool(sha256), "sha256": sha256}
        changed = replace(artifact, changed_at=time.time(), **figures)
        entry.files[artifact.path] = File(changed, content)
        self._state.notice_run(ChangeKind.FILES, entry.run)
        return changed


def _within(files: Mapping[str, File], prefix: str, folder: str | None = None) -> set[str]:
    """The paths that start with a prefix, without Runwatch's own unless they are asked for by name."""
    reserved = paths.asks_reserved(prefix, folder)
    return {path for path in files if path.startswith(prefix) and (reserved or not paths.is_reserved(path))}


def _new(run_id: str, path: str) -> Artifact:
    now = time.time()
    return Artifact(
        run_id=run_id,
        path=path,
        size_bytes=0,
        sealed=False,
        created_at=now,
        changed_at=now,
        media_type=paths.media_type(path),
    )
