"""Manifests: the id follows from the content, and what could lead out of a folder is refused."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest

from runwatch.schema.error import CorruptDataError
from runwatch.store.snapshot.link import leads_out
from runwatch.store.snapshot.manifest import Manifest, SnapshotFile, SnapshotLink, decode, encode, snapshot_id
from runwatch.testing.sample import refused

ODD_PATHS = (
    "../x", "/etc/passwd", "a/../../x", "a//b", "", ".", "./a", "a/.", "a\\b", "..\\x", "a\nb", "a\0b", "x" * 4_090,
)  # fmt: skip


def file(path: str, **changes: Any) -> SnapshotFile:
    return SnapshotFile(**{"path": path, "size_bytes": 1, "sha256": "0" * 64, **changes})


def test_what_is_written_is_read() -> None:
    manifest = Manifest(
        files=(file("a/b", executable=True),), links=(SnapshotLink(path="l", target="a/b"),), folders=("e",)
    )
    assert decode(encode(manifest)) == manifest
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", snapshot_id(manifest))


def test_the_id_is_that_of_the_content() -> None:
    one, other = Manifest(files=(file("a"),)), Manifest(files=(file("a", executable=True),))
    assert snapshot_id(one) == snapshot_id(Manifest(files=(file("a"),)))
    assert snapshot_id(one) != snapshot_id(other)


@pytest.mark.parametrize("path", ODD_PATHS)
@pytest.mark.parametrize("where", ["files", "links", "folders"])
def test_paths_that_lead_out_are_refused(path: str, where: str) -> None:
    made: dict[str, Any] = {
        "files": (file(path),), "links": (SnapshotLink(path=path, target="x"),), "folders": (path,),
    }  # fmt: skip
    with refused(CorruptDataError):
        decode(encode(Manifest(**{where: made[where]})))


@pytest.mark.parametrize(
    "manifest",
    [
        Manifest(files=(file("a"), file("a"))),
        Manifest(files=(file("a"), file("a/b"))),
        Manifest(files=(file("a/b"),), links=(SnapshotLink(path="a", target="c"),)),
        Manifest(files=(file("a/b"),), folders=("a",)),
        Manifest(files=(file("a"),), folders=("a",)),
        Manifest(files=(file("a", size_bytes=-1),)),
        Manifest(files=(file("a", sha256="no"),)),
        Manifest(version=2),
    ],
)
def test_contradictions_are_refused(manifest: Manifest) -> None:
    with refused(CorruptDataError):
        decode(encode(manifest))


@pytest.mark.parametrize("data", [b"", b"\xff", b"[]", b'{"version":1,"more":1}', b'{"files":[{"path":1}]}'])
def test_what_is_no_manifest_is_refused(data: bytes) -> None:
    with refused(CorruptDataError):
        decode(data)


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from runwatch.schema import limit

    monkeypatch.setattr(limit, "SNAPSHOT_FILES", 2)
    decode(encode(Manifest(folders=("a", "b"))))
    with refused(CorruptDataError):
        decode(encode(Manifest(folders=("a", "b", "c"))))


@pytest.mark.parametrize(
    ("links", "out"),
    [
        ({"l": "a"}, False),
        ({"d/l": ".."}, False),
        ({"d/l": "../.."}, True),
        ({"l": "/etc"}, True),
        ({"l": ""}, True),
        ({"l": "l"}, True),
        ({"l": "d/up/..", "d/up": ".."}, True),  # by its text alone it stays in ``d``
        ({"l": "d/up/x", "d/up": ".."}, False),
        ({"l": "a/../../x"}, True),
        ({"l": "a\0b"}, True),
    ],
)
def test_where_links_lead(links: dict[str, str], out: bool) -> None:
    first = next(iter(links))
    assert leads_out(first, links) is out
    made = Manifest(links=tuple(SnapshotLink(path=path, target=target) for path, target in links.items()))
    if out:
        with refused(CorruptDataError):
            decode(msgspec.json.encode(made))
    else:
        decode(msgspec.json.encode(made))
