"""The Python of a job that brings its own is found, or the error says what is wrong with it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runwatch.compute.environment.interpreter import find
from runwatch.compute.environment.python import probe
from runwatch.schema.error import ExperimentExecutionException
from runwatch.schema.launch import EnvironmentSpec


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture(scope="module")
def venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("venv") / "mine"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return folder


def test_nothing_named_means_the_one_that_submitted(venv: Path) -> None:
    submitted = str(venv / "bin" / "python")
    assert find(EnvironmentSpec(), submitted, submitted_here=True).executable == submitted
    assert find(EnvironmentSpec(), submitted, submitted_here=False).executable == sys.executable
    assert find(EnvironmentSpec(), str(venv / "gone"), submitted_here=True).executable == sys.executable


def test_a_path_a_folder_and_a_name(venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by_path = find(EnvironmentSpec(interpreter=str(venv / "bin" / "python")))
    assert by_path.prefix == str(venv)
    assert by_path.version == sys.version.split()[0]
    assert find(EnvironmentSpec(interpreter=str(venv))) == by_path
    monkeypatch.setenv("PATH", str(venv / "bin"))
    assert find(EnvironmentSpec(interpreter="python")) == by_path


def test_the_variables_that_activate_it(venv: Path, tmp_path: Path) -> None:
    python = probe(venv / "bin" / "python")
    assert python.variables("/a") == {"PATH": f"{venv / 'bin'}{os.pathsep}/a", "VIRTUAL_ENV": str(venv)}
    assert python.variables("")["PATH"] == str(venv / "bin")
    (venv / "conda-meta").mkdir()
    assert python.variables("/a")["CONDA_PREFIX"] == str(venv)
    (venv / "conda-meta").rmdir()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("exit 3", "code 3"),
        ("echo no; echo because >&2; exit 1", "because"),
        ("echo no", "not that of a Python"),
    ],
)
def test_what_does_not_run_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ExperimentExecutionException, match=words):
        find(EnvironmentSpec(interpreter=str(program(tmp_path / "python", text))))


def test_what_is_not_there_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ExperimentExecutionException, match="There is no Python at"):
        find(EnvironmentSpec(interpreter=str(tmp_path / "python")))
    with pytest.raises(ExperimentExecutionException, match="holds no environment"):
        find(EnvironmentSpec(interpreter=str(tmp_path)))
    with pytest.raises(ExperimentExecutionException, match="relative path"):
        find(EnvironmentSpec(interpreter="venv/bin/python"))
    (tmp_path / "text").write_text("x")
    with pytest.raises(ExperimentExecutionException, match="Permission denied"):
        find(EnvironmentSpec(interpreter=str(tmp_path / "text")))
    program(tmp_path / "python", "exit 0")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", ".")
    with pytest.raises(ExperimentExecutionException, match="on the PATH"):
        find(EnvironmentSpec(interpreter="python"))


def test_an_interpreter_is_asked_once(tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    path = program(tmp_path / "python", f'echo x >> {asked}; exec {sys.executable} "$@"')
    assert probe(path) == probe(path)
    assert asked.read_text() == "x\n"
    os.utime(path, (1, 1))
    probe(path)
    assert asked.read_text() == "x\nx\n"
