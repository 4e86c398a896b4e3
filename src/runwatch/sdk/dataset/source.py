"""The files that a dataset stands for: of this machine, of a datastore, or behind a URL."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from runwatch.schema.error import UserErrorException
from runwatch.schema.name import check_artifact_path
from runwatch.sdk import detail, transfer
from runwatch.sdk.dataset.definition import Source

if TYPE_CHECKING:
    from runwatch.sdk.workspace import Workspace

_URL: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]+://")
WEB: Final = ("http://", "https://")
ANSWER_S: Final = 60.0
"""How long a web server may be silent."""

_WILD: Final = re.compile(r"[*?\[]")


class Item(Struct, frozen=True, kw_only=True):
    """One file.

    Attributes:
        name: Its path within the dataset, with ``/``; no two of a dataset share one.
        path: Where it lies on this machine, or None.
        url: Its address, or empty.
        run_id: The datastore's record, or empty,
        artifact: and its path in there.
        sha256: Of its content, where known.
    """

    name: str
    path: Path | None = None
    url: str = ""
    run_id: str = ""
    artifact: str = ""
    sha256: str = ""

    @property
    def key(self) -> str:
        """A text that tells it from others, and from what stood in its place before, where that is known."""
        return f"{self.path or self.url or self.artifact} {self.run_id} {self.sha256}"

    @property
    def place(self) -> str:
        """Where it lies as one path, with ``/`` before each part: what a partition format is held against."""
        whole = self.artifact or self.url or (self.path.as_posix() if self.path is not None else self.name)
        return f"/{whole.lstrip('/')}"


def is_url(text: str) -> bool:
    """Whether a path is an address; a path of Windows with its drive is none."""
    return bool(_URL.match(text))


def items(workspace: Workspace | None, source: Source) -> Iterator[Item]:
    """The files of a source, by name.

    Raises:
        UserErrorException: There are none, or nothing says which workspace the datastore is in.
    """
    if source.datastore:
        found = _of_datastore(workspace, source)
    else:
        found = _of_url(source.path) if is_url(source.path) else _of_disk(source.path)
    one = None
    for one in found:
        yield one
    if one is None:
        raise UserErrorException(
            f"There are no files {source.path}{' in ' + source.datastore if source.datastore else ''}.",
            hint="Give a file, a folder or a pattern such as data/*.csv.",
        )


def fetch(workspace: Workspace | None, item: Item, target: Path) -> None:
    """Write a file to a place on this machine, whole or not at all."""
    if item.run_id:
        assert workspace is not None, "found in it"
        transfer.download(workspace.store, item.run_id, item.artifact, target, check=True)
        return
    import shutil

    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name[:100]}.{os.getpid()}")
    try:
        if item.path is not None:
            shutil.copyfile(item.path, draft)
        else:
            with opened(item.url) as source, draft.open("wb") as file:
                shutil.copyfileobj(source, file)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def opened(url: str) -> Any:
    """A file behind a URL, open for reading.

    Raises:
        UserErrorException: It cannot be had, or the package that reads it is not installed.
    """
    try:
        if url.startswith(WEB):
            from urllib.request import urlopen

            return urlopen(url, timeout=ANSWER_S)  # noqa: S310 (the scheme is one of two)
        return _fsspec().open(url, "rb").open()
    except ImportError as error:
        raise UserErrorException(
            f"A package that reads {url} is not installed.", hint=f"fsspec says: {error}."
        ) from error
    except OSError as error:
        raise UserErrorException(f"{url} cannot be read: {error}.", hint="See whether it opens elsewhere.") from error


def _fsspec() -> Any:
    try:
        import fsspec
    except ImportError as error:
        raise UserErrorException(
            "Reading from a URL needs the package fsspec.", hint="pip install 'runwatch[data]'"
        ) from error
    return fsspec


def _of_disk(pattern: str) -> Iterator[Item]:
    path = Path(pattern)
    if path.is_file():
        yield Item(name=path.name, path=path)
        return
    if path.is_dir():
        yield from _below(path, sorted(path.rglob("*")))
        return
    if not _WILD.search(pattern):
        return
    fixed = _WILD.split(pattern, maxsplit=1)[0]
    root = Path(fixed if fixed.endswith(os.sep) else os.path.dirname(fixed))  # noqa: PTH120
    matching = sorted(map(Path, glob.iglob(pattern, recursive=True)))  # noqa: PTH207 (as users know it: ** and all)
    for each in matching:
        yield from _below(root, sorted(each.rglob("*")) if each.is_dir() and not pattern.endswith("**") else [each])


def _below(root: Path, paths: list[Path]) -> Iterator[Item]:
    for path in paths:
        if path.is_file():
            yield Item(name=path.relative_to(root).as_posix(), path=path)


def _of_url(url: str) -> Iterator[Item]:
    if url.startswith(WEB):  # no folders there, and "?" is no pattern
        yield Item(name=url.split("?")[0].rstrip("/").rsplit("/", 1)[-1] or "file", url=url)
        return
    system, path = _fsspec().core.url_to_fs(url)
    found = sorted(system.glob(path) if _WILD.search(path) else system.find(path))
    root = _WILD.split(path, maxsplit=1)[0].rsplit("/", 1)[0] if _WILD.search(path) or found == [path] else path
    for each in found:
        if not system.isdir(each):
            yield Item(name=each.removeprefix(root.rstrip("/")).lstrip("/"), url=system.unstrip_protocol(each))


def _of_datastore(workspace: Workspace | None, source: Source) -> Iterator[Item]:
    from runwatch.sdk.datastore import Datastore

    if workspace is None:
        raise UserErrorException(
            "Nothing says in which workspace the datastore is.", hint="Make the dataset of (datastore, path)."
        )
    run_id = Datastore.get(workspace, source.datastore).record_id
    pattern = source.path.strip("/")
    fixed = _WILD.split(pattern, maxsplit=1)[0] if _WILD.search(pattern) else pattern
    matches, root = _matcher(pattern), fixed.rpartition("/")[0] if _WILD.search(pattern) else pattern
    for artifact in detail.list_artifacts(workspace.store, run_id, fixed):
        if matches(artifact.path):
            name = artifact.path if not root else artifact.path.removeprefix(root).lstrip("/")
            yield Item(
                name=check_artifact_path(name or artifact.path.rsplit("/", 1)[-1]), run_id=run_id,
                artifact=artifact.path, sha256=artifact.sha256,
            )  # fmt: skip


def _matcher(pattern: str) -> Any:
    """Whether a path is matched by a pattern, lies in a folder that it names, or is the file itself."""
    if not _WILD.search(pattern):
        return lambda path: not pattern or path == pattern or path.startswith(f"{pattern}/")
    parts = []
    for piece in re.split(r"(\*\*/?|\*|\?)", pattern):
        known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
        parts.append(known.get(piece) or re.escape(piece))
    import re2

    compiled = re2.compile("".join(parts) + "(?:/.*)?")
    return lambda path: compiled.fullmatch(path) is not None
