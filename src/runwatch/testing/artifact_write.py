"""What every backend promises of writing files of runs."""
# ruff: noqa: D102 - the names of the tests are sentences

from __future__ import annotations

from typing import Any

import pytest

from runwatch.schema import limit
from runwatch.schema.artifact import (
    AppendArtifact,
    CreateArtifact,
    DeleteArtifacts,
    GetArtifact,
    ListArtifacts,
    ReadArtifact,
    SealArtifact,
)
from runwatch.schema.error import (
    ConflictError,
    CorruptDataError,
    GoneError,
    InvalidValueError,
    LimitError,
    NotFoundError,
    SequenceGapError,
)
from runwatch.schema.run import Delete, Run
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

_BAD_PATHS = ["", "/", "/a", "a/", "a//b", "../a", "a/../b", "a/..", "..", ".", "a/./b", "..\\a", "C:\\..\\a", "a\0b"]
_BAD_PATHS += ["a\nb", "\x7f", "x" * (limit.PATH_CHARS + 1), "a\udcff"]

_ODD_PATHS = ["é/🙂.txt", "~", "con", ".hidden", "a%2e%2e", "a b", "...", "x" * limit.PATH_CHARS, "a\u202eb"]


class ArtifactWritingContract(Contract):
    """Files grow while they are open and never change once they are sealed."""

    def test_a_new_file_is_open_and_empty(self, store: Store, run: Run) -> None:
        made = create_file(store, run.run_id, "outputs/plot.png")
        assert (made.run_id, made.path, made.size_bytes) == (run.run_id, "outputs/plot.png", 0)
        assert (made.sealed, made.sha256, made.media_type) == (False, "", "image/png")
        assert get_file(store, run.run_id, "outputs/plot.png") == made

    def test_a_sealed_file_has_itsdigest(self, store: Store, run: Run) -> None:
        create_file(store, run.run_id)
        append_file(store, run.run_id, b"abc")
        grown = append_file(store, run.run_id, b"def", 3)
        assert (grown.size_bytes, grown.sealed) == (6, False)
        sealed = seal_file(store, run.run_id, sha256=digest(b"abcdef"))
        assert (sealed.size_bytes, sealed.sealed, sealed.sha256) == (6, True, digest(b"abcdef"))
        assert get_file(store, run.run_id) == sealed
        assert read_file(store, run.run_id, "a") == b"abcdef"

    def test_an_empty_file_can_be_sealed(self, store: Store, run: Run) -> None:
        create_file(store, run.run_id)
        assert seal_file(store, run.run_id).sha256 == digest(b"")
        assert read_file(store, run.run_id, "a") == b""

    def test_appending_makes_the_file(self, store: Store, run: Run) -> None:
        assert append_file(store, run.run_id, b"abc").size_bytes == 3
        assert get_file(store, run.run_id).size_bytes == 3

    def test_bytes_that_are_there_are_skipped(self, store: Store, run: Run) -> None:
        append_file(store, run.run_id, b"abcdef")
        assert append_file(store, run.run_id, b"abc").size_bytes == 6
        assert append_file(store, run.run_id, b"efgh", 4).size_bytes == 8
        assert append_file(store, run.run_id, b"", 2).size_bytes == 8
        assert read_file(store, run.run_id, "a") == b"abcdefgh"

    def test_a_gap_is_refused_with_the_size(self, store: Store, run: Run) -> None:
        append_file(store, run.run_id, b"abc")
        with refused(SequenceGapError) as caught:
            append_file(store, run.run_id, b"x", 4)
        assert caught.value.detail["cursor"] == 3
        with refused(SequenceGapError) as caught:
            append_file(store, run.run_id, b"x", 1, path="new")
        assert caught.value.detail["cursor"] == 0

    def test_a_negative_offset_is_refused(self, store: Store, run: Run) -> None:
        with refused(InvalidValueError):
            append_file(store, run.run_id, b"x", -1)

    def test_a_part_has_a_limit(self, store: Store, run: Run) -> None:
        assert append_file(store, run.run_id, bytes(limit.PART_BYTES)).size_bytes == limit.PART_BYTES
        with refused(LimitError):
            append_file(store, run.run_id, bytes(limit.PART_BYTES + 1), limit.PART_BYTES)

    def test_an_open_file_comes_back_as_it_stands(self, store: Store, run: Run) -> None:
        append_file(store, run.run_id, b"abc")
        assert create_file(store, run.run_id).size_bytes == 3
        assert create_file(store, run.run_id, sha256=digest(b"other")).size_bytes == 3

    def test_a_sealed_file_takes_nothing_more(self, store: Store, run: Run) -> None:
        sealed = put_file(store, run.run_id, "a", b"abc")
        assert append_file(store, run.run_id, b"bc", 1) == sealed
        with refused(ConflictError):
            append_file(store, run.run_id, b"cd", 2)
        assert read_file(store, run.run_id, "a") == b"abc"

    def test_sealing_twice_is_harmless(self, store: Store, run: Run) -> None:
        sealed = put_file(store, run.run_id, "a", b"abc")
        assert seal_file(store, run.run_id) == sealed
        assert seal_file(store, run.run_id, sha256=sealed.sha256.upper()) == sealed
        with refused(CorruptDataError):
            seal_file(store, run.run_id, sha256=digest(b"other"))
        assert get_file(store, run.run_id) == sealed

    def test_a_wrong_digest_begins_the_file_anew(self, store: Store, run: Run) -> None:
        append_file(store, run.run_id, b"abc")
        with refused(CorruptDataError):
            seal_file(store, run.run_id, sha256=digest(b"other"))
        found = get_file(store, run.run_id)
        assert (found.size_bytes, found.sealed) == (0, False)
        append_file(store, run.run_id, b"other")
        assert seal_file(store, run.run_id, sha256=digest(b"other")).sealed

    @pytest.mark.parametrize("sha256", ["x", "g" * 64, "../" * 21 + "a"])
    def test_a_digest_is_64_digits(self, store: Store, run: Run, sha256: str) -> None:
        with refused(InvalidValueError):
            create_file(store, run.run_id, sha256=sha256)
        append_file(store, run.run_id, b"abc")
        with refused(InvalidValueError):
            seal_file(store, run.run_id, sha256=sha256)

    def test_a_path_is_taken_once(self, store: Store, run: Run) -> None:
        sealed = put_file(store, run.run_id, "a", b"abc")
        for sha256 in ("", digest(b"other")):
            with refused(ConflictError):
                create_file(store, run.run_id, sha256=sha256)
        assert create_file(store, run.run_id, sha256=sealed.sha256) == sealed

    def test_overwriting_starts_anew(self, store: Store, run: Run) -> None:
        put_file(store, run.run_id, "a", b"abc")
        assert create_file(store, run.run_id, overwrite=True).size_bytes == 0
        append_file(store, run.run_id, b"xy")
        assert seal_file(store, run.run_id).size_bytes == 2
        assert read_file(store, run.run_id, "a") == b"xy"

    def test_overwriting_starts_an_open_file_anew_too(self, store: Store, run: Run) -> None:
        append_file(store, run.run_id, b"half of an old")
        assert create_file(store, run.run_id, overwrite=True).size_bytes == 0
        append_file(store, run.run_id, b"new")
        assert seal_file(store, run.run_id, sha256=digest(b"new")).size_bytes == 3

    def test_overwriting_with_the_same_content_changes_nothing(self, store: Store, run: Run) -> None:
        sealed = put_file(store, run.run_id, "a", b"abc")
        assert create_file(store, run.run_id, sha256=sealed.sha256, overwrite=True) == sealed

    def test_content_that_is_known_is_sealed_at_once(self, store: Store, run: Run) -> None:
        put_file(store, run.run_id, "a", b"abc")
        other = new_run(store)
        made = create_file(store, other.run_id, "b", sha256=digest(b"abc"))
        assert (made.sealed, made.size_bytes) == (True, 3)
        assert read_file(store, other.run_id, "b") == b"abc"
        assert not create_file(store, other.run_id, "c", sha256=digest(b"unknown")).sealed

    def test_an_open_file_is_sealed_at_once_if_its_content_is_known(self, store: Store, run: Run) -> None:
        put_file(store, run.run_id, "a", b"abc")
        append_file(store, run.run_id, b"ab", path="b")
        assert create_file(store, run.run_id, "b", sha256=digest(b"abc")).sealed
        assert read_file(store, run.run_id, "b") == b"abc"

    def test_a_file_that_is_not_there_is_not_found(self, store: Store, run: Run) -> None:
        with refused(NotFoundError):
            seal_file(store, run.run_id)
        with refused(NotFoundError):
            get_file(store, run.run_id)
        with refused(NotFoundError):
            read_file(store, run.run_id, "a")
        with refused(NotFoundError):
            store.artifacts.create(CreateArtifact(run_id="none", path="a"))
        with refused(NotFoundError):
            store.artifacts.list(ListArtifacts(run_id="none"))

    def test_a_deleted_run_takes_no_files(self, store: Store, run: Run) -> None:
        append_file(store, run.run_id, b"abc")
        store.runs.delete(Delete(run_ids=(run.run_id,)))
        for call in (create_file, seal_file, get_file):
            with refused(GoneError):
                call(store, run.run_id)
        with refused(GoneError):
            append_file(store, run.run_id, b"def", 3)

    @pytest.mark.parametrize("path", _BAD_PATHS)
    def test_a_path_that_leads_elsewhere_is_refused(self, store: Store, run: Run, path: str) -> None:
        key: dict[str, Any] = {"run_id": run.run_id, "path": path}
        with refused(InvalidValueError):
            store.artifacts.create(CreateArtifact(**key))
        with refused(InvalidValueError):
            store.artifacts.append(AppendArtifact(**key, offset=0, data=b"x"))
        with refused(InvalidValueError):
            store.artifacts.seal(SealArtifact(**key))
        with refused(InvalidValueError):
            store.artifacts.get(GetArtifact(**key))
        with refused(InvalidValueError):
            store.artifacts.read(ReadArtifact(**key))
        with refused(InvalidValueError):
            store.artifacts.delete(DeleteArtifacts(run_id=run.run_id, paths=(path,)))

    def test_backslashes_and_a_leading_dot_mean_the_same_path(self, store: Store, run: Run) -> None:
        put_file(store, run.run_id, "./outputs\\a.txt", b"abc")
        assert get_file(store, run.run_id, "outputs/a.txt").path == "outputs/a.txt"

    @pytest.mark.parametrize("path", _ODD_PATHS)
    def test_unusual_names_are_kept(self, store: Store, run: Run, path: str) -> None:
        assert put_file(store, run.run_id, path, b"abc").path == path
        assert read_file(store, run.run_id, path) == b"abc"

    def test_paths_differ_by_letter_case(self, store: Store, run: Run) -> None:
        put_file(store, run.run_id, "A", b"upper")
        put_file(store, run.run_id, "a", b"lower")
        assert read_file(store, run.run_id, "A") == b"upper"

    def test_runs_have_their_own_files(self, store: Store, run: Run) -> None:
        other = new_run(store)
        put_file(store, run.run_id, "a", b"one")
        put_file(store, other.run_id, "a", b"two")
        assert read_file(store, run.run_id, "a") == b"one"
        store.artifacts.delete(DeleteArtifacts(run_id=other.run_id, prefix=""))
        assert read_file(store, run.run_id, "a") == b"one"
