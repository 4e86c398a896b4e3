"""``runwatch gc``: gives back disk space that nothing needs: contents without a file, emptied journals, free pages."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer
from msgspec import Struct

from runwatch.cli import figure
from runwatch.cli.session import Session
from runwatch.cli.text import visible
from runwatch.store.protocol import Store

QUIET_S: Final = 3_600.0
"""A journal folder without a manifest may be one that is just being made: after an hour it is not."""


LONGEST_JOB_DAYS: Final = 31
"""A job runs for thirty days at most, and a running one does not show in the folder of its environment."""


class Freed(Struct, kw_only=True):
    """What was freed, or would be.

    Attributes:
        dry_run: Nothing was removed.
        journals: Journal folders, by name.
        journal_bytes: What they took.
        files: Contents that no run refers to.
        file_bytes: What they took.
        database_bytes: Free pages of the database; 0 in a dry run, which cannot know.
        environments: Pythons of jobs, and copies of Runwatch in them, that no job has used for long.
    """

    dry_run: bool
    journals: list[str]
    journal_bytes: int = 0
    files: int = 0
    file_bytes: int = 0
    database_bytes: int = 0
    environments: int = 0


def gc(
    session: Session,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    parked: Annotated[
        bool, typer.Option("--parked", help="Also the journals of runs that were deleted before all was shipped.")
    ] = False,
    environments: Annotated[
        int | None,
        typer.Option(
            "--environments", min=LONGEST_JOB_DAYS, metavar="DAYS",
            help="Also the environments of this user that no job has started with for so many days.",
        ),
    ] = None,
) -> None:  # fmt: skip
    """Free disk space that nothing needs any more."""
    from runwatch.journal.place import journal_folders  # with those that writers fell back to

    terminal, store, (location, _) = session.terminal, session.store(), session.location()
    freed = Freed(dry_run=dry_run, journals=[])
    for folder in _spent_journals(location, parked=parked):
        freed.journals.append(folder.name)
        for place in journal_folders(folder):
            freed.journal_bytes += _size_bytes(place)
            if not dry_run:
                shutil.rmtree(place)
    _sweep(store, freed)
    if environments is not None and not dry_run:
        freed.environments = _discard_environments(environments)
    total = freed.journal_bytes + freed.file_bytes + freed.database_bytes
    if terminal.as_json:
        terminal.json({"location": location, **msgspec.structs.asdict(freed), "freed_bytes": total})
        return
    for name in freed.journals:
        terminal.line(f"journal {visible(name)}")
    terminal.fields([
        ("journals", f"{len(freed.journals)}, {figure.size(freed.journal_bytes)}"),
        ("contents without a file", f"{freed.files}, {figure.size(freed.file_bytes)}"),
        ("database", "not looked at in a dry run" if dry_run else figure.size(freed.database_bytes)),
        *([("environments", str(freed.environments))] if environments is not None else []),
    ], indent="")  # fmt: skip
    terminal.line(f"{figure.size(total)} {'would be freed' if dry_run else 'freed'}")


def _sweep(store: Store, freed: Freed) -> None:
    from runwatch.store.sql.store import SqlStore

    if not isinstance(store, SqlStore):
        return  # other stores keep nothing that could be left over
    if freed.dry_run:
        orphans = store.artifacts.orphans()
        freed.files, freed.file_bytes = len(orphans), sum(orphan.size_bytes for orphan in orphans)
        return
    swept = store.artifacts.sweep()
    freed.files, freed.file_bytes = swept.files, swept.size_bytes
    freed.database_bytes = store.vacuum()


def _discard_environments(days: int) -> int:
    from platformdirs import user_cache_path

    from runwatch.compute.environment import shelf

    return len(shelf.collect(user_cache_path("runwatch", appauthor=False) / "environments", days))


def _spent_journals(location: str, *, parked: bool) -> Iterator[Path]:
    from runwatch.sdk.watcher import backlog, sync

    if parked:
        yield from (entry.folder for entry in sync.unshipped(location) if entry.state == "parked")
    root = backlog.journal_root(location)
    for folder in sorted(root.iterdir()) if root.is_dir() else []:
        if folder.is_symlink() or not folder.is_dir() or (folder / backlog.MANIFEST).exists():
            continue
        # What the store refused for good is kept for somebody to look at.
        if not (folder / backlog.QUARANTINE).exists() and time.time() - folder.stat().st_mtime > QUIET_S:
            yield folder


def _size_bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())
