from __future__ import annotations

import pytest

from runwatch.schema.error import InvalidValueError
from runwatch.store.blob import path as paths


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.png", "image/png"),
        ("a.PNG", "image/png"),
        ("a/b.log", "text/plain"),
        ("model.pkl", "application/octet-stream"),
        ("data:text/html,x", "application/octet-stream"),
        ("a.csv", "text/csv"),
        ("html", "application/octet-stream"),
    ],
)
def test_the_media_type_follows_the_suffix(path: str, expected: str) -> None:
    assert paths.media_type(path) == expected


@pytest.mark.parametrize("prefix", ["a", "a/", "é", "\ud7ff", "a\U0010ffff", "🙂"])
def test_after_is_the_first_text_beyond_a_prefix(prefix: str) -> None:
    end = paths.after(prefix)
    assert end is not None
    assert prefix < prefix + "\U0010ffff" * 3 < end
    end.encode()


@pytest.mark.parametrize("prefix", ["", "\U0010ffff"])
def test_nothing_is_beyond_the_last_prefix(prefix: str) -> None:
    assert paths.after(prefix) is None


def test_a_folder_needs_no_slash() -> None:
    assert paths.normal_folder("a/b/") == paths.normal_folder("a\\b") == "a/b"
    assert paths.normal_folder("") == paths.normal_folder("/") == ""


@pytest.mark.parametrize("prefix", ["../", "a//", "/", "a/../b", "x\n", "\udcff", "x" * 5_000])
def test_a_prefix_that_no_path_has_is_refused(prefix: str) -> None:
    with pytest.raises(InvalidValueError):
        paths.normal_prefix(prefix)


def test_a_digest_is_64_digits_or_none() -> None:
    assert paths.check_sha256("") == ""
    assert paths.check_sha256("AB" * 32) == "ab" * 32
    with pytest.raises(InvalidValueError):
        paths.check_sha256("ab")
