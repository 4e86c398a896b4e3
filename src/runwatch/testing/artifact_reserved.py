"""What every backend promises of Runwatch's own files of a run: lists leave them out, and times go with their log."""
# ruff: noqa: D102 - the names of the tests are sentences

from __future__ import annotations

from typing import Any

import pytest

from runwatch.schema.artifact import ArtifactPage, DeleteArtifacts, ListArtifacts
from runwatch.schema.error import ConflictError, CorruptDataError, NotFoundError
from runwatch.schema.name import RESERVED, TIMES, times_path
from runwatch.schema.run import Run
from runwatch.store.protocol import Store
from runwatch.testing.contract import Contract
from runwatch.testing.sample import (
    append_file,
    create_file,
    digest,
    get_file,
    new_run,
    put_file,
    read_file,
    refused,
    seal_file,
)


class ReservedArtifactContract(Contract):
    """What lies below `RESERVED` is seen by who asks for it by name."""

    @pytest.fixture
    def shown(self, store: Store, run: Run) -> list[str]:
        """The paths of files that everybody sees; a log among them has times."""
        paths = [".hidden", ".runwatch-not", "a/.runwatch/x", "logs/a", "logs/b"]
        for path in [*paths, times_path("logs/a")]:
            append_file(store, run.run_id, path.encode(), path=path)
        return paths

    def test_lists_leave_them_out(self, store: Store, run: Run, shown: list[str]) -> None:
        assert paths_of(store, run) == sorted(shown)
        assert paths_of(store, run, prefix=".") == [".hidden", ".runwatch-not"]
        assert paths_of(store, run, prefix=RESERVED.rstrip("/")) == [".runwatch-not"]
        top = page_of(store, run, folder="")
        assert (top.folders, [row.path for row in top.artifacts]) == (("a", "logs"), [".hidden", ".runwatch-not"])

    def test_pages_are_full_without_them(self, store: Store, run: Run, shown: list[str]) -> None:
        first = page_of(store, run, limit=2)
        assert [row.path for row in first.artifacts] == sorted(shown)[:2]
        assert paths_of(store, run, limit=9, cursor=first.next_cursor) == sorted(shown)[2:]

    def test_who_asks_by_name_is_given_them(self, store: Store, run: Run, shown: list[str]) -> None:
        times = times_path("logs/a")
        assert paths_of(store, run, prefix=RESERVED) == [times]
        assert paths_of(store, run, prefix=TIMES) == [times]
        assert paths_of(store, run, folder=f"{TIMES}logs") == [times]
        assert page_of(store, run, folder=RESERVED).folders == ("times",)
        assert read_file(store, run.run_id, times) == times.encode()

    def test_times_are_deleted_with_their_log_and_not_counted(self, store: Store, run: Run, shown: list[str]) -> None:
        append_file(store, run.run_id, b"x", path=times_path("logs/b"))
        assert store.artifacts.delete(DeleteArtifacts(run_id=run.run_id, paths=("logs/a",))).changed == 1
        assert paths_of(store, run, prefix=TIMES) == [times_path("logs/b")]
        assert store.artifacts.delete(DeleteArtifacts(run_id=run.run_id, prefix="")).changed == len(shown) - 1
        assert paths_of(store, run, prefix=TIMES) == []

    def test_other_files_leave_times_alone(self, store: Store, run: Run, shown: list[str]) -> None:
        other = new_run(store)
        append_file(store, other.run_id, b"x", path="logs/a")
        store.artifacts.delete(DeleteArtifacts(run_id=other.run_id, paths=("logs/a",)))
        store.artifacts.delete(DeleteArtifacts(run_id=run.run_id, paths=("a",), prefix="a/"))
        assert paths_of(store, run, prefix=TIMES) == [times_path("logs/a")]

    def test_times_can_be_deleted_by_name(self, store: Store, run: Run, shown: list[str]) -> None:
        request = DeleteArtifacts(run_id=run.run_id, paths=(times_path("logs/a"),))
        assert store.artifacts.delete(request).changed == 1
        assert paths_of(store, run) == sorted(shown)

    @pytest.mark.parametrize("sealed", [True, False])
    def test_a_log_that_begins_anew_has_no_times(
        self, store: Store, run: Run, shown: list[str], sealed: bool
    ) -> None:  # fmt: skip
        if sealed:
            seal_file(store, run.run_id, "logs/a")
        create_file(store, run.run_id, "logs/a", overwrite=True)
        with refused(NotFoundError):
            get_file(store, run.run_id, times_path("logs/a"))

    def test_a_log_that_was_something_else_has_no_times(self, store: Store, run: Run, shown: list[str]) -> None:
        with refused(CorruptDataError):
            seal_file(store, run.run_id, "logs/a", sha256=digest(b"other"))
        assert get_file(store, run.run_id, "logs/a").size_bytes == 0
        assert paths_of(store, run, prefix=TIMES) == []

    def test_a_log_that_is_completed_keeps_its_times(self, store: Store, run: Run, shown: list[str]) -> None:
        put_file(store, run.run_id, "same", b"logs/a and more")
        assert create_file(store, run.run_id, "logs/a", sha256=digest(b"logs/a and more")).sealed
        with refused(ConflictError):
            create_file(store, run.run_id, "logs/a")
        assert read_file(store, run.run_id, times_path("logs/a")) == times_path("logs/a").encode()


def page_of(store: Store, run: Run, **conditions: Any) -> ArtifactPage:
    """A page of a run's files."""
    return store.artifacts.list(ListArtifacts(run_id=run.run_id, **conditions))


def paths_of(store: Store, run: Run, **conditions: Any) -> list[str]:
    """The paths on a page of a run's files."""
    return [row.path for row in page_of(store, run, **conditions).artifacts]
