"""Where the files of a dataset lie on this disk: where they are, if that will do, else in a folder kept for them."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from runwatch.schema.error import UserErrorException
from runwatch.schema.name import check_artifact_path
from runwatch.sdk.dataset import source
from runwatch.sdk.dataset.source import Item

if TYPE_CHECKING:
    from runwatch.sdk.workspace import Workspace


def cache_folder() -> Path:
    """Where files of datasets are kept that jobs are given; whatever lies there may be deleted at any time."""
    from platformdirs import user_cache_path

    return user_cache_path("runwatch", appauthor=False) / "data"


def write(
    workspace: Workspace | None, items: Sequence[Item], folder: Path, *, overwrite: bool, link: bool = False
) -> list[Path]:
    """Put files into a folder under their names.

    Args:
        workspace: Where the datastores are.
        items: The files.
        folder: Made if it is not there.
        overwrite: Replace what is there; else that is an error.
        link: Link to files of this machine instead of copying them.

    Raises:
        UserErrorException: One is there already.
    """
    written = []
    for item in items:
        target = folder / check_artifact_path(item.name)
        if target.exists() and not overwrite:
            raise UserErrorException(
                f"{target} is there already.", hint="Pass overwrite=True to replace it, or choose another folder."
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        if link and item.path is not None:
            target.unlink(missing_ok=True)
            target.symlink_to(item.path)
        else:
            source.fetch(workspace, item, target)
        written.append(target)
    return written


def local_path(workspace: Workspace | None, items: Sequence[Item], plain: str = "") -> Path:
    """A file or folder of this disk in which the files lie under their names.

    Args:
        workspace: Where the datastores are.
        items: The files.
        plain: The path of which they are all the files, if it is one of this machine: then that is it.
    """
    if plain:
        return Path(plain)
    keys = "\n".join(f"{item.name}\t{item.key}" for item in items)
    folder = cache_folder() / hashlib.sha256(keys.encode()).hexdigest()[:32]
    fixed = all(item.path is not None or item.sha256 for item in items)  # what a URL gives may change
    if fixed and folder.is_dir():  # it came there whole, by one rename, and holds nothing but the files
        return folder
    young = Path(tempfile.mkdtemp(prefix=".young-", dir=_made(folder.parent)))
    try:
        write(workspace, items, young, overwrite=True, link=True)
        if folder.exists():
            shutil.rmtree(folder, ignore_errors=True)
        os.rename(young, folder)  # noqa: PTH104 (not replace: another process may have been first)
    except OSError:
        if not folder.is_dir():
            raise
    finally:
        shutil.rmtree(young, ignore_errors=True)
    return folder


def one(workspace: Workspace | None, item: Item, folder: Path) -> Path:
    """Where a file lies on this disk; it is fetched into the folder if it lies elsewhere."""
    if item.path is not None:
        return item.path
    target = folder / hashlib.sha256(item.key.encode()).hexdigest()[:32] / Path(item.name).name
    source.fetch(workspace, item, target)
    return target


class MountContext:
    """A folder with the files of a dataset, there between `start` and `stop`; nothing is copied that lies here already.

    Args:
        workspace: Where the datastores are.
        items: The files.
        mount_point: The folder, which must be empty or not there; a new one for temporary files if None.
    """

    def __init__(
        self, workspace: Workspace | None, items: Sequence[Item], mount_point: str | os.PathLike[str] | None
    ) -> None:
        self._workspace, self._items = workspace, items
        self._own = mount_point is None
        self._folder = Path(tempfile.mkdtemp(prefix="runwatch-data-") if mount_point is None else mount_point)

    @property
    def mount_point(self) -> str:
        """The folder."""
        return str(self._folder)

    def start(self) -> None:
        """Put the files there."""
        write(self._workspace, self._items, self._folder, overwrite=False, link=True)

    def stop(self) -> None:
        """Take them away."""
        for item in self._items:
            (self._folder / item.name).unlink(missing_ok=True)
        if self._own:
            shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
