"""Archives that lie: nothing is written by their names, nothing is believed, nothing unfolds without bound."""

from __future__ import annotations

import hashlib
import io
import json
import os
import stat
import struct
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from runwatch.archive.export import export_runs
from runwatch.archive.intake import import_runs
from runwatch.schema import limit
from runwatch.schema.error import CorruptDataError, LimitError, RunwatchError
from runwatch.schema.run import ListRuns
from runwatch.store.protocol import Store
from runwatch.testing.sample import Writer, append_file, new_run, put_file, refused, scalars, table
from tests.unit.archive.scene import fill

Change = Callable[[Path], None]


@pytest.fixture
def folder(store: Store, tmp_path: Path) -> Path:
    """A good archive."""
    new_run(store, run_id="r")
    Writer(store, "r").append(scalars("loss", [1.0, 2.0]), table("texts", {"a": ["x", "y"]}))
    put_file(store, "r", "outputs/model.pkl", b"model")
    append_file(store, "r", b"log", path="log")
    export_runs(store, ["r"], tmp_path / "good")
    return tmp_path / "good"


def write_zip(folder: Path, place: Path, extra: dict[str, bytes] | None = None) -> Path:
    """A zip of a folder, and more entries in any form."""
    with zipfile.ZipFile(place, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder))
        for name, data in (extra or {}).items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return place


def edit(folder: Path, name: str, change: Callable[[Any], None], *, reseal: bool = True) -> None:
    """Change a document and, as a careful forger would, its digest in the manifest."""
    path = folder / name
    document = json.loads(path.read_text())
    change(document)
    put(folder, name, json.dumps(document).encode(), reseal=reseal)


def put(folder: Path, name: str, data: bytes, *, reseal: bool = True) -> None:
    (folder / name).write_bytes(data)
    if reseal and name != "manifest.json":
        seal = {"name": name, "size_bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        manifest = json.loads((folder / "manifest.json").read_text())
        manifest["files"] = [seal if each["name"] == name else each for each in manifest["files"]]
        (folder / "manifest.json").write_text(json.dumps(manifest))


def nothing_came(store: Store) -> bool:
    return store.runs.list(ListRuns(hidden=True)).runs == ()


class Watch:
    """Paths that this process opens for writing, renames or makes, outside of anonymous files."""

    def __init__(self) -> None:
        self.on = False
        self.seen: list[str] = []

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.on:
            return
        if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            self.seen.append(str(arguments[0]))
        if event in {"os.mkdir", "os.rename", "os.link", "os.symlink"}:
            self.seen.append(str(arguments[0]))


_WATCH = Watch()
sys.addaudithook(_WATCH)


@pytest.fixture
def watch() -> Iterator[Watch]:
    _WATCH.seen.clear()
    _WATCH.on = True
    yield _WATCH
    _WATCH.on = False


@pytest.mark.parametrize(
    "name",
    [
        "../evil", "runs/../../evil", "/etc/evil", "C:/evil", "C:evil", "\\\\server\\share", "..\\evil", "a/./b",
        "a//b", "con", "nul.txt", "end.", "end ", "a:stream", "~\x1b", "\u202eevil", "x/" * 700 + "y", "",
    ],
)  # fmt: skip
@pytest.mark.parametrize("listed", [False, True])
def test_a_name_that_leads_elsewhere_is_refused(
    folder: Path, other: Store, tmp_path: Path, name: str, listed: bool, watch: Watch
) -> None:
    watch.on = False
    if listed:
        seal = {"name": name, "size_bytes": 4, "sha256": hashlib.sha256(b"evil").hexdigest()}
        edit(folder, "manifest.json", lambda document: document["files"].append(seal))
        place = folder
    else:
        place = write_zip(folder, tmp_path / "bad.zip", {name: b"evil"})
    watch.on = True
    with refused(CorruptDataError):
        import_runs(other, place)
    assert watch.seen == []
    assert nothing_came(other)


def test_a_good_import_opens_nothing_for_writing_either(folder: Path, other: Store, watch: Watch) -> None:
    import_runs(other, folder)
    assert watch.seen == []
    assert not nothing_came(other)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK])
def test_an_entry_that_is_no_file_is_refused(folder: Path, other: Store, tmp_path: Path, kind: int) -> None:
    place = write_zip(folder, tmp_path / "bad.zip")
    with zipfile.ZipFile(place, "a") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = (kind | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    with refused(CorruptDataError):
        import_runs(other, place)
    assert nothing_came(other)


@pytest.mark.parametrize("where", ["runs/00001/files/log", "runs/00001/files", "runs/00001", "manifest.json"])
def test_a_link_in_a_folder_is_not_followed(folder: Path, other: Store, tmp_path: Path, where: str) -> None:
    (folder / where).rename(tmp_path / "outside")
    (folder / where).symlink_to(tmp_path / "outside")
    with refused(CorruptDataError):
        import_runs(other, folder)
    assert nothing_came(other)


def test_a_pipe_in_a_folder_holds_nobody_up(folder: Path, other: Store) -> None:
    (folder / "runs/00001/files/log").unlink()
    os.mkfifo(folder / "runs/00001/files/log")
    with refused(CorruptDataError):
        import_runs(other, folder)


@pytest.mark.parametrize("name", ["manifest.json", "MANIFEST.JSON", "Runs/00001/run.json", "runs/00001/files/LOG"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_refused(folder: Path, other: Store, tmp_path: Path, name: str) -> None:
    with refused(CorruptDataError) as caught:
        import_runs(other, write_zip(folder, tmp_path / "bad.zip", {name: b"{}"}))
    assert "twice" in caught.value.message


def test_names_that_unicode_joins_are_refused(folder: Path, other: Store, tmp_path: Path) -> None:
    place = write_zip(folder, tmp_path / "bad.zip", {"ſtraße": b"", "STRASSE": b""})
    with refused(CorruptDataError):
        import_runs(other, place)


def test_what_no_manifest_lists_is_left_alone(folder: Path, other: Store, tmp_path: Path) -> None:
    place = write_zip(folder, tmp_path / "more.zip", {"__MACOSX/._x": b"junk", "runs/": b""})
    assert import_runs(other, place).run_ids == ("r",)


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.6, 0.97, 0.999])
def test_a_truncated_zip_is_refused(folder: Path, other: Store, tmp_path: Path, kept: float) -> None:
    whole = write_zip(folder, tmp_path / "a.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: int(len(whole) * kept)])
    with refused(CorruptDataError) as caught:
        import_runs(other, tmp_path / "cut.zip")
    assert "cut" in caught.value.message
    assert nothing_came(other)


def test_any_flipped_byte_is_noticed_or_harmless(folder: Path, other: Store, tmp_path: Path) -> None:
    whole = write_zip(folder, tmp_path / "a.zip").read_bytes()
    refusals = 0
    for at in range(0, len(whole), 41):
        (tmp_path / "bad.zip").write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        try:
            import_runs(other, tmp_path / "bad.zip")
        except RunwatchError:
            refusals += 1
    assert refusals > len(whole) / 41 / 2
    if not nothing_came(other):  # what got in is what was exported: a byte that says nothing had been changed
        assert import_runs(other, folder).present == ("r",)


@pytest.mark.parametrize(
    "name", ["runs/00001/run.json", "runs/00001/metrics/00001.parquet", "runs/00001/files/outputs/model.pkl"]
)
@pytest.mark.parametrize("how", ["changed", "longer", "cut", "gone"])
def test_a_damaged_file_is_named(folder: Path, other: Store, name: str, how: str) -> None:
    data = (folder / name).read_bytes()
    changed = {"changed": data[:-1] + b"\x00", "longer": data + b"x", "cut": data[:-1]}
    if how == "gone":
        (folder / name).unlink()
    else:
        (folder / name).write_bytes(changed[how])
    with refused(CorruptDataError) as caught:
        import_runs(other, folder)
    assert caught.value.detail["file"] == name
    assert nothing_came(other)


@pytest.mark.parametrize(
    "change",
    [
        lambda run: run.update(run_id="else"),
        lambda run: run.update(tags={"x": "y"}),
        lambda run: run.update(status="Wonderful"),
        lambda run: run.pop("history"),
        lambda run: run.update(history="none"),
    ],
)
def test_a_record_that_was_forged_is_refused(folder: Path, other: Store, change: Callable[[Any], None]) -> None:
    edit(folder, "runs/00001/run.json", change)
    with refused(CorruptDataError):
        import_runs(other, folder)
    assert nothing_came(other)


def test_a_time_that_is_none_is_refused(folder: Path, other: Store) -> None:
    edit(folder, "runs/00001/run.json", lambda run: run.update(created_at=float("nan")))
    reforge(folder)
    with refused(CorruptDataError):
        import_runs(other, folder)
    assert nothing_came(other)


@pytest.mark.parametrize("data", [b"", b"\xff", b"[]", b"{" * 100_000, b"[" * 100_000, b"1" * 10_000, b"null"])
@pytest.mark.parametrize("name", ["manifest.json", "runs/00001/index.json"])
def test_a_document_that_is_none_is_refused(folder: Path, other: Store, name: str, data: bytes) -> None:
    put(folder, name, data)
    with refused(CorruptDataError):
        import_runs(other, folder)


@pytest.mark.parametrize("path", ["../x", "/x", "a//b", "", "a\x00b", "./a"])
def test_an_artifact_path_that_leads_elsewhere_is_refused(folder: Path, other: Store, path: str) -> None:
    edit(folder, "runs/00001/index.json", lambda index: index["artifacts"][0].update(path=path))
    with refused(CorruptDataError):
        import_runs(other, folder)
    assert nothing_came(other)


@pytest.mark.parametrize("ids", [[], ["a", "a"], ["..", "b"], ["a/b"], ["x" * 300]])
def test_run_ids_that_are_none_are_refused(folder: Path, other: Store, ids: list[str]) -> None:
    def change(manifest: Any) -> None:
        (run,) = manifest["runs"]
        manifest["runs"] = [run | {"run_id": each} for each in ids]

    edit(folder, "manifest.json", change)
    if ids:
        with refused(CorruptDataError):
            import_runs(other, folder)
    assert nothing_came(other)


def test_children_before_their_parents_are_refused(store: Store, other: Store, tmp_path: Path) -> None:
    export_runs(store, [fill(store).run_id], tmp_path / "a")
    edit(tmp_path / "a", "manifest.json", lambda manifest: manifest["runs"].reverse())
    with refused(CorruptDataError) as caught:
        import_runs(other, tmp_path / "a")
    assert "before its parent" in caught.value.message
    assert nothing_came(other)


def test_a_zip_that_unfolds_too_far_is_refused(folder: Path, other: Store, tmp_path: Path) -> None:
    place = write_zip(folder, tmp_path / "bomb.zip")
    with zipfile.ZipFile(place, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * (8 << 20))
    with refused(LimitError) as caught:
        import_runs(other, place)
    assert "unpack" in (caught.value.hint or "")


def test_a_zip_that_is_packed_modestly_is_taken(folder: Path, other: Store, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in folder.rglob("*"):
            archive.write(path, path.relative_to(folder))
    assert import_runs(other, tmp_path / "a.zip").run_ids == ("r",)


def test_other_ways_of_packing_are_refused(folder: Path, other: Store, tmp_path: Path) -> None:
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        place = tmp_path / f"{method}.zip"
        with zipfile.ZipFile(place, "w", method) as archive:
            archive.write(folder / "manifest.json", "manifest.json")
        with refused(CorruptDataError):
            import_runs(other, place)


def test_too_many_entries_are_refused(
    folder: Path, other: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = write_zip(folder, tmp_path / "many.zip", {f"junk-{number}": b"" for number in range(20)})
    count = len(zipfile.ZipFile(place).namelist())
    monkeypatch.setattr(limit, "ARCHIVE_ENTRIES", count)
    assert import_runs(other, place).run_ids == ("r",)
    monkeypatch.setattr(limit, "ARCHIVE_ENTRIES", count - 1)
    with refused(LimitError):
        import_runs(other, place)


def test_a_directory_of_a_million_entries_is_not_even_read(
    folder: Path, other: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = write_zip(folder, tmp_path / "a.zip")
    data = bytearray(place.read_bytes())
    at = data.rfind(b"PK\x05\x06")
    struct.pack_into("<L", data, at + 12, 0xFFFFFFF0)
    place.write_bytes(data)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with refused(LimitError):
        import_runs(other, place)


def test_entries_that_share_their_bytes_are_refused(folder: Path, other: Store, tmp_path: Path) -> None:
    place = write_zip(folder, tmp_path / "bomb.zip", {"big": os.urandom(100_000)})
    with zipfile.ZipFile(place) as archive:
        offset = archive.getinfo("big").header_offset
    data = place.read_bytes()
    with zipfile.ZipFile(place, "a") as archive:
        for number in range(5):
            info = zipfile.ZipInfo(f"copy-{number}")
            big = archive.getinfo("big")
            info.header_offset, info.CRC = offset, big.CRC
            info.compress_size = info.file_size = big.file_size
            archive.filelist.append(info)
        archive._didModify = True  # type: ignore[attr-defined]
    assert place.stat().st_size < len(data) + 1_000
    with refused(LimitError) as caught:
        import_runs(other, place)
    assert "overlap" in caught.value.message


@pytest.mark.parametrize("which", ["ARCHIVE_BYTES", "ARCHIVE_DOCUMENT_BYTES", "ARCHIVE_ROWS", "ARCHIVE_GROUP_BYTES"])
def test_every_cap_holds(folder: Path, other: Store, monkeypatch: pytest.MonkeyPatch, which: str) -> None:
    monkeypatch.setattr(limit, which, 1)
    with pytest.raises((LimitError, CorruptDataError)):
        import_runs(other, folder)
    monkeypatch.undo()
    import_runs(other, folder)


def forge_metric(folder: Path, name: str, data: bytes) -> None:
    """Put another Parquet file in place of a metric's."""
    put(folder, f"runs/00001/metrics/{name}", data)
    reforge(folder)


def reforge(folder: Path) -> None:
    """Make the digest of the run fit its documents."""
    from runwatch.archive import form
    from runwatch.archive.form import Index
    from runwatch.schema.run import Run

    run = form.decode((folder / "runs/00001/run.json").read_bytes(), Run, "")
    index = form.decode((folder / "runs/00001/index.json").read_bytes(), Index, "")
    content = form.content_digest(run, index)
    edit(folder, "manifest.json", lambda manifest: manifest["runs"][0].update(content=content))


def parquet(table: pa.Table, **words: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **words)
    return sink.getvalue()


def test_rows_that_are_not_those_exported_are_refused(folder: Path, other: Store) -> None:
    rows = pq.read_table(folder / "runs/00001/metrics/00001.parquet")
    forged = rows.set_column(2, rows.schema.field(2), pa.array([1.0, 3.0]))
    forge_metric(folder, "00001.parquet", parquet(forged))
    with refused(CorruptDataError) as caught:
        import_runs(other, folder)
    assert "not those that were exported" in caught.value.message
    (run,) = other.runs.list(ListRuns()).runs
    assert "runwatch.importing" in run.tags


@pytest.mark.parametrize("data", [b"", b"PAR1", b"PAR1" + b"\0" * 100 + b"PAR1", b"junk" * 1_000])
def test_a_metric_that_is_no_parquet_is_refused(folder: Path, other: Store, data: bytes) -> None:
    forge_metric(folder, "00001.parquet", data)
    with refused(CorruptDataError):
        import_runs(other, folder)


def test_a_dictionary_of_texts_is_refused(folder: Path, other: Store) -> None:
    rows = pq.read_table(folder / "runs/00001/metrics/00002.parquet")
    forge_metric(folder, "00002.parquet", parquet(rows, use_dictionary=True))
    with refused(LimitError):
        import_runs(other, folder)


def test_more_rows_than_said_are_refused(folder: Path, other: Store) -> None:
    rows = pq.read_table(folder / "runs/00001/metrics/00001.parquet")
    forge_metric(folder, "00001.parquet", parquet(pa.concat_tables([rows, rows])))
    with refused(CorruptDataError):
        import_runs(other, folder)


def test_a_row_group_that_is_too_long_is_refused(folder: Path, other: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limit, "BATCH_RECORDS", 1)
    with refused(LimitError):
        import_runs(other, folder)


def test_hostile_names_become_no_files(store: Store, tmp_path: Path) -> None:
    export_runs(store, [fill(store).run_id], tmp_path / "deep/er/a")
    export_runs(store, [store.runs.list(ListRuns(include_children=False)).runs[-1].run_id], tmp_path / "deep/er/a.zip")
    outside = [path for path in tmp_path.rglob("*") if "er" not in path.parts and path.is_file()]
    assert outside == []
    with zipfile.ZipFile(tmp_path / "deep/er/a.zip") as archive:
        assert all(".." not in name.split("/") and not name.startswith("/") for name in archive.namelist())
    names = [path.name for path in (tmp_path / "deep/er/a").rglob("*.parquet")]
    assert all(name.removesuffix(".parquet").isdecimal() for name in names)
