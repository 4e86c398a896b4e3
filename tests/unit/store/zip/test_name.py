"""Names that are harmless everywhere, whatever they were made from."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runwatch.store.zip.name import PART_BYTES, PATH_BYTES, SafeNames, folded, is_safe_path, safe_path

DEVICES = {"con", "prn", "aux", "nul", "com1", "lpt9"}


@pytest.mark.parametrize(
    "path",
    [
        "outputs/model.pkl",
        ".gitignore",
        "a/.hidden/b",
        "ünï/日本.txt",
        "two words.txt",
        "console.txt",
        "-x",
        "a~b",
        "1",
    ],
)
def test_a_good_name_stays(path: str) -> None:
    assert safe_path(path) == path


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("../../etc/passwd", "._/._/etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("C:\\boot.ini", "C_/boot.ini"),
        ("\\\\server\\share\\x", "server/share/x"),
        ("file.txt:stream", "file.txt_stream"),
        ("con", "_con"),
        ("a/NUL.txt", "a/_NUL.txt"),
        ("com1 .log", "_com1 .log"),
        ("COM¹", "_COM¹"),
        ("end.", "end_"),
        ("end ", "end_"),
        ("a/ ./b", "a/_ _/b"),
        ("a\x00b\x1bc\u202ed\u200be", "a_b_c_d_e"),
        ("", "_"),
        ("..", "._"),
        ("...", ".._"),
        ("a//./b", "a/b"),
    ],
)
def test_a_hostile_name_is_made_harmless(path: str, name: str) -> None:
    assert safe_path(path) == name


@given(st.text(max_size=60) | st.text("./\\: ~cConN1uUlL", max_size=20) | st.text("a/", min_size=500, max_size=3_000))
def test_any_text_becomes_a_safe_name(text: str) -> None:
    name = safe_path(text)
    assert safe_path(name) == name
    assert is_safe_path(f"runs/00001/files/{name}")
    if len(text.encode()) <= PATH_BYTES:
        assert is_safe_path(text) == (name == text)
    assert len(name.encode()) <= PATH_BYTES
    assert not name.startswith("/")
    for part in name.split("/"):
        assert part not in {"", ".", ".."}
        assert len(part.encode()) <= PART_BYTES
        assert not part.endswith((".", " "))
        assert part.split(".")[0].strip().lower() not in DEVICES
        assert not set(part) & set('<>:"|?*\\/')
        assert all(unicodedata.category(char)[0] != "C" for char in part)


@given(st.lists(st.text("aAbß/.ﬀé\u0301e", min_size=1, max_size=6), max_size=30))
def test_no_two_files_get_one_name(paths: list[str]) -> None:
    names = SafeNames()
    given_ = [folded(names.give(path)) for path in paths]
    assert len(set(given_)) == len(given_)
    folders = {"/".join(name.split("/")[:count]) for name in given_ for count in range(1, name.count("/") + 1)}
    assert not folders & set(given_)


def test_a_long_name_keeps_its_suffix_and_stays_its_own() -> None:
    one, two = safe_path("x" * 400 + ".parquet"), safe_path("x" * 401 + ".parquet")
    assert one != two
    assert one.endswith(".parquet")
    deep = safe_path("folder/" * 200 + "leaf.txt")
    assert "/" not in deep
    assert deep.endswith(".txt")


def test_many_equal_names_are_given_quickly() -> None:
    names = SafeNames()
    assert len({names.give("a\x00" + "\x01" * (number % 2)) for number in range(20_000)}) == 20_000
