"""Which files a snapshot leaves out: as git does, and our own rules."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from runwatch.sdk.snapshot.folder import walk_folder


def make(root: Path, *paths: str, **texts: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)


def ignore(root: Path, place: str, *lines: str) -> None:
    (root / place).parent.mkdir(parents=True, exist_ok=True)
    (root / place).write_text("\n".join(lines))


def kept(root: Path) -> list[str]:
    return sorted(walk_folder(root).files)


def test_the_nearest_file_decides_as_in_git(tmp_path: Path) -> None:
    if shutil.which("git") is None:
        pytest.skip("git is not here to compare with")
    make(
        tmp_path, "a.log", "keep.log", "data/x", "data/keep", "data/deep/y", "src/a.log", "src/b.tmp", "src/sub/b.tmp",
        "build/x", "src/build/x", "src/build.py", "star/a/b/c", "star/c", "only", "sp ace", "#hash", "!bang", "z[1]",
        "glob/one/x", "glob/one/keep/z",
    )  # fmt: skip
    ignore(
        tmp_path, ".gitignore", "*.log", "!keep.log", "# no pattern", "", "data/**", "!data/keep", "build/", "/only",
        "star/**/c", "\\#hash", "\\!bang", "z\\[1\\]", "sp ace  ", "glob/**", "!glob/one/", "!glob/one/keep/",
        "back\\",
    )  # fmt: skip
    ignore(tmp_path, "src/.gitignore", "*.tmp", "!a.log", "!sub/")
    ignore(tmp_path, "src/sub/.gitignore", "!b.tmp")
    ran = {"cwd": tmp_path, "check": True, "capture_output": True, "text": True}
    subprocess.run(["git", "init", "-q"], **ran)  # type: ignore[call-overload]
    done = subprocess.run(["git", "ls-files", "-coz", "--exclude-standard"], **ran)  # type: ignore[call-overload]
    assert kept(tmp_path) == sorted(filter(None, done.stdout.split("\0")))


def test_an_amlignore_replaces_every_gitignore(tmp_path: Path) -> None:
    make(tmp_path, "a.csv", "b.txt", "d/a.csv", "d/b.txt", "d/c.md")
    ignore(tmp_path, ".gitignore", "*.csv")
    ignore(tmp_path, "d/.gitignore", "*.md")
    assert kept(tmp_path) == [".gitignore", "b.txt", "d/.gitignore", "d/b.txt"]
    ignore(tmp_path, ".amlignore", "b.txt", ".*ignore")
    assert kept(tmp_path) == ["a.csv", "d/a.csv", "d/c.md"]


def test_our_own_rules_can_be_taken_back(tmp_path: Path) -> None:
    make(
        tmp_path, ".git/HEAD", "p/__pycache__/x.pyc", "p/m.py", ".runwatch/config.json", "outputs/model", "logs/a",
        "p/outputs/x",
    )  # fmt: skip
    assert kept(tmp_path) == ["p/m.py", "p/outputs/x"]
    ignore(tmp_path, ".gitignore", "!/outputs/")
    assert kept(tmp_path) == [".gitignore", "outputs/model", "p/m.py", "p/outputs/x"]
