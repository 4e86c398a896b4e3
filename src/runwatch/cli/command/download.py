"""``runwatch download``: files of a run into a folder, never outside it and never over what is there."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct

from runwatch.cli import figure
from runwatch.cli.lookup import find_run, list_files
from runwatch.cli.option import RunArgument
from runwatch.cli.progress import progress
from runwatch.cli.session import Session
from runwatch.cli.text import visible
from runwatch.schema import limit
from runwatch.schema.artifact import Artifact, GetArtifact, ReadArtifact
from runwatch.schema.error import ConflictError, CorruptDataError, InvalidValueError, NotFoundError
from runwatch.schema.name import check_artifact_path
from runwatch.store.log import alias
from runwatch.store.protocol import Store


class _Fetch(Struct, frozen=True):
    """A file and where it goes."""

    artifact: Artifact
    target: Path


def download(
    session: Session,
    run: RunArgument,
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH]...", help="Files or folders of the run; all if none.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="DIR", help="Where to; else a folder named like the run.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
    zip_file: Annotated[
        Path | None, typer.Option("--zip", metavar="FILE", help="Into one zip instead of a folder.")
    ] = None,
    snapshot: Annotated[
        bool, typer.Option("--snapshot", help="The source folder that the run was started from, as it was.")
    ] = False,
) -> None:
    """Download files of a run; files that are there already stay."""
    store = session.store()
    run_id = find_run(store, run).run_id
    if snapshot:
        if paths:
            raise InvalidValueError("A snapshot is downloaded whole.", hint="Leave out --snapshot, or the paths.")
        if zip_file is None:
            from runwatch.cli.command.download_snapshot import give_folder

            give_folder(session, run_id, Path(run_id) if to is None else to)
            return
    if zip_file is not None:
        if to is not None:
            raise InvalidValueError("--to and --zip are two places.", hint="Give one of them.")
        if snapshot:
            content = _snapshot_content(store, run_id)
        else:
            content = _content(store, list(_choose(store, run_id, paths or [])))
        _download_zip(session, run_id, content, zip_file, force=force)
        return
    base = Path(run_id) if to is None else to
    _download_folder(session, run_id, list(_choose(store, run_id, paths or [])), base, force=force)


def _download_folder(session: Session, run_id: str, artifacts: list[Artifact], base: Path, *, force: bool) -> None:
    store, terminal = session.store(), session.terminal
    fetches = [_Fetch(artifact, target_of(base, artifact.path)) for artifact in artifacts]
    present = {fetch.target for fetch in fetches if _is_same(fetch)}
    taken = [fetch.target for fetch in fetches if os.path.lexists(fetch.target) and fetch.target not in present]
    if taken and not force:
        raise ConflictError(
            f"{figure.plural(len(taken), 'file')} would be overwritten, e.g. {taken[0]}; nothing was downloaded.",
            hint="Choose another folder with --to, or use --force.",
        )
    wanted = [fetch for fetch in fetches if fetch.target not in present]
    with progress(terminal, sum(fetch.artifact.size_bytes for fetch in wanted)) as advance:
        for fetch in wanted:
            _fetch(store, base, fetch, advance)
    if terminal.as_json:
        terminal.json(
            {
                "run_id": run_id,
                "folder": str(base),
                "downloaded": [str(fetch.target) for fetch in wanted],
                "present": sorted(map(str, present)),
            }
        )
        return
    for fetch in wanted:
        terminal.line(visible(str(fetch.target)))
    if present:
        terminal.note(f"{figure.plural(len(present), 'file')} had been downloaded before.")


class _ZipContent(Struct, frozen=True):
    """What goes into a zip."""

    files: list[str]
    size_bytes: int
    parts: Iterator[bytes]


def _content(store: Store, artifacts: list[Artifact]) -> _ZipContent:
    from runwatch.store.zip.download import zip_artifacts

    total = sum(artifact.size_bytes for artifact in artifacts)
    return _ZipContent([artifact.path for artifact in artifacts], total, zip_artifacts(store, artifacts))


def _snapshot_content(store: Store, run_id: str) -> _ZipContent:
    from runwatch.cli.command.download_snapshot import snapshot_of
    from runwatch.store.zip.snapshot import zip_snapshot

    manifest = snapshot_of(store, run_id)
    files = [file.path for file in manifest.files]
    return _ZipContent(files, manifest.size_bytes, zip_snapshot(store, run_id, manifest))


def _download_zip(session: Session, run_id: str, content: _ZipContent, place: Path, *, force: bool) -> None:
    """Write beside the place and move there when the zip is whole."""
    if os.path.lexists(place) and not force:
        raise ConflictError(f"{place} is there already.", hint="Choose another file, or use --force.")
    place.parent.mkdir(parents=True, exist_ok=True)
    part_path = place.with_name(f".{secrets.token_hex(6)}.part")
    try:
        with part_path.open("xb") as file, progress(session.terminal, content.size_bytes) as advance:
            for part in content.parts:
                file.write(part)
                advance(len(part))
        part_path.replace(place)
    finally:
        part_path.unlink(missing_ok=True)
    if session.terminal.as_json:
        session.terminal.json({"run_id": run_id, "zip": str(place), "files": content.files})
    else:
        session.terminal.line(visible(str(place)))


def _choose(store: Store, run_id: str, paths: list[str]) -> Iterator[Artifact]:
    if not paths:
        found = list(list_files(store, run_id))
        if not found:
            raise NotFoundError("This run has no files.")
        yield from found
        return
    seen: set[str] = set()
    for path in paths:
        for artifact in _named(store, run_id, path):
            if artifact.path not in seen:
                seen.add(artifact.path)
                yield artifact


def _named(store: Store, run_id: str, path: str) -> list[Artifact]:
    folder = path.strip("/")
    found: list[Artifact] = []
    if not path.endswith("/"):
        with suppress(NotFoundError):  # then it is a folder, or nothing
            found.append(alias.get(store.artifacts, GetArtifact(run_id=run_id, path=path)))
    found.extend(list_files(store, run_id, f"{folder}/"))
    if not found:
        raise NotFoundError(f"The run has no file or folder {path!r}.", hint=f"'runwatch files {run_id}' lists them.")
    return found


def target_of(base: Path, path: str) -> Path:
    """Where a file of this path goes below the folder.

    Raises:
        InvalidValueError: If the path, or a symbolic link in the folder, would lead out of it.
    """
    parts = check_artifact_path(path).split("/")
    if os.name == "nt" and any(set(part) & set('<>:"|?*') for part in parts):
        raise InvalidValueError(f"{path!r} cannot be a file on this system.", hint="Download the others by name.")
    target = base.joinpath(*parts)
    root = base.resolve()
    if not target.parent.resolve().is_relative_to(root):
        raise InvalidValueError(
            f"{path!r} would lead out of {base}.", hint="Remove the symbolic link or choose another folder."
        )
    return target


def _is_same(fetch: _Fetch) -> bool:
    """Whether the very same content is there already."""
    artifact, target = fetch.artifact, fetch.target
    if (
        not artifact.sha256
        or target.is_symlink()
        or not target.is_file()
        or target.stat().st_size != artifact.size_bytes
    ):
        return False
    with target.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == artifact.sha256


def _fetch(store: Store, base: Path, fetch: _Fetch, advance: Callable[[int], None]) -> None:
    """Fetch beside the target and move into place when whole, so that no half file is ever taken for one."""
    artifact, target = fetch.artifact, target_of(base, fetch.artifact.path)
    target.parent.mkdir(parents=True, exist_ok=True)
    part_path = target.with_name(f".{secrets.token_hex(6)}.part")
    digest, offset = hashlib.sha256(), 0
    try:
        with part_path.open("xb") as file:
            while True:
                part = store.artifacts.read(
                    ReadArtifact(run_id=artifact.run_id, path=artifact.path, offset=offset, count=limit.PART_BYTES)
                )
                if not part.data:
                    break
                file.write(part.data)
                digest.update(part.data)
                offset += len(part.data)
                advance(len(part.data))
        if artifact.sha256 and digest.hexdigest() != artifact.sha256:
            raise CorruptDataError(
                f"What arrived of {artifact.path!r} is not what was stored.",
                file=artifact.path,
                hint="Try again; then run 'runwatch doctor'.",
            )
        part_path.replace(target)
    finally:
        part_path.unlink(missing_ok=True)
