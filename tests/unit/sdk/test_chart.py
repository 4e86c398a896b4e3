"""Images by their first bytes, charts by their form, and names of their files."""

from __future__ import annotations

import io
from pathlib import PurePosixPath

import pytest
from PIL import Image

from runwatch.schema.name import check_artifact_path
from runwatch.sdk import chart


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "bmp", "tiff", "webp"])
def test_images_are_known(kind: str) -> None:
    file = io.BytesIO()
    Image.new("RGB", (2, 2)).save(file, kind)
    assert chart.image_format(file.getvalue()[:1024]) is not None


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b'<svg xmlns="x">', "svg"),
        (b'\n<?xml version="1.0"?>\n<!-- made by x -->\n<svg>', "svg"),
        (b"<html><svg>", None),
        (b"", None),
        (b"RIFF1234WAVE", None),
    ],
)
def test_svg_and_what_is_none(start: bytes, kind: str | None) -> None:
    assert chart.image_format(start) == kind


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("Confusion matrix", "Confusion matrix"),
        (" trailing ", " trailing "),
        ("a/b", "a/b"),
        ("../../etc/passwd", "etc/passwd"),
        ("/", "_"),
        ("a\nb", "a_b"),
        ("\\\\host\\share", "host/share"),
        ("n" * 5_000, "n" * (4_096 - 64)),
    ],
)
def test_names_become_paths_that_an_artifact_may_have(name: str, path: str) -> None:
    assert chart.artifact_name(name) == path
    assert check_artifact_path(path) == path


def test_images_keep_their_path_unless_it_leads_out() -> None:
    assert chart.image_name(PurePosixPath("plots/a.png")) == "plots/a.png"
    assert chart.image_name(PurePosixPath("/tmp/a.png")) == "a.png"
    assert chart.image_name(PurePosixPath("../a.png")) == "a.png"
    assert chart.numbered("plots/a.png", 2) == "plots/a_2.png"
