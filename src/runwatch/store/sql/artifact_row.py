"""Rows of the artifacts table: the statements that find and change them, and what they say."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, select, update

from runwatch.schema.artifact import Artifact, ListArtifacts
from runwatch.schema.name import RESERVED, TIMES, times_path
from runwatch.store import cursor
from runwatch.store.blob import path as paths
from runwatch.store.blob.protocol import is_sealed
from runwatch.store.sql.run_key import missing_run
from runwatch.store.sql.table.artifact import artifacts, blobs
from runwatch.store.sql.table.run import experiments, runs

_RUN: Final = (
    select(runs.c.run_key, experiments.c.experiment_id)
    .join(experiments, experiments.c.experiment_key == runs.c.experiment_key)
    .where(runs.c.run_id == bindparam("id"))
)
_COLUMNS: Final = (
    artifacts.c.run_key,
    artifacts.c.path,
    artifacts.c.size_bytes,
    artifacts.c.sealed,
    artifacts.c.sha256,
    artifacts.c.blob_id,
    artifacts.c.created_at,
    artifacts.c.changed_at,
    artifacts.c.media_type,
)
_SAME: Final = (artifacts.c.run_key == bindparam("key"), artifacts.c.path == bindparam("name"))
_ONE: Final = select(*_COLUMNS).where(*_SAME)
_PUT: Final = insert(artifacts).returning(*_COLUMNS)
_CHANGE: Final = (
    update(artifacts)
    .where(*_SAME, artifacts.c.blob_id == bindparam("blob"), artifacts.c.sealed.is_(False))
    .values(changed_at=bindparam("at"))
    .returning(*_COLUMNS)
)
_GROW: Final = _CHANGE.values(size_bytes=bindparam("size"))
_SEAL: Final = _CHANGE.values(sealed=True, sha256=bindparam("digest"), blob_id=bindparam("digest"))
_REMOVE: Final = delete(artifacts).where(*_SAME)
_BLOB: Final = select(blobs.c.blob_id, blobs.c.size_bytes).where(blobs.c.sha256 == bindparam("digest"))
_PUT_BLOB: Final = insert(blobs)
_GROW_BLOB: Final = update(blobs).where(blobs.c.blob_id == bindparam("blob")).values(size_bytes=bindparam("size"))

Query = TypeVar("Query", bound=Select[Any])


class Owner(NamedTuple):
    """The run that an artifact belongs to."""

    run_id: str
    run_key: int
    experiment_id: str


class Entry(NamedTuple):
    """A row of the artifacts table."""

    run_key: int
    path: str
    size_bytes: int
    sealed: bool
    sha256: str
    blob_id: str
    created_at: float
    changed_at: float
    media_type: str


class Content(NamedTuple):
    """A blob and how much is in it."""

    blob_id: str
    size_bytes: int


def owner(connection: Connection, run_id: str) -> Owner:
    """The run of an id.

    Raises:
        NotFoundError: There is no such run.
        GoneError: It was deleted.
    """
    row = connection.execute(_RUN, {"id": run_id}).first()
    if row is None:
        raise missing_run(connection, run_id)
    return Owner(run_id, row.run_key, row.experiment_id)


def find(connection: Connection, run: Owner, path: str) -> Entry | None:
    """The row of an artifact, if the run has it."""
    row = connection.execute(_ONE, {"key": run.run_key, "name": path}).first()
    return None if row is None else Entry(*row)


def find_all(connection: Connection, run: Owner, prefix: str) -> list[Entry]:
    """The rows of all artifacts of a run whose paths start with a prefix; Runwatch's own only if it asks for them."""
    query = within(select(*_COLUMNS).where(artifacts.c.run_key == run.run_key), prefix)
    return [Entry(*row) for row in connection.execute(query)]


def find_times(connection: Connection, run: Owner, rows: Collection[Entry]) -> list[Entry]:
    """The rows that say when the lines of these files were seen."""
    if len(rows) == 1:
        (one,) = rows
        found = find(connection, run, times_path(one.path))
        return [] if found is None else [found]
    wanted = {times_path(row.path) for row in rows}
    return [row for row in find_all(connection, run, TIMES) if row.path in wanted] if wanted else []


def find_blob(connection: Connection, sha256: str) -> Content | None:
    """The blob with this content, if the database knows one."""
    row = connection.execute(_BLOB, {"digest": sha256}).first() if sha256 else None
    return None if row is None else Content(*row)


def put(connection: Connection, run: Owner, path: str, at: float, content: Content) -> Entry:
    """Add an artifact that is not there, with a blob that is known."""
    sealed = is_sealed(content.blob_id)
    values = {
        "run_key": run.run_key,
        "path": path,
        "folder": paths.folder_of(path),
        "size_bytes": content.size_bytes,
        "sealed": sealed,
        "sha256": content.blob_id if sealed else "",
        "blob_id": content.blob_id,
        "created_at": at,
        "changed_at": at,
        "media_type": paths.media_type(path),
    }
    return Entry(*connection.execute(_PUT, values).one())


def put_blob(connection: Connection, content: Content) -> Content:
    """Make a blob known."""
    sha256 = content.blob_id if is_sealed(content.blob_id) else None
    values = {"blob_id": content.blob_id, "sha256": sha256, "size_bytes": content.size_bytes}
    connection.execute(_PUT_BLOB, values)
    return content


def grow(connection: Connection, row: Entry, at: float, size_bytes: int) -> Entry | None:
    """Note another size of an artifact that is still open on the same blob; None if it is not any more."""
    place = {"key": row.run_key, "name": row.path, "blob": row.blob_id, "at": at, "size": size_bytes}
    changed = connection.execute(_GROW, place).first()
    if changed is None:
        return None
    connection.execute(_GROW_BLOB, {"blob": row.blob_id, "size": size_bytes})
    return Entry(*changed)


def seal(connection: Connection, row: Entry, at: float, digest: str) -> Entry | None:
    """Note that an artifact is sealed that is still open on the same blob; None if it is not any more."""
    place = {"key": row.run_key, "name": row.path, "blob": row.blob_id, "at": at, "digest": digest}
    changed = connection.execute(_SEAL, place).first()
    return None if changed is None else Entry(*changed)


def remove(connection: Connection, rows: Iterable[Entry]) -> None:
    """Delete artifacts; their blobs stay."""
    gone = [{"key": row.run_key, "name": row.path} for row in rows]
    if gone:
        connection.execute(_REMOVE, gone)


def list_page(connection: Connection, run: Owner, request: ListArtifacts) -> tuple[list[Artifact], str | None]:
    """One page of files by path, and the cursor of the next."""
    query = select(*_COLUMNS).where(artifacts.c.run_key == run.run_key)
    folder = None if request.folder is None else paths.normal_folder(request.folder)
    query = within(query, paths.normal_prefix(request.prefix), folder)
    if folder is not None:
        query = query.where(artifacts.c.folder == folder)
    if request.cursor is not None:
        query = query.where(artifacts.c.path > cursor.from_text(request.cursor, str))
    rows = connection.execute(query.order_by(artifacts.c.path).limit(request.limit + 1)).all()
    page = [artifact(run, Entry(*row)) for row in rows[: request.limit]]
    return page, cursor.to_text(page[-1].path) if len(rows) > request.limit else None


def list_folders(connection: Connection, run: Owner, folder: str, prefix: str) -> tuple[str, ...]:
    """The names of the folders directly below a folder that hold a path with this prefix, sorted."""
    start = f"{folder}/" if folder else ""
    query = select(artifacts.c.folder).distinct().where(artifacts.c.run_key == run.run_key, artifacts.c.folder > start)
    if start:
        query = query.where(artifacts.c.folder < paths.after(start))
    found = connection.execute(within(query, prefix, folder)).scalars()
    return tuple(sorted({name[len(start) :].partition("/")[0] for name in found}))


def within(query: Query, prefix: str, folder: str | None = None) -> Query:
    """Only paths that start with a prefix, as a range that the index serves.

    Runwatch's own files are left out unless prefix or folder asks for them. The index cannot serve that, nor shall it:
    as two ranges it would lose the order of the paths.
    """
    if not paths.asks_reserved(prefix, folder):
        query = query.where(func.substr(artifacts.c.path, 1, len(RESERVED)) != RESERVED)
    if prefix:
        query = query.where(artifacts.c.path >= prefix)
    end = paths.after(prefix)
    return query if end is None else query.where(artifacts.c.path < end)


def artifact(run: Owner, row: Entry, size_bytes: int | None = None) -> Artifact:
    """What a row says, with another size if one is given."""
    return Artifact(
        run_id=run.run_id,
        path=row.path,
        size_bytes=row.size_bytes if size_bytes is None else size_bytes,
        sealed=row.sealed,
        created_at=row.created_at,
        changed_at=row.changed_at,
        sha256=row.sha256,
        media_type=row.media_type,
    )
