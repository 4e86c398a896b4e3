"""What every backend promises of reading files of runs: ranges, lists, deletion."""
# ruff: noqa: D102 - the names of the tests are sentences

from __future__ import annotations

from typing import Any

import pytest

from runwatch.schema import limit
from runwatch.schema.artifact import (
    ArtifactPage,
    DeleteArtifacts,
    ListArtifacts,
    ReadArtifact,
)
from runwatch.schema.error import (
    InvalidValueError,
    LimitError,
    NotFoundError,
)
from runwatch.schema.run import Run
from runwatch.store.protocol import Store
from runwatch.testing.contract import Contract
from runwatch.testing.sample import (
    all_pages,
    append_file,
    create_file,
    digest,
    get_file,
    put_file,
    read_file,
    refused,
    seal_file,
)


class ArtifactReadingContract(Contract):
    """Ranges, lists and deletion of files."""

    @pytest.mark.parametrize("sealed", [True, False])
    @pytest.mark.parametrize(
        ("offset", "count", "start", "expected"),
        [
            (0, None, 0, b"abcdef"),
            (2, 3, 2, b"cde"),
            (4, 99, 4, b"ef"),
            (6, None, 6, b""),
            (99, 1, 99, b""),
            (-2, None, 4, b"ef"),
            (-2, 1, 4, b"e"),
            (-99, 2, 0, b"ab"),
            (0, 0, 0, b""),
        ],
    )
    def test_a_range_is_cut_from_the_content(
        self, store: Store, run: Run, sealed: bool, offset: int, count: int | None, start: int, expected: bytes
    ) -> None:
        append_file(store, run.run_id, b"abcdef")
        if sealed:
            seal_file(store, run.run_id)
        part = store.artifacts.read(ReadArtifact(run_id=run.run_id, path="a", offset=offset, count=count))
        assert (part.offset, part.data) == (start, expected)
        assert part.artifact == get_file(store, run.run_id)

    def test_a_read_gives_one_part_at_most(self, store: Store, run: Run) -> None:
        append_file(store, run.run_id, bytes(limit.PART_BYTES))
        append_file(store, run.run_id, b"end", limit.PART_BYTES)
        for count in (None, limit.PART_BYTES + 3):
            part = store.artifacts.read(ReadArtifact(run_id=run.run_id, path="a", count=count))
            assert len(part.data) == limit.PART_BYTES
        rest = store.artifacts.read(ReadArtifact(run_id=run.run_id, path="a", offset=limit.PART_BYTES))
        assert rest.data == b"end"

    def test_a_negative_count_of_bytes_is_refused(self, store: Store, run: Run) -> None:
        append_file(store, run.run_id, b"abc")
        with refused(InvalidValueError):
            store.artifacts.read(ReadArtifact(run_id=run.run_id, path="a", count=-1))

    @pytest.fixture
    def paths(self, store: Store, run: Run) -> list[str]:
        """The paths of some files of the run."""
        paths = ["b", "a/x", "a/y", "a/deep/1", "a/deep/2", "a-b/z", "a.txt", "ab/c", "é/f", "a/deeper/3", "A/x"]
        for path in paths:
            append_file(store, run.run_id, path.encode(), path=path)
        return paths

    def _list(self, store: Store, run: Run, **conditions: Any) -> list[str]:
        def ask(cursor: str | None) -> ArtifactPage:
            return store.artifacts.list(ListArtifacts(run_id=run.run_id, cursor=cursor, **conditions))

        return [row.path for row in all_pages(ask)]

    def _folders(self, store: Store, run: Run, folder: str, **conditions: Any) -> tuple[str, ...]:
        return store.artifacts.list(ListArtifacts(run_id=run.run_id, folder=folder, **conditions)).folders

    @pytest.mark.parametrize("limit", [1, 2, 3, 1_000])
    def test_pages_are_sorted_by_path(self, store: Store, run: Run, paths: list[str], limit: int) -> None:
        assert self._list(store, run, limit=limit) == sorted(paths)
        assert self._list(store, run, limit=limit, prefix="a/") == ["a/deep/1", "a/deep/2", "a/deeper/3", "a/x", "a/y"]
        assert self._list(store, run, limit=limit, folder="a") == ["a/x", "a/y"]

    def test_by_prefix(self, store: Store, run: Run, paths: list[str]) -> None:
        assert self._list(store, run, prefix="a/deep") == ["a/deep/1", "a/deep/2", "a/deeper/3"]
        assert self._list(store, run, prefix="é") == ["é/f"]
        assert self._list(store, run, prefix="none") == []
        assert self._list(store, run, prefix="%") == []

    def test_by_folder(self, store: Store, run: Run, paths: list[str]) -> None:
        assert self._list(store, run, folder="") == ["a.txt", "b"]
        assert self._folders(store, run, "") == ("A", "a", "a-b", "ab", "é")
        assert self._folders(store, run, "a") == ("deep", "deeper")
        assert self._folders(store, run, "a/deep") == ()
        assert self._list(store, run, folder="a/deep/") == ["a/deep/1", "a/deep/2"]
        assert self._list(store, run, folder="none") == []
        assert self._folders(store, run, "", prefix="a") == ("a", "a-b", "ab")

    def test_folders_stand_on_the_first_page_only(self, store: Store, run: Run, paths: list[str]) -> None:
        first = store.artifacts.list(ListArtifacts(run_id=run.run_id, folder="a", limit=1))
        assert first.folders == ("deep", "deeper")
        second = store.artifacts.list(ListArtifacts(run_id=run.run_id, folder="a", limit=1, cursor=first.next_cursor))
        assert second.folders == ()
        assert [row.path for row in second.artifacts] == ["a/y"]

    def test_without_a_folder_there_are_no_folders(self, store: Store, run: Run, paths: list[str]) -> None:
        assert store.artifacts.list(ListArtifacts(run_id=run.run_id)).folders == ()

    @pytest.mark.parametrize("text", ["../", "a/../", "/a", "a//", "a\0", "..\\"])
    def test_folders_and_prefixes_lead_nowhere_else(self, store: Store, run: Run, text: str) -> None:
        for request in (ListArtifacts(run_id=run.run_id, prefix=text),):
            with refused(InvalidValueError):
                store.artifacts.list(request)
        with refused(InvalidValueError):
            store.artifacts.list(ListArtifacts(run_id=run.run_id, folder=f"{text}x"))
        with refused(InvalidValueError):
            store.artifacts.delete(DeleteArtifacts(run_id=run.run_id, prefix=text))

    def test_a_foreign_cursor_among_files_is_refused(self, store: Store, run: Run, paths: list[str]) -> None:
        for cursor in ("x", "é", "AAAA"):
            with refused(InvalidValueError):
                store.artifacts.list(ListArtifacts(run_id=run.run_id, cursor=cursor))

    def test_a_page_of_files_has_a_limit(self, store: Store, run: Run) -> None:
        with refused(LimitError):
            store.artifacts.list(ListArtifacts(run_id=run.run_id, limit=limit.PAGE_ROWS + 1))
        with refused(InvalidValueError):
            store.artifacts.list(ListArtifacts(run_id=run.run_id, limit=0))

    def test_deleting_by_path_and_prefix(self, store: Store, run: Run, paths: list[str]) -> None:
        request = DeleteArtifacts(run_id=run.run_id, paths=("b", "none", "a/x"), prefix="a/deep/")
        assert store.artifacts.delete(request).changed == 4
        assert store.artifacts.delete(request).changed == 0
        assert self._list(store, run) == sorted(set(paths) - {"b", "a/x", "a/deep/1", "a/deep/2"})
        with refused(NotFoundError):
            get_file(store, run.run_id, "b")

    def test_an_empty_prefix_deletes_all_and_none_nothing(self, store: Store, run: Run, paths: list[str]) -> None:
        assert store.artifacts.delete(DeleteArtifacts(run_id=run.run_id)).changed == 0
        assert store.artifacts.delete(DeleteArtifacts(run_id=run.run_id, prefix="")).changed == len(paths)

    def test_content_lives_as_long_as_a_file_has_it(self, store: Store, run: Run) -> None:
        for path in ("a", "b"):
            put_file(store, run.run_id, path, b"same")
        store.artifacts.delete(DeleteArtifacts(run_id=run.run_id, paths=("a",)))
        assert read_file(store, run.run_id, "b") == b"same"
        store.artifacts.delete(DeleteArtifacts(run_id=run.run_id, paths=("b",)))
        assert not create_file(store, run.run_id, "c", sha256=digest(b"same")).sealed

    def test_files_that_go_between_two_pages_shift_nothing(self, store: Store, run: Run, paths: list[str]) -> None:
        first = store.artifacts.list(ListArtifacts(run_id=run.run_id, limit=3))
        seen = [row.path for row in first.artifacts]
        store.artifacts.delete(DeleteArtifacts(run_id=run.run_id, paths=(seen[0], seen[-1])))
        rest = store.artifacts.list(ListArtifacts(run_id=run.run_id, cursor=first.next_cursor))
        assert seen + [row.path for row in rest.artifacts] == sorted(paths)

    def test_a_deleted_path_is_free(self, store: Store, run: Run) -> None:
        put_file(store, run.run_id, "a", b"old")
        store.artifacts.delete(DeleteArtifacts(run_id=run.run_id, paths=("a",)))
        assert put_file(store, run.run_id, "a", b"new").size_bytes == 3
        assert read_file(store, run.run_id, "a") == b"new"
