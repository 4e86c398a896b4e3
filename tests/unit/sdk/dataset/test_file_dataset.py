"""Datasets of files: found when they are wanted, by path, pattern and datastore."""

from __future__ import annotations

import os
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from runwatch import Dataset, FileDataset, Workspace
from runwatch.exceptions import InvalidValueError, NotFoundError, NotSupportedError, UserErrorException
from runwatch.sdk.dataset import place


@pytest.fixture
def data(clean_place: Path) -> Path:
    made = clean_place / "data"
    (made / "sub").mkdir(parents=True)
    for name in ("a.txt", "b.txt", "sub/c.txt", "sub/d.csv"):
        (made / name).write_text(name)
    return made


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("", ["/a.txt", "/b.txt", "/sub/c.txt", "/sub/d.csv"]),
        ("a.txt", ["/a.txt"]),
        ("*.txt", ["/a.txt", "/b.txt"]),
        ("**/*.txt", ["/a.txt", "/b.txt", "/sub/c.txt"]),
        ("**", ["/a.txt", "/b.txt", "/sub/c.txt", "/sub/d.csv"]),
        ("s*", ["/sub/c.txt", "/sub/d.csv"]),
        ("sub/?.csv", ["/d.csv"]),
    ],
)
@pytest.mark.parametrize("where", ["disk", "datastore"])
def test_paths_and_patterns(workspace: Workspace, data: Path, where: str, pattern: str, expected: list[str]) -> None:
    store = workspace.get_default_datastore()
    store.upload(data, target_path="in")
    given = str(data / pattern) if where == "disk" else (store, f"in/{pattern}")
    found = Dataset.File.from_files(given)
    assert found.to_path() == expected
    names = [f"/{Path(path).read_text()}" for path in found.download()]
    assert all(name.endswith(path) for name, path in zip(names, expected, strict=True))


def test_several_sources_and_a_name_twice(workspace: Workspace, data: Path) -> None:
    made = Dataset.File.from_files([str(data / "a.txt"), data / "sub", data / "a.txt"])
    assert made.to_path() == ["/a.txt", "/c.txt", "/d.csv", "/2/a.txt"]


def test_nothing_is_looked_at_before_it_is_wanted(data: Path) -> None:
    made = Dataset.File.from_files(data)
    (data / "new.txt").write_text("new")
    assert "/new.txt" in made.to_path()
    with pytest.raises(UserErrorException, match="no files"):
        Dataset.File.from_files(data / "absent")
    late = Dataset.File.from_files(data / "absent", validate=False)
    with pytest.raises(UserErrorException, match="no files"):
        late.to_path()
    with pytest.raises(InvalidValueError):
        Dataset.File.from_files(7)
    with pytest.raises(UserErrorException):
        Dataset.File.from_files([])


def test_parts_of_it(data: Path) -> None:
    made = Dataset.File.from_files(data)
    assert made.take(1).to_path() == ["/a.txt"]
    assert made.skip(3).to_path() == ["/sub/d.csv"]
    assert made.skip(1).take(2).to_path() == ["/b.txt", "/sub/c.txt"]
    one, rest = made.random_split(0.5, seed=3)
    assert sorted(one.to_path() + rest.to_path()) == made.to_path()
    assert made.random_split(0.5, seed=3)[0].to_path() == one.to_path()
    assert made.sample(1.0).to_path() == made.to_path()
    assert made.sample(0.0).to_path() == []
    for wrong in (lambda: made.take(-1), lambda: made.random_split(1.5), lambda: made.sample(2)):
        with pytest.raises(InvalidValueError):
            wrong()


def test_a_copy_and_a_mount(data: Path, clean_place: Path) -> None:
    made = Dataset.File.from_files(data / "*.txt")
    assert made.download(clean_place / "copy") == [str(clean_place / "copy" / name) for name in ("a.txt", "b.txt")]
    with pytest.raises(UserErrorException, match="overwrite"):
        made.download(clean_place / "copy")
    made.download(clean_place / "copy", overwrite=True)
    with made.mount() as mounted:
        assert sorted(os.listdir(mounted.mount_point)) == ["a.txt", "b.txt"]
        assert Path(mounted.mount_point, "a.txt").read_text() == "a.txt"
    assert not Path(mounted.mount_point).exists()
    assert (data / "a.txt").exists()
    with pytest.raises(NotSupportedError):
        made.as_hdfs()


def test_a_job_finds_the_files_of_its_input_and_no_other(workspace: Workspace, data: Path) -> None:
    chosen = Dataset.File.from_files([str(data / "a.txt"), str(data / "b.txt")]).take(1)
    for _ in range(2):  # the second time it is there already
        assert os.listdir(chosen._local_path()) == ["a.txt"]


def test_what_a_job_is_given_is_the_place_itself_if_that_will_do(workspace: Workspace, data: Path) -> None:
    assert made_text(Dataset.File.from_files(data)) == str(data)
    assert made_text(Dataset.File.from_files(data / "a.txt")) == str(data / "a.txt")
    some = Path(made_text(Dataset.File.from_files(data / "*.txt")))
    assert sorted(path.name for path in some.glob("*.txt")) == ["a.txt", "b.txt"]
    assert (some / "a.txt").is_symlink()
    store = workspace.get_default_datastore()
    store.upload(data, target_path="in")
    kept = Path(made_text(Dataset.File.from_files((store, "in/sub"))))
    assert kept.parent == place.cache_folder()
    assert (kept / "c.txt").read_text() == "sub/c.txt"
    before = (kept / "c.txt").stat().st_mtime_ns
    assert made_text(Dataset.File.from_files((store, "in/sub"))) == str(kept)
    assert (kept / "c.txt").stat().st_mtime_ns == before  # fetched once


def made_text(dataset: FileDataset) -> str:
    return dataset.as_named_input("x").as_mount().to_text()


def test_registered_and_found_again(workspace: Workspace, data: Path) -> None:
    made = Dataset.File.from_files(data)
    first = made.register(workspace, "my data", description="d", tags={"a": 1})
    assert (first.name, first.version, first.id, first.tags) == ("my data", 1, "my data:1", {"a": "1"})
    assert made.register(workspace, "my data").version == 1  # the same again
    other = Dataset.File.from_files(data / "sub")
    with pytest.raises(UserErrorException, match="create_new_version"):
        other.register(workspace, "my data")
    assert other.register(workspace, "my data", create_new_version=True).version == 2
    assert Dataset.get_by_name(workspace, "my data").to_path() == ["/c.txt", "/d.csv"]
    assert Dataset.get_by_name(workspace, "my data", version=1) == first
    assert Dataset.get_by_id(workspace, "my data:1").description == "d"
    assert list(Dataset.get_all(workspace)) == list(workspace.datasets) == ["my data"]
    first.add_tags({"b": "2"})
    first.remove_tags(["a"])
    assert Dataset.get_by_id(workspace, "my data:1").tags == {"b": "2"}
    assert first.update(description="new", tags={"c": None}).description == "new"
    assert first.tags == {"c": None}
    first.unregister_all_versions()
    assert workspace.datasets == {}
    assert first.id is None
    with pytest.raises(NotFoundError):
        Dataset.get_by_name(workspace, "my data")
    with pytest.raises(InvalidValueError):
        Dataset.get_by_id(workspace, "my data")


def test_a_folder_is_uploaded(workspace: Workspace, data: Path) -> None:
    store = workspace.get_default_datastore()
    made = Dataset.File.upload_directory(data, (store, "up"), pattern="*.csv")
    assert made.to_path() == ["/sub/d.csv"]
    assert Dataset.File.upload_directory(data, store.path("all")).to_path()[0] == "/a.txt"
    assert Dataset.File.from_files(store.path("all")).register(workspace, "up").version == 1
    assert Dataset.get_by_name(workspace, "up").take(1).to_path() == ["/a.txt"]


def test_a_url_is_read_through_fsspec(clean_place: Path) -> None:
    import fsspec

    memory = fsspec.filesystem("memory")
    for name in ("/bucket/a.txt", "/bucket/sub/b.txt"):
        memory.pipe(name, name.encode())
    try:
        assert Dataset.File.from_files("memory://bucket/**/*.txt").to_path() == ["/a.txt", "/sub/b.txt"]
        made = Dataset.File.from_files("memory://bucket")
        assert made.to_path() == ["/a.txt", "/sub/b.txt"]
        assert Path(made.download()[1]).read_text() == "/bucket/sub/b.txt"
    finally:
        memory.rm("/bucket", recursive=True)


def test_a_page_of_the_web_is_a_file(data: Path) -> None:
    handler = partial(SimpleHTTPRequestHandler, directory=str(data))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_port}"
            made = Dataset.File.from_files([f"{url}/a.txt", f"{url}/sub/d.csv?version=1"])
            assert made.to_path() == ["/a.txt", "/d.csv"]
            assert [Path(path).read_text() for path in made.download()] == ["a.txt", "sub/d.csv"]
            with pytest.raises(UserErrorException, match="404"):
                Dataset.File.from_files(f"{url}/absent").download()
        finally:
            server.shutdown()
            thread.join()
