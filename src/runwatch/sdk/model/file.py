"""The files of a model: from a disk or a run into the store, and back onto a disk."""

from __future__ import annotations

import os
from pathlib import Path

from runwatch.schema.artifact import Artifact, GetArtifact
from runwatch.schema.error import ConflictError, ModelPathNotFoundException, NotFoundError
from runwatch.schema.name import check_artifact_path
from runwatch.sdk import detail, transfer
from runwatch.store.protocol import Store

LISTED = 50
"""Files named in the message about a missing one."""


def on_disk(path: str | os.PathLike[str]) -> list[tuple[Path, str]]:
    """The files that a path on disk stands for, each with its path in the model: the path's own last part leads.

    Links that lead out of a folder are left out.

    Raises:
        ModelPathNotFoundException: There is no such file or folder, or the folder is empty.
    """
    root = Path(os.path.abspath(path))  # noqa: PTH100 (".." is resolved, links are not)
    if root.is_file():
        return [(root, check_artifact_path(root.name))]
    inside = root.resolve()
    found = [
        (file, check_artifact_path(f"{root.name}/{file.relative_to(root).as_posix()}"))
        for file in sorted(root.rglob("*"))
        if file.is_file() and file.resolve().is_relative_to(inside)
    ]
    if not found:
        raise ModelPathNotFoundException(
            f"There is no file or folder with files {root}.", hint="model_path is where the model was saved."
        )
    return found


def of_run(store: Store, run_id: str, path: str) -> list[tuple[Artifact, str]]:
    """The files that a path of a run stands for, each with its path in the model, as in `on_disk`.

    Raises:
        ModelPathNotFoundException: The run has none.
    """
    path = check_artifact_path(path.rstrip("/"))
    try:
        one = store.artifacts.get(GetArtifact(run_id=run_id, path=path))
        return [(one, path.rsplit("/", 1)[-1])]
    except NotFoundError:
        found = list(detail.list_artifacts(store, run_id, f"{path}/"))
    if not found:
        names = [each.path for each in detail.list_artifacts(store, run_id)]
        raise ModelPathNotFoundException(
            f"Could not locate the model path {path} among the files of the run; it has: {_listed(names)}.",
            hint="Upload the model with run.upload_file first, or save it in ./outputs and register it at the end.",
        )
    above = len(path) - len(path.rsplit("/", 1)[-1])
    return [(each, each.path[above:]) for each in found]


def put(store: Store, run_id: str, files: list[tuple[Path, str]]) -> None:
    """Write files of a disk into a version."""
    for file, path in files:
        with file.open("rb") as source:
            transfer.upload(store, run_id, path, source, overwrite=False)


def write(store: Store, run_id: str, folder: Path, *, exist_ok: bool) -> Path:
    """Write the files of a version into a folder.

    Args:
        store: Where the version is.
        run_id: The version.
        folder: Made if it is not there.
        exist_ok: Replace what is there; else that is an error, before anything is written.

    Returns:
        The file, or the folder that holds all files.

    Raises:
        ConflictError: Something is there.
    """
    found = list(detail.list_artifacts(store, run_id))
    tops = list(dict.fromkeys(each.path.split("/", 1)[0] for each in found))
    taken = [top for top in tops if (folder / top).exists()]
    if taken and not exist_ok:
        raise ConflictError(
            f"{folder / taken[0]} is there already.", hint="Pass exist_ok=True to replace it, or choose another folder."
        )
    for each in found:
        transfer.download(store, run_id, each.path, folder / check_artifact_path(each.path), check=True)
    return folder / tops[0] if len(tops) == 1 else folder


def _listed(names: list[str]) -> str:
    rest = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return (", ".join(names[:LISTED]) or "none") + rest
