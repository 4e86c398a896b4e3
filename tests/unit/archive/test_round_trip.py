"""What comes out of one store goes into another one and is the same, to the bit."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import msgspec
import pytest

from runwatch.archive.export import Exported, export_runs
from runwatch.archive.indexing import make_index
from runwatch.archive.intake import Imported, import_runs
from runwatch.schema import limit
from runwatch.schema.error import (
    ConflictError,
    CorruptDataError,
    GoneError,
    NotFoundError,
    UserErrorException,
    WorkspaceVersionError,
)
from runwatch.schema.metric import ListCursors
from runwatch.schema.name import times_path
from runwatch.schema.run import Delete, ListRuns, RunStatus, UpdateRun
from runwatch.store.protocol import Store
from runwatch.testing.sample import (
    NO_STEP,
    Writer,
    append_file,
    get_run,
    integers,
    new_run,
    put_file,
    read_file,
    refused,
    run_ids,
    scalars,
    seal_file,
)
from tests.unit.archive.conftest import MakeStore
from tests.unit.archive.scene import ODD_FLOATS, everything, experiments, fill, holdings, odd_block

ALL = ("other", "top~1.x:y@z+a", "child", "second", "grandchild")


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_times_of_lines_go_with_their_log_and_are_no_file_to_people(
    store: Store, other: Store, tmp_path: Path
) -> None:  # fmt: skip
    run = new_run(store)
    times = times_path("logs/user_log.txt")
    for path in ("logs/user_log.txt", times, "outputs/x"):
        append_file(store, run.run_id, path.encode(), path=path)
        seal_file(store, run.run_id, path)
    assert export_runs(store, [run.run_id], tmp_path / "out").artifacts == 2
    assert [each.path for each in make_index(store, run.run_id, None).artifacts][-1] == times
    import_runs(other, tmp_path / "out")
    assert read_file(other, run.run_id, times) == times.encode()


@pytest.mark.parametrize("place", ["runs.zip", "folder"])
@pytest.mark.parametrize("to", ["memory", "sqlite"])
@pytest.mark.parametrize("source", ["memory", "sqlite"])
def test_a_run_comes_back_as_it_was(make_store: MakeStore, tmp_path: Path, source: str, to: str, place: str) -> None:
    one, two = make_store(source), make_store(to)
    top = fill(one)
    exported = export_runs(one, [top.run_id, "other"], tmp_path / place)
    assert exported.run_ids == ALL
    assert (exported.metrics, exported.rows, exported.artifacts) == (16, 36, 18)
    assert import_runs(two, tmp_path / place) == Imported(run_ids=ALL, present=(), renamed={})
    assert everything(two) == everything(one)
    assert experiments(two) == experiments(one)


def test_the_comparison_can_fail(store: Store, other: Store) -> None:
    """A control: one bit of one NaN, a tag, a letter of a file are all seen."""
    for each in (store, other):
        fill(each)
    assert everything(store) == everything(other)
    for change in (
        lambda: Writer(other, "child").append(scalars("new", [1.0])),
        lambda: other.runs.update(UpdateRun(run_id="grandchild", set_tags={"x": None})),
        lambda: append_file(other, "second", b"x"),
    ):
        before = everything(other)
        change()
        assert everything(other) != before


def test_the_same_runs_give_the_same_bytes(store: Store, tmp_path: Path) -> None:
    top = fill(store)
    for name in ("a", "b"):
        export_runs(store, [top.run_id], tmp_path / name)
        export_runs(store, [top.run_id], tmp_path / f"{name}.zip")
    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_a_zip_and_a_folder_hold_the_same(store: Store, tmp_path: Path) -> None:
    top = fill(store)
    export_runs(store, [top.run_id], tmp_path / "a")
    export_runs(store, [top.run_id], tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == files(tmp_path / "a")


def test_the_manifest_lists_every_file(store: Store, tmp_path: Path) -> None:
    export_runs(store, [fill(store).run_id], tmp_path / "a")
    manifest = json.loads((tmp_path / "a/manifest.json").read_text())
    assert (manifest["format"], manifest["version"]) == ("runwatch-archive", 1)
    assert manifest["workspace_id"] == store.info().workspace_id
    listed = {each["name"]: (each["size_bytes"], each["sha256"]) for each in manifest["files"]}
    found = {name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in files(tmp_path / "a").items()}
    del found["manifest.json"]
    assert listed == found


def test_children_and_files_may_stay_out(store: Store, other: Store, tmp_path: Path) -> None:
    top = fill(store)
    exported = export_runs(store, [top.run_id], tmp_path / "a.zip", children=False, files=False)
    assert exported.run_ids == (top.run_id,)
    assert exported.artifacts == 0
    import_runs(other, tmp_path / "a.zip")
    assert run_ids(other) == [top.run_id]
    found = holdings(other, get_run(other, top.run_id))
    assert found["artifacts"] == ()
    assert found["metrics"] == holdings(store, top)["metrics"]
    assert "Its files were left out when it was exported." in [
        each.message for each in get_run(other, top.run_id).warnings
    ]
    assert import_runs(store, tmp_path / "a.zip").present == (top.run_id,)


def test_a_child_without_its_parent_says_so(store: Store, other: Store, tmp_path: Path) -> None:
    fill(store)
    export_runs(store, ["second"], tmp_path / "a")
    import_runs(other, tmp_path / "a")
    child = get_run(other, "second")
    assert (child.parent_run_id, child.root_run_id) == (None, "second")
    assert [each.message for each in child.warnings] == ["Its parent top~1.x:y@z+a was not imported."]
    assert import_runs(other, tmp_path / "a").present == ("second",)


def test_importing_again_changes_nothing(make_store: MakeStore, tmp_path: Path) -> None:
    one, two = make_store("memory"), make_store("sqlite")
    export_runs(one, [fill(one).run_id, "other"], tmp_path / "a")
    import_runs(two, tmp_path / "a")
    two.runs.update(UpdateRun(run_id="child", set_tags={"mine": "since"}))
    before = everything(two)
    assert import_runs(two, tmp_path / "a") == Imported(run_ids=(), present=ALL, renamed={})
    assert everything(two) == before


def test_a_run_that_was_never_away_is_there(make_store: MakeStore, tmp_path: Path) -> None:
    store = make_store("sqlite")
    export_runs(store, [fill(store).run_id, "other"], tmp_path / "a")
    assert import_runs(store, tmp_path / "a").present == ALL


@pytest.mark.parametrize("change", ["tag", "point", "file"])
def test_another_run_of_the_same_id_is_a_conflict(store: Store, other: Store, tmp_path: Path, change: str) -> None:
    export_runs(store, [fill(store).run_id], tmp_path / "a")
    fill(other)
    if change == "tag":
        other.runs.update(UpdateRun(run_id="child", set_tags={"x": "y"}))
    elif change == "point":
        Writer(other, "child", "bb").append(scalars("loss", [1.0]))
    else:
        put_file(other, "child", "more")
    before = everything(other)
    with refused(ConflictError) as caught:
        import_runs(other, tmp_path / "a")
    assert caught.value.detail["run_id"] == "child"
    assert "--as-new" in (caught.value.hint or "")
    assert everything(other) == before


def test_as_new_gives_the_whole_tree_new_ids(store: Store, tmp_path: Path) -> None:
    export_runs(store, [fill(store).run_id], tmp_path / "a")
    before = everything(store)
    done = import_runs(store, tmp_path / "a", as_new=True)
    new = done.renamed
    assert set(done.run_ids) == set(new.values())
    assert set(new) == set(ALL) - {"other"}
    assert get_run(store, new["child"]).parent_run_id == new["top~1.x:y@z+a"]
    assert get_run(store, new["grandchild"]).parent_run_id == new["child"]
    assert get_run(store, new["grandchild"]).root_run_id == new["top~1.x:y@z+a"]
    after = everything(store)
    assert {run_id: after[run_id] for run_id in before} == before
    for old, copy in new.items():
        assert after[copy]["metrics"] == before[old]["metrics"]
        assert after[copy]["content"] == before[old]["content"]
        assert after[copy]["record"]["history"] == before[old]["record"]["history"]
    again = import_runs(store, tmp_path / "a", as_new=True)
    assert (again.run_ids, set(again.present)) == ((), set(new.values()))


def test_a_copy_that_was_deleted_gets_yet_another_id(store: Store, tmp_path: Path) -> None:
    new_run(store, run_id="r")
    export_runs(store, ["r"], tmp_path / "a")
    (first,) = import_runs(store, tmp_path / "a", as_new=True).run_ids
    store.runs.delete(Delete(run_ids=(first,)))
    (second,) = import_runs(store, tmp_path / "a", as_new=True).run_ids
    assert second not in {"r", first}


def test_a_deleted_run_does_not_come_back_by_itself(store: Store, tmp_path: Path) -> None:
    new_run(store, run_id="r")
    export_runs(store, ["r"], tmp_path / "a")
    store.runs.delete(Delete(run_ids=("r",)))
    with refused(GoneError):
        import_runs(store, tmp_path / "a")
    assert len(import_runs(store, tmp_path / "a", as_new=True).run_ids) == 1


def test_a_number_that_is_taken_is_counted_anew(store: Store, other: Store, tmp_path: Path) -> None:
    new_run(store, run_id="first")
    new_run(store, run_id="mine")
    new_run(other, run_id="theirs", number=2)
    export_runs(store, ["mine", "first"], tmp_path / "a")
    import_runs(other, tmp_path / "a")
    assert {run.run_id: run.number for run in other.runs.list(ListRuns()).runs} == {"theirs": 2, "first": 1, "mine": 3}
    assert import_runs(other, tmp_path / "a").present == ("first", "mine")


def test_a_snapshot_of_a_run_that_goes_on(store: Store, other: Store, tmp_path: Path) -> None:
    new_run(store, run_id="live", status=RunStatus.RUNNING)
    append_file(store, "live", b"so far\n", path="log")
    writer = Writer(store, "live")
    writer.append(scalars("loss", [1.0]))
    export_runs(store, ["live"], tmp_path / "a")
    import_runs(other, tmp_path / "a")
    assert everything(other) == everything(store)
    assert get_run(other, "live").status is RunStatus.RUNNING
    writer.append(scalars("loss", [0.5]))
    seal_file(store, "live", "log")
    with refused(ConflictError):
        import_runs(store, tmp_path / "a")


def test_what_is_there_is_never_overwritten(store: Store, tmp_path: Path) -> None:
    new_run(store, run_id="r")
    (tmp_path / "a.zip").write_bytes(b"mine")
    (tmp_path / "b").mkdir()
    for name in ("a.zip", "b"):
        with refused(ConflictError):
            export_runs(store, ["r"], tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == b"mine"
    assert list((tmp_path / "b").iterdir()) == []


def test_an_export_that_fails_leaves_nothing(store: Store, tmp_path: Path) -> None:
    new_run(store, run_id="r")
    put_file(store, "r", "a", b"123")
    place = tmp_path / "here"
    place.mkdir()
    for name in ("a.zip", "b"):
        with pytest.raises(KeyboardInterrupt):
            export_runs(store, ["r"], place / name, advance=_interrupt)
        assert list(place.iterdir()) == []
        with refused(NotFoundError):
            export_runs(store, ["r", "none"], place / name)
        assert list(place.iterdir()) == []


def _interrupt(_: int) -> None:
    raise KeyboardInterrupt


def test_an_import_that_is_cut_short_goes_on(make_store: MakeStore, tmp_path: Path) -> None:
    one = make_store("memory")
    export_runs(one, [fill(one).run_id, "other"], tmp_path / "a")
    total = _parts(one, tmp_path / "a", make_store("memory"))
    for cut in range(total // 2, total, 7):
        two = make_store("memory")
        with pytest.raises(KeyboardInterrupt):
            import_runs(two, tmp_path / "a", advance=_Fuse(cut))
        for run in two.runs.list(ListRuns(hidden=True)).runs:
            whole = everything(one)[run.run_id]
            assert "runwatch.importing" in run.tags or holdings(two, run) == whole
        import_runs(two, tmp_path / "a")
        assert everything(two) == everything(one)


def test_a_metric_that_was_cut_short_goes_on_at_the_row(
    make_store: MakeStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limit, "BATCH_RECORDS", 4)
    one = make_store("memory")
    new_run(one, run_id="r")
    writer = Writer(one, "r")
    writer.append(scalars("a", [0.5] * 3), scalars("long", [float(row) for row in range(40)]), odd_block())
    export_runs(one, ["r"], tmp_path / "a")
    reached: set[int] = set()
    for cut in range(_parts(one, tmp_path / "a", make_store("memory"))):
        two = make_store("memory")
        monkeypatch.setattr(limit, "BATCH_RECORDS", 4)
        with pytest.raises(KeyboardInterrupt):
            import_runs(two, tmp_path / "a", advance=_Fuse(cut))
        if run_ids(two):
            reached.update(two.metrics.list_cursors(ListCursors(run_id="r")).cursors.values())
        monkeypatch.setattr(limit, "BATCH_RECORDS", 7)  # another version may cut elsewhere
        import_runs(two, tmp_path / "a")
        assert everything(two) == everything(one)
    assert len(reached) > 8


class _Fuse:
    """Interrupts at the given part."""

    def __init__(self, parts: int) -> None:
        self.left = parts

    def __call__(self, _: int) -> None:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt


def _parts(source: Store, place: Path, store: Store) -> int:
    fuse = _Fuse(10**9)
    import_runs(store, place, advance=fuse)
    return 10**9 - fuse.left


def test_a_run_in_the_making_is_told_apart(store: Store, other: Store, tmp_path: Path) -> None:
    new_run(store, run_id="r")
    put_file(store, "r", "a", b"123")
    export_runs(store, ["r"], tmp_path / "a")
    with pytest.raises(KeyboardInterrupt):
        import_runs(other, tmp_path / "a", advance=_Fuse(3))
    half = get_run(other, "r")
    assert half.status is RunStatus.PREPARING
    assert "runwatch.importing" in half.tags
    with refused(ConflictError):
        export_runs(other, ["r"], tmp_path / "b")
    put_file(store, "r", "b")
    export_runs(store, ["r"], tmp_path / "c")
    with refused(ConflictError) as caught:
        import_runs(other, tmp_path / "c")
    assert "in part" in caught.value.message


def test_a_newer_archive_is_refused(store: Store, tmp_path: Path) -> None:
    new_run(store, run_id="r")
    export_runs(store, ["r"], tmp_path / "a")
    manifest = tmp_path / "a/manifest.json"
    manifest.write_text(manifest.read_text().replace('"version":1', '"version":2'))
    with refused(WorkspaceVersionError):
        import_runs(store, tmp_path / "a")


def test_nothing_is_there(store: Store, tmp_path: Path) -> None:
    with refused(NotFoundError):
        import_runs(store, tmp_path / "none.zip")
    (tmp_path / "empty").mkdir()
    with refused(CorruptDataError):
        import_runs(store, tmp_path / "empty")


def test_an_empty_archive_brings_nothing(store: Store, tmp_path: Path) -> None:
    assert export_runs(store, [], tmp_path / "a.zip") == Exported(
        run_ids=(), metrics=0, rows=0, artifacts=0, size_bytes=export_runs(store, [], tmp_path / "b.zip").size_bytes
    )
    assert import_runs(store, tmp_path / "a.zip").run_ids == ()


def test_a_place_that_cannot_be_written_is_named(store: Store, tmp_path: Path) -> None:
    new_run(store, run_id="r")
    (tmp_path / "file").write_bytes(b"")
    for name in ("file/a.zip", "file/a"):
        with refused(UserErrorException) as caught:
            export_runs(store, ["r"], tmp_path / name)
        assert "cannot be written" in caught.value.message


def test_digests_are_as_the_page_says(store: Store, tmp_path: Path) -> None:
    """By hand, following docs/formats/archive.md."""
    export_runs(store, [fill(store).run_id], tmp_path / "a", children=False)
    manifest, run, index = (
        json.loads((tmp_path / "a" / name).read_text())
        for name in ("manifest.json", "runs/00001/run.json", "runs/00001/index.json")
    )
    for name in ("experiment_id", "number", "root_run_id"):
        del run[name]
    for metric in index["metrics"]:
        del metric["file"]
        for column in metric["columns"]:
            del column["field"]
    files = [[each[key] for key in ("path", "size_bytes", "sha256", "sealed")] for each in index["artifacts"]]
    whole = {"run": run, "metrics": index["metrics"], "artifacts": files, "without_files": False}
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"))
    assert manifest["runs"][0]["content"] == hashlib.sha256(text.encode()).hexdigest()
    (odd,) = (metric for metric in index["metrics"] if metric["name"] == "odd")
    floats = [b"\1" + ODD_FLOATS[8 * row : 8 * row + 8] if row != 7 else bytes(9) for row in range(9)]
    assert odd["columns"][0]["sha256"] == hashlib.sha256(b"".join(floats) * 2).hexdigest()
    texts = ["", None, "\0", "é", "\n", "=1", "🙂", "x" * 1_000, "nan"] * 2
    assert odd["columns"][2]["sha256"] == hashlib.sha256(b"".join(map(msgspec.msgpack.encode, texts))).hexdigest()
    assert odd["times"] == hashlib.sha256(odd_block().times * 2).hexdigest()
    (plain,) = (metric for metric in index["metrics"] if metric["name"] == "plain")
    assert plain["steps"] == hashlib.sha256(integers([NO_STEP, NO_STEP, 7])).hexdigest()
