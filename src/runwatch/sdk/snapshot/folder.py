"""Walks through a source folder: what of it belongs into a snapshot, and what is left out."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from runwatch.schema import limit
from runwatch.schema.error import SnapshotException
from runwatch.sdk import removal
from runwatch.sdk.snapshot.ignore import IgnoreFiles, Rules
from runwatch.store.snapshot.link import leads_out
from runwatch.store.snapshot.manifest import SnapshotLink, is_path, parents

_SHOWN: Final = 3
"""Names in a notice."""

_WORKSPACE_FILES: Final = frozenset({*removal.OWN, "server.token", "compute"})
_WORKSPACE_STARTS: Final = (removal.DATABASE, "server.db")
"""What a workspace keeps in its folder; files beside its databases begin like them, e.g. ``runwatch.db-wal``."""

_NAME: Final = "has a name that no file of a run can have"
_SPECIAL: Final = "is no file, folder or link"
_LINK: Final = "is a link that leads out of the folder, or in a circle"


class Found:
    """What a walk has found.

    Attributes:
        files: The regular files by their paths below the root, as they were seen.
        links: Links that stay inside, sorted.
        folders: Folders with nothing in them, sorted.
        notices: What was left out although no rule says so, one sentence each.
    """

    def __init__(self) -> None:
        self.files: dict[str, os.stat_result] = {}
        self.links: tuple[SnapshotLink, ...] = ()
        self.folders: list[str] = []
        self.notices: list[str] = []


def walk_folder(root: Path) -> Found:
    """Everything in a folder that no rule leaves out; only names and sizes are read.

    A workspace of Runwatch in the folder is left out, and so are its files if the folder itself is one.

    Args:
        root: The folder, without links in its path.

    Raises:
        SnapshotException: A folder cannot be read, or there are too many files.
    """
    walk = _Walk(root)
    walk.run()
    return walk.found


class _Walk:
    def __init__(self, root: Path) -> None:
        self.found = Found()
        self._root = root
        self._ignore = IgnoreFiles(root)
        self._links: dict[str, str] = {}
        self._folders: list[str] = []
        self._odd: defaultdict[str, list[str]] = defaultdict(list)
        self._waiting: list[tuple[str, Rules | None]] = [("", None)]

    def run(self) -> None:
        while self._waiting:
            path, above = self._waiting.pop()
            try:
                entries = _entries(self._root / path)
                if path and any(entry.name == removal.DATABASE for entry in entries):
                    continue
                rules = self._ignore.rules(path, [entry.name for entry in entries], above)
                self._look(path, entries, rules)
            except FileNotFoundError:
                if not path:
                    raise
                continue  # removed just now
            except OSError as error:
                raise unreadable(self._root / path, error) from error
        self._settle_links()
        self._settle_folders()
        self.found.notices += [_notice(what, paths) for what, paths in sorted(self._odd.items())]

    def _look(self, folder: str, entries: Sequence[os.DirEntry[str]], rules: Rules) -> None:
        is_workspace = any(entry.name == removal.DATABASE for entry in entries)
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            is_folder = entry.is_dir(follow_symlinks=False)
            if is_workspace and (entry.name in _WORKSPACE_FILES or entry.name.startswith(_WORKSPACE_STARTS)):
                continue
            if not rules.leave_out(path, is_folder=is_folder):
                self._keep(entry, path, rules, is_folder=is_folder)
        if folder:
            self._folders.append(folder)

    def _keep(self, entry: os.DirEntry[str], path: str, rules: Rules, *, is_folder: bool) -> None:
        if not is_path(path):
            self._odd[_NAME].append(path)
        elif is_folder:
            self._waiting.append((path, rules))
        elif entry.is_symlink():
            self._links[path] = _target(self._root, path)
        elif entry.is_file(follow_symlinks=False):
            self.found.files[path] = entry.stat(follow_symlinks=False)
        else:
            self._odd[_SPECIAL].append(path)
        self._check_count()

    def _settle_links(self) -> None:
        """Whether a link leads out may depend on other links, so that all of them must be known."""
        kept = []
        for path, target in sorted(self._links.items()):
            if leads_out(path, self._links):
                self._odd[_LINK].append(path)
            else:
                kept.append(SnapshotLink(path=path, target=target))
        self.found.links = tuple(kept)

    def _settle_folders(self) -> None:
        """A folder is empty if nothing in it was kept."""
        kept = [*self.found.files, *(link.path for link in self.found.links), *self._folders]
        occupied = {parent for path in kept for parent in parents(path)}
        self.found.folders = sorted(set(self._folders) - occupied)

    def _check_count(self) -> None:
        if len(self.found.files) + len(self._links) + len(self._folders) > limit.SNAPSHOT_FILES:
            raise SnapshotException(
                f"The folder {self._root} has more than {limit.SNAPSHOT_FILES:,} files.",
                hint="Name what is not source in a file .amlignore, or take the snapshot of a smaller folder; "
                "snapshot_directory=None takes none.",
            )


def unreadable(path: Path, error: OSError) -> SnapshotException:
    """The error for what cannot be read."""
    return SnapshotException(
        f"{path} cannot be read: {error.strerror}.",
        hint="Change its rights, or leave it out by a line in .amlignore.",
    )


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return list(entries)


def _target(root: Path, path: str) -> str:
    """Where a link leads; if it names a place in the folder absolutely, the same place from where the link is."""
    file = root / path
    target = os.readlink(file)  # noqa: PTH115 (a Path would drop what the text says of ``.`` and ``/``)
    if not target.startswith("/") or not Path(os.path.normpath(target)).is_relative_to(root):
        return target
    return os.path.relpath(os.path.normpath(target), file.parent)


def _notice(what: str, paths: list[str]) -> str:
    shown = ", ".join(repr(path)[1:-1] for path in sorted(paths)[:_SHOWN])
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return f"{shown}{more}: {what}, and was left out"


def largest(files: Iterator[tuple[str, int]], count: int) -> list[tuple[str, int, int]]:
    """The entries at the top of a folder that take most: name, bytes and number of files of each.

    Args:
        files: Path and size of each file.
        count: How many entries.
    """
    sizes: defaultdict[str, int] = defaultdict(int)
    numbers: defaultdict[str, int] = defaultdict(int)
    for path, size_bytes in files:
        top, slash, _ = path.partition("/")
        sizes[top + slash] += size_bytes
        numbers[top + slash] += 1
    names = sorted(sizes, key=lambda name: (-sizes[name], name))
    return [(name, sizes[name], numbers[name]) for name in names[:count]]
