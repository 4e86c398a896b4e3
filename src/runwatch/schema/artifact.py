"""What an artifact - a file of a run - is, and the requests of the artifacts shelf."""

from __future__ import annotations

from msgspec import Struct


class Artifact(Struct, frozen=True, kw_only=True):
    """A file of a run.

    Attributes:
        run_id: The run.
        path: Its name within the run, with ``/`` between folders, e.g. ``outputs/model.pkl``. Never a path of a disk.
        size_bytes: What is there so far.
        sealed: Complete: content and hash never change again (but the artifact may be replaced).
        sha256: Hex digest once sealed, else empty.
        created_at: Seconds UTC.
        changed_at: Seconds UTC.
        media_type: Guessed from the path, e.g. ``image/png``.
    """

    run_id: str
    path: str
    size_bytes: int
    sealed: bool
    created_at: float
    changed_at: float
    sha256: str = ""
    media_type: str = "application/octet-stream"


class CreateArtifact(Struct, frozen=True, kw_only=True):
    """Open a file of a run for appending.

    If the path is there, open or sealed: with the same ``sha256`` the sealed artifact comes back; an open one comes
    back as it stands (its ``size_bytes`` is where to go on); else it is a `ConflictError`, unless ``overwrite`` is set,
    which starts it anew, without the times of its lines. If ``sha256`` names content that the store has, the artifact
    is sealed at once.

    Attributes:
        run_id: The run.
        path: See `runwatch.schema.name.check_artifact_path`.
        sha256: The digest of the whole content, where it is known beforehand.
        size_bytes: Its size, where known.
        overwrite: Replace what is there.
    """

    run_id: str
    path: str
    sha256: str = ""
    size_bytes: int | None = None
    overwrite: bool = False


class AppendArtifact(Struct, frozen=True, kw_only=True):
    """Append bytes to an open artifact; bytes that are there already are skipped, so repeating is harmless.

    Attributes:
        run_id: The run.
        path: The artifact; created if it is not there.
        offset: Where the data belongs; beyond the end is a `SequenceGapError` with the size as ``cursor``.
        data: At most `limit.PART_BYTES`.
    """

    run_id: str
    path: str
    offset: int
    data: bytes


class SealArtifact(Struct, frozen=True, kw_only=True):
    """Complete an artifact.

    Attributes:
        run_id: The run.
        path: The artifact.
        sha256: If given and the content has another one, a `CorruptDataError`, and the artifact stays open at size 0.
    """

    run_id: str
    path: str
    sha256: str = ""


class GetArtifact(Struct, frozen=True, kw_only=True):
    """One artifact by its path; `NotFoundError` if the run has none."""

    run_id: str
    path: str


class ListArtifacts(Struct, frozen=True, kw_only=True):
    """Artifacts of a run by path.

    Runwatch's own, below `runwatch.schema.name.RESERVED`, are left out unless ``prefix`` or ``folder`` begins so.

    Attributes:
        run_id: The run.
        prefix: Only paths that start with this.
        folder: Only what lies directly in this folder (``""`` is the top): files as artifacts, subfolders by name. None
            lists everything below ``prefix``.
        limit: Rows of a page, 1 to `limit.PAGE_ROWS`.
        cursor: The previous page's ``next_cursor``.
    """

    run_id: str
    prefix: str = ""
    folder: str | None = None
    limit: int = 1_000
    cursor: str | None = None


class ArtifactPage(Struct, frozen=True, kw_only=True):
    """A page of artifacts.

    Attributes:
        artifacts: Files.
        folders: Names of subfolders, on the first page of a folder listing.
        next_cursor: None on the last page.
    """

    artifacts: tuple[Artifact, ...]
    folders: tuple[str, ...] = ()
    next_cursor: str | None = None


class ReadArtifact(Struct, frozen=True, kw_only=True):
    """Bytes of an artifact, open ones included.

    Attributes:
        run_id: The run.
        path: The artifact.
        offset: First byte; negative counts from the end.
        count: At most so many, at most `limit.PART_BYTES`; None means a part.
    """

    run_id: str
    path: str
    offset: int = 0
    count: int | None = None


class ArtifactPart(Struct, frozen=True, kw_only=True):
    """Bytes of an artifact.

    Attributes:
        artifact: What it is.
        offset: Where the data stands in it.
        data: The bytes; empty at or beyond the end.
    """

    artifact: Artifact
    offset: int
    data: bytes


class DeleteArtifacts(Struct, frozen=True, kw_only=True):
    """Delete files of a run; their content goes when no artifact of any run refers to it.

    With a log goes what says when its lines were seen (`runwatch.schema.name.times_path`), uncounted.

    Attributes:
        run_id: The run.
        paths: Files.
        prefix: And all that a list with this prefix shows, if not None.
    """

    run_id: str
    paths: tuple[str, ...] = ()
    prefix: str | None = None
