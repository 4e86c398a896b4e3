"""The commit of the working folder: found by git, never at the cost of the training."""

from __future__ import annotations

import os
import stat
import subprocess
import time
from pathlib import Path

import pytest

from runwatch.sdk.git import GitInquiry, properties, without_password

STATUS = "# branch.oid abc\n# branch.head main\n"


def test_properties() -> None:
    found = properties(STATUS, "https://me:secret@host/repo.git\n", {})
    assert found == {
        "azureml.git.commit": "abc",
        "azureml.git.branch": "main",
        "azureml.git.dirty": "False",
        "azureml.git.repository_uri": "https://host/repo.git",
        "mlflow.source.git.repoURL": "https://host/repo.git",
        "mlflow.source.git.branch": "main",
        "mlflow.source.git.commit": "abc",
    }


def test_changed_files_make_it_dirty() -> None:
    assert properties(STATUS + "1 .M N... 1 1 1 a b x.py\n", "", {})["azureml.git.dirty"] == "True"


def test_the_environment_wins() -> None:
    assert properties("", "", {}) == {}
    assert properties(STATUS, "", {"AZUREML_GIT_COMMIT": "def"})["mlflow.source.git.commit"] == "def"


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("git@host:me/repo.git", "git@host:me/repo.git"),
        ("https://token@host:8443/x?y", "https://host:8443/x?y"),
        ("https://host/x", "https://host/x"),
        ("https://[broken", ""),
    ],
)
def test_no_password_is_recorded(url: str, clean: str) -> None:
    assert without_password(url) == clean


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    (folder / "deep").mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    (folder / "a.py").write_text("1")
    git(folder, "add", ".")
    git(folder, "-c", "user.name=x", "-c", "user.email=x@x", "commit", "-q", "-m", "x")
    return folder


def test_a_real_repository(repository: Path) -> None:
    found = GitInquiry(repository / "deep").answer(10)
    assert found is not None
    assert len(found["azureml.git.commit"]) == 40
    assert (found["azureml.git.branch"], found["azureml.git.dirty"]) == ("main", "False")
    (repository / "a.py").write_text("2")
    changed = GitInquiry(repository).answer(10)
    assert changed is not None
    assert changed["azureml.git.dirty"] == "True"


def test_no_repository_and_no_git(tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert GitInquiry(tmp_path).answer(0) == {}
    monkeypatch.setenv("PATH", "")
    assert GitInquiry(repository).answer(0) == {}


def script(folder: Path, text: str) -> None:
    folder.mkdir(exist_ok=True)
    program = folder / "git"
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def test_a_git_that_hangs_is_not_waited_for(tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(tmp_path / "bin", "exec sleep 60")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    inquiry = GitInquiry(repository)
    assert inquiry.answer(0.05) is None
    started = time.monotonic()
    inquiry.drop()
    assert time.monotonic() - started < 30  # it was ended, not waited for
    assert inquiry.answer(0) == {}


def test_a_git_in_the_working_folder_is_not_run(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(repository, "touch ran")
    monkeypatch.chdir(repository)
    monkeypatch.setenv("PATH", ".")
    assert GitInquiry(repository).answer(5) == {}
    assert not (repository / "ran").exists()


def test_the_repositorys_own_programs_are_not_run(repository: Path) -> None:
    script(repository, "touch ran")
    git(repository, "config", "core.fsmonitor", str(repository / "git"))
    assert GitInquiry(repository).answer(10)
    assert not (repository / "ran").exists()
