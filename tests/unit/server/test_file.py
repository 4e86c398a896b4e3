"""Downloads: ranges, copies that are kept, and files that must not run in the studio's origin."""

from __future__ import annotations

import hashlib
import io
import zipfile
from urllib.parse import quote

import pytest

from runwatch.schema.artifact import AppendArtifact, CreateArtifact, SealArtifact
from runwatch.schema.run import Run
from runwatch.schema.wire import API
from runwatch.server.file import RangeError, span_of
from runwatch.store.memory.store import MemoryStore
from runwatch.testing.sample import new_run
from tests.unit.server.served import Answer, Client

CONTENT = bytes(range(256)) * 10_000


def put(store: MemoryStore, run: Run, path: str, content: bytes = CONTENT, *, seal: bool = True) -> None:
    store.artifacts.create(CreateArtifact(run_id=run.run_id, path=path))
    store.artifacts.append(AppendArtifact(run_id=run.run_id, path=path, offset=0, data=content))
    if seal:
        store.artifacts.seal(SealArtifact(run_id=run.run_id, path=path))


def fetch(client: Client, run: Run, path: str, more: str = "", **headers: str) -> Answer:
    address = f"{API}/artifacts:download?run_id={run.run_id}&path={quote(path, safe='')}{more}"
    return client.get(address, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_a_file_comes_whole_and_by_range(client: Client, store: MemoryStore) -> None:
    run = new_run(store)
    put(store, run, "outputs/model.bin")
    whole = fetch(client, run, "outputs/model.bin")
    assert (whole.status, whole.body) == (200, CONTENT)
    assert whole.headers["etag"] == f'"{hashlib.sha256(CONTENT).hexdigest()}"'
    part = fetch(client, run, "outputs/model.bin", range="bytes=1000-2000999")
    assert (part.status, part.body) == (206, CONTENT[1000:2_001_000])
    assert part.headers["content-range"] == f"bytes 1000-2000999/{len(CONTENT)}"
    assert fetch(client, run, "outputs/model.bin", range="bytes=-5").body == CONTENT[-5:]
    assert fetch(client, run, "outputs/model.bin", range=f"bytes={len(CONTENT)}-").status == 416


def test_a_copy_that_was_kept_is_not_sent_again_and_a_range_of_another_content_is_the_whole(
    client: Client, store: MemoryStore
) -> None:
    run = new_run(store)
    put(store, run, "a.bin")
    tag = fetch(client, run, "a.bin").headers["etag"]
    assert fetch(client, run, "a.bin", if_none_match=tag).status == 304
    assert fetch(client, run, "a.bin", if_none_match='"other"').status == 200
    assert fetch(client, run, "a.bin", range="bytes=0-9", if_range=tag).status == 206
    assert fetch(client, run, "a.bin", range="bytes=0-9", if_range='"other"').body == CONTENT


def test_a_growing_file_comes_as_it_stands_and_without_a_tag(client: Client, store: MemoryStore) -> None:
    run = new_run(store)
    put(store, run, "logs/a.txt", b"half a line", seal=False)
    found = fetch(client, run, "logs/a.txt")
    assert (found.body, found.headers.get("etag")) == (b"half a line", None)


@pytest.mark.parametrize(
    ("path", "media", "inline"),
    [
        ("plot.png", "image/png", True),
        ("notes.txt", "text/plain; charset=utf-8", True),
        ("page.html", "text/plain; charset=utf-8", False),
        ("drawing.svg", "application/octet-stream", False),
        ("data.xml", None, False),
        ("paper.pdf", "application/octet-stream", False),
        ("code.js", None, False),
    ],
)
def test_nothing_that_was_uploaded_can_run(
    client: Client, store: MemoryStore, path: str, media: str | None, inline: bool
) -> None:
    run = new_run(store)
    put(store, run, path, b"<script>alert(1)</script>")
    found = fetch(client, run, path)
    assert found.headers["content-disposition"].startswith("inline" if inline else "attachment")
    assert found.headers["content-security-policy"].startswith("sandbox;")
    assert found.headers["x-content-type-options"] == "nosniff"
    assert found.headers["content-type"] in (
        {media} if media else {"text/plain; charset=utf-8", "application/octet-stream"}
    )
    assert fetch(client, run, path, "&save=true").headers["content-disposition"].startswith("attachment")


def test_a_hostile_name_stays_a_name(client: Client, store: MemoryStore) -> None:
    run = new_run(store)
    name = 'a"; filename=evil.exe; ünï 🙂.bin'
    put(store, run, f"outputs/{name}", b"x")
    found = fetch(client, run, f"outputs/{name}")
    assert found.headers["content-disposition"] == f"attachment; filename*=UTF-8''{quote(name, safe='')}"


@pytest.mark.parametrize("path", ["../runwatch.db", "/etc/passwd", "..%2f..%2fetc", "a/../../b", "\x00", "~", "C:\\x"])
def test_a_path_that_leads_elsewhere_leads_nowhere(client: Client, store: MemoryStore, path: str) -> None:
    answer = fetch(client, new_run(store), path)
    assert answer.status in {400, 404}


@pytest.mark.parametrize(
    ("asked", "span"),
    [
        ("", None), ("bytes=0-0", (0, 1)), ("bytes=5-", (5, 10)), ("bytes=-3", (7, 10)), ("bytes=-99", (0, 10)),
        ("bytes=0-99", (0, 10)), ("bytes=-", None), ("bytes=0-1,3-4", None), ("lines=0-1", None), ("bytes=5-2", None),
        ("bytes=" + ",".join(["0-1"] * 10_000), None),
    ],
)  # fmt: skip
def test_ranges(asked: str, span: tuple[int, int] | None) -> None:
    assert span_of(asked, 10) == span


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=99-100", "bytes=-0"])
def test_a_range_of_no_byte_is_refused(asked: str) -> None:
    with pytest.raises(RangeError):
        span_of(asked, 10)


def test_files_of_a_run_come_as_a_zip(client: Client, store: MemoryStore) -> None:
    run = new_run(store)
    for path in ("outputs/a.txt", "outputs/deep/b.bin", "logs/c.txt", "outputs/d e.txt"):
        put(store, run, path, path.encode())
    answer = client.get(f"{API}/artifacts:zip?run_id={run.run_id}&prefix=outputs/&relative=true")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''{run.run_id}-outputs.zip"
    with zipfile.ZipFile(io.BytesIO(answer.body)) as found:
        assert found.testzip() is None
        assert sorted(found.namelist()) == ["a.txt", "d e.txt", "deep/b.bin"]
        assert found.read("deep/b.bin") == b"outputs/deep/b.bin"


def test_a_zip_of_an_unknown_run_is_an_error_and_none_that_breaks_off(client: Client) -> None:
    assert client.get(f"{API}/artifacts:zip?run_id=nowhere").status == 404


def test_the_zip_of_a_snapshot_is_the_folder(client: Client, store: MemoryStore) -> None:
    from runwatch.store.snapshot.manifest import Manifest, encode

    run = new_run(store)
    put(store, run, "snapshot.json", encode(Manifest(folders=("empty",))))
    answer = client.get(f"{API}/artifacts:zip?run_id={run.run_id}&prefix=snapshot/")
    with zipfile.ZipFile(io.BytesIO(answer.body)) as found:
        assert found.namelist() == ["empty/"]
    other = new_run(store)
    put(store, other, "snapshot.json", b"no manifest")
    assert client.get(f"{API}/artifacts:zip?run_id={other.run_id}&prefix=snapshot/").status == 422


def test_the_console_comes_under_the_originals_name_too(client: Client, store: MemoryStore) -> None:
    run = new_run(store)
    put(store, run, "azureml-logs/70_driver_log.txt", b"console")
    assert fetch(client, run, "user_logs/std_log.txt").body == b"console"
    assert fetch(client, run, "user_logs/std_log.txt", range="bytes=3-").body == b"sole"
    put(store, run, "user_logs/std_log.txt", b"own")
    assert fetch(client, run, "user_logs/std_log.txt").body == b"own"
