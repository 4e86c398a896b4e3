"""The SQL store: five shelves over one database file, and files beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import func, not_, select
from sqlalchemy.exc import DBAPIError

from runwatch.schema.error import RunwatchError
from runwatch.store.blob.folder import FolderBlobs
from runwatch.store.protocol import StoreInfo
from runwatch.store.sql import fault, version
from runwatch.store.sql.artifact import SqlArtifactShelf
from runwatch.store.sql.change import SqlChangeShelf
from runwatch.store.sql.database import Database
from runwatch.store.sql.job import SqlJobShelf
from runwatch.store.sql.metric import SqlMetricShelf
from runwatch.store.sql.reserved import IS_RESERVED
from runwatch.store.sql.run import SqlRunShelf
from runwatch.store.sql.run_delete import give_back_pages
from runwatch.store.sql.table.artifact import blobs
from runwatch.store.sql.table.change import workspace
from runwatch.store.sql.table.run import experiments, runs

DATABASE_NAME: Final = "runwatch.db"
BLOBS_NAME: Final = "blobs"
"""The database and the folder of file contents in a workspace folder; ``journal/`` beside them is the SDK's."""

MOST_FINDINGS: Final = 100
"""A badly damaged file gives more findings than anyone reads."""


class SqlStore:
    """Keeps `runwatch.store.protocol.Store` in a folder: ``runwatch.db`` and ``blobs/``.

    Args:
        folder: The workspace folder.
        create: Make it if there is no workspace.

    Raises:
        WorkspaceNotFoundError: There is no workspace, and ``create`` is False.
        WorkspaceReadOnlyError: There is none, and the folder cannot be written to.
        WorkspaceVersionError: A newer Runwatch made it.
        WorkspaceException: The folder lies on a network file system.
        CorruptDataError: The database file is damaged.
    """

    def __init__(self, folder: Path, *, create: bool = True) -> None:
        self._folder = folder.absolute()
        self._database = Database(self._folder / DATABASE_NAME, create=create)
        self._blobs = FolderBlobs(self._folder / BLOBS_NAME)
        self._artifacts = SqlArtifactShelf(self._database, self._blobs)
        self._runs = SqlRunShelf(self._database, self._artifacts)
        self._metrics = SqlMetricShelf(self._database)
        self._jobs = SqlJobShelf(self._database)
        self._changes = SqlChangeShelf(self._database)

    @property
    def runs(self) -> SqlRunShelf:
        """Experiments and runs."""
        return self._runs

    @property
    def metrics(self) -> SqlMetricShelf:
        """Metrics."""
        return self._metrics

    @property
    def artifacts(self) -> SqlArtifactShelf:
        """Files of runs."""
        return self._artifacts

    @property
    def jobs(self) -> SqlJobShelf:
        """Compute targets and their queues."""
        return self._jobs

    @property
    def changes(self) -> SqlChangeShelf:
        """What changed since."""
        return self._changes

    @contextmanager
    def glance(self) -> Iterator[None]:
        """A block in which all reads of this thread see the workspace as it was at the block's start.

        They share one transaction, which costs a reader of many small things half of its time otherwise. Keep it short:
        while it lasts, the log of the database cannot be cut.
        """
        with self._database.read():
            yield

    def info(self) -> StoreInfo:
        """What and where this store is."""
        with self._database.read() as connection:
            workspace_id = connection.execute(select(workspace.c.value).where(workspace.c.key == "workspace_id"))
            counted = connection.execute(
                select(func.coalesce(func.sum(experiments.c.run_count), 0)).where(not_(IS_RESERVED))
            )
            content = connection.execute(select(func.coalesce(func.sum(blobs.c.size_bytes), 0)))
            return StoreInfo(
                workspace_id=workspace_id.scalar_one(),
                backend="sqlite",
                location=str(self._folder),
                version=version.HEAD,
                runs=counted.scalar_one(),
                size_bytes=content.scalar_one() + self._database_bytes(),
            )

    def check(self) -> list[str]:
        """Look for damage in the whole database; takes about a second a gigabyte.

        Returns:
            What is wrong, a sentence each; empty if all is well.
        """
        try:
            with self._database.read() as connection:
                found = [str(row[0]) for row in connection.exec_driver_sql(f"PRAGMA quick_check({MOST_FINDINGS})")]
                problems = [f"The database is damaged: {text}." for text in found if text != "ok"]
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(MOST_FINDINGS)
                problems += [f"A row of {row[0]} refers to a row of {row[2]} that is not there." for row in broken]
                counted = connection.execute(select(func.count()).select_from(runs)).scalar_one()
                noted = connection.execute(select(func.coalesce(func.sum(experiments.c.run_count), 0))).scalar_one()
                if counted != noted:
                    problems.append(f"The experiments count {noted} runs, but there are {counted}.")
                return problems
        except RunwatchError as error:
            return [str(error)]
        except (DBAPIError, sqlite3.Error) as error:
            return [f"The database cannot be read ({fault.name_of(error)})."]

    def vacuum(self) -> int:
        """Give all free space of the database back to the disk, and rewrite it in order.

        Takes about as much disk as the database while it works, and holds writers up.

        Returns:
            The bytes freed.
        """
        before = self._database_bytes()
        with self._database.outside() as raw:
            raw.execute("VACUUM")
        give_back_pages(self._database)
        return max(0, before - self._database_bytes())

    def close(self) -> None:
        """Release files and connections."""
        self._database.close()
        self._blobs.close()

    def _database_bytes(self) -> int:
        return sum(file.stat().st_size for file in self._folder.glob(f"{DATABASE_NAME}*") if file.is_file())
