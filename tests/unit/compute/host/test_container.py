"""Jobs in containers: against a stand-in for an engine, since none runs where these tests do."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from threading import Event

import pytest

from runwatch.compute.host import container
from runwatch.compute.host.container import Container
from runwatch.schema.error import ExperimentExecutionException
from runwatch.schema.launch import EnvironmentSpec

ENGINE = """#!/bin/sh
echo "$@" >> "$0.calls"
case "$1" in
  info) exit 0 ;;
  image) [ -e "$0.image" ] ;;
  build) cp "$4/Dockerfile" "$0.image"; echo "step 1"; [ ! -e "$0.broken" ] || { echo "no such base" >&2; exit 1; } ;;
  rm) exit 0 ;;
  *) exit 9 ;;
esac
"""


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in named docker, alone on the path beside the shell's own tools."""
    client = tmp_path / "bin" / "docker"
    client.parent.mkdir()
    client.write_text(ENGINE)
    client.chmod(client.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{client.parent}{os.pathsep}/usr/bin{os.pathsep}/bin")
    return client


def calls(engine: Path) -> list[str]:
    return Path(f"{engine}.calls").read_text().splitlines()


def test_an_engine_counts_only_if_it_answers(engine: Path) -> None:
    assert container.find_engine(str(engine.parent)) == str(engine)
    engine.write_text("#!/bin/sh\nexit 1\n")
    assert container.find_engine(str(engine.parent)) == ""
    engine.unlink()
    assert container.find_engine(str(engine.parent)) == ""


def test_packages_are_put_on_top_of_an_image_once(engine: Path, tmp_path: Path) -> None:
    spec, log = EnvironmentSpec(image="python:3.11"), tmp_path / "build.txt"
    name = container.make_image(str(engine), spec, ["numpy", "tqdm>=4"], tmp_path, log, Event())
    assert Path(f"{engine}.image").read_text() == (
        'FROM python:3.11\nRUN ["python", "-m", "pip", "install", "--no-cache-dir", "numpy", "tqdm>=4"]\n'
    )
    assert "step 1" in log.read_text()
    assert container.make_image(str(engine), spec, ["numpy", "tqdm>=4"], tmp_path, log, Event()) == name
    assert [line.split()[0] for line in calls(engine)] == ["image", "build", "image"]


def test_other_packages_are_another_image(engine: Path, tmp_path: Path) -> None:
    made = {
        container.make_image(str(engine), spec, wanted, tmp_path, tmp_path / "build.txt", Event())
        for spec in (EnvironmentSpec(image="a"), EnvironmentSpec(dockerfile="FROM a\nUSER b"))
        for wanted in ([], ["numpy"])
    }
    assert len(made) == 4


def test_the_engines_words_are_the_error(engine: Path, tmp_path: Path) -> None:
    Path(f"{engine}.broken").touch()
    with pytest.raises(ExperimentExecutionException, match="no such base"):
        container.make_image(str(engine), EnvironmentSpec(image="x"), [], tmp_path, tmp_path / "build.txt", Event())


def test_values_of_variables_stand_in_no_command_line() -> None:
    box = Container(
        engine="docker",
        image="i",
        folders=("/a", "/b"),
        source="/b",
        gpus=("0", "GPU-1"),
        arguments=("--shm-size", "4g"),
    )
    line = box.command(
        "n", ("python", "train.py"), "/a/work", container.passed_on(("PATH", "RUNWATCH_RUN_ID"), ["TOKEN"])
    )
    assert line[:2] == ("docker", "run")
    assert line[-5:] == ("--shm-size", "4g", "i", "python", "train.py")
    assert [line[at + 1] for at, part in enumerate(line) if part == "--env"] == ["RUNWATCH_RUN_ID", "TOKEN"]
    assert [line[at + 1] for at, part in enumerate(line) if part == "--volume"] == ["/a:/a", "/b:/b"]
    assert line[line.index("--gpus") + 1] == '"device=0,GPU-1"'


def test_containers_are_removed_by_what_was_noted(engine: Path, tmp_path: Path) -> None:
    container.remove(tmp_path)
    container.note(tmp_path, str(engine), ["one", "two"])
    container.remove(tmp_path)
    assert calls(engine) == ["rm --force one two"]


def test_what_cannot_be_used_is_named() -> None:
    assert "the image some/image:1" in container.note_of_absence(EnvironmentSpec(image="some/image:1"))
    assert "a Dockerfile" in container.note_of_absence(EnvironmentSpec(dockerfile="FROM x"))
