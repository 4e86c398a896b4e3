"""Environments are built once, hold what was asked for and Runwatch, and say what they left out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from threading import Event

import msgspec
import pytest

from runwatch.compute.environment import builder, shelf, tool
from runwatch.compute.environment.builder import build
from runwatch.compute.environment.shelf import Ready
from runwatch.compute.environment.step import BuildCanceledError
from runwatch.schema.error import ExperimentExecutionException
from runwatch.schema.launch import EnvironmentSpec
from tests.unit.compute.environment.wheel import make_wheel
from tests.unit.compute.environment.workshop import Workshop, said_by


def test_it_holds_what_was_asked_for_and_nothing_of_ours(workshop: Workshop) -> None:
    make_wheel(workshop.packages, "alpha", "1.5", requires="beta>=2")
    make_wheel(workshop.packages, "beta", "2.1")
    python = workshop.build("alpha==1.5")
    assert said_by(python, "import alpha, beta; print(alpha.VERSION, beta.VERSION)") == "1.5 2.1"
    assert said_by(python, "import importlib.util as u; print(u.find_spec('msgspec'))") == "None"
    assert python.prefix == str(Path(python.executable).parents[1])
    assert list(Path(python.site).rglob("alpha*.pyc"))  # compiled: the first import of large packages takes seconds
    assert "alpha==1.5" in workshop.words()


def test_an_equal_one_is_taken_not_built(workshop: Workshop) -> None:
    make_wheel(workshop.packages, "alpha")
    make_wheel(workshop.packages, "beta")
    first = workshop.build("alpha", "beta")
    os.utime(workshop.ready()[0], (0, 0))
    assert workshop.build("beta", "alpha") == first
    assert workshop.words().count("Building it") == 1
    assert workshop.ready()[0].stat().st_mtime > 0  # it says when it was last used
    assert workshop.build("alpha") != first
    assert len(workshop.ready()) == 2


def test_what_stands_in_ready(workshop: Workshop) -> None:
    make_wheel(workshop.packages, "alpha")
    python = workshop.build("alpha")
    ready = msgspec.json.decode(workshop.ready()[0].read_bytes(), type=Ready)
    assert (ready.v, ready.python, ready.requirements) == (1, python.executable, ("alpha",))
    assert ready.runwatch.startswith("runwatch-9.9-")


def test_a_changed_runwatch_comes_in_without_a_build(workshop: Workshop) -> None:
    python = workshop.build()
    assert said_by(python, "import runwatch; print(runwatch.STATE)") == "1"
    (workshop.source / "__init__.py").write_text("STATE = 2222\n")
    assert workshop.build() == python
    assert said_by(python, "import runwatch; print(runwatch.STATE)") == "2222"
    assert workshop.words().count("Building it") == 1
    assert len(list(workshop.place.glob("runwatch-*"))) == 2  # jobs that run keep the copy they began with


def test_the_names_of_the_original_come_with_it(workshop: Workshop, tmp_path: Path) -> None:
    plain = workshop.build()
    assert said_by(plain, "import importlib.util as u; print(u.find_spec('azureml'))") == "None"
    original = tmp_path / "anywhere" / "azureml"
    original.mkdir(parents=True)
    (original / "__init__.py").write_text("WHO = 'ours'\n")
    provision = msgspec.structs.replace(workshop.provision, original=str(original))
    python = build(workshop.spec(), workshop.place, workshop.log, None, provision)
    assert said_by(python, "import azureml, runwatch; print(azureml.WHO, runwatch.STATE)") == "ours 1"
    (original / "__init__.py").write_text("WHO = 'changed'\n")
    build(workshop.spec(), workshop.place, workshop.log, None, provision)
    assert said_by(python, "import azureml; print(azureml.WHO)") == "changed"


def test_packages_of_the_original_are_replaced(workshop: Workshop) -> None:
    make_wheel(workshop.packages, "alpha")
    workshop.build("azureml-defaults", "azureml_sdk[notebooks]==1.20", "azure-ml-api-sdk", "runwatch", "alpha")
    words = workshop.words()
    assert words.count("replaced by runwatch-azureml") == 3
    assert words.count("runwatch: left out, Runwatch itself is in every environment") == 1
    assert "azureml" not in workshop.ready()[0].read_text()


def test_conda_packages_without_conda(workshop: Workshop) -> None:
    make_wheel(workshop.packages, "torch", "2.1.3")
    spec = msgspec.structs.replace(workshop.spec(), conda_packages=("pytorch=2.1", "cudatoolkit=11", "python=3"))
    python = build(spec, workshop.place, workshop.log, None, workshop.provision)
    assert said_by(python, "import torch; print(torch.VERSION)") == "2.1.3"
    assert "conda package pytorch=2.1: installed by pip as torch==2.1.*" in workshop.words()
    assert "conda package cudatoolkit=11: left out" in workshop.words()


def test_conda_packages_with_conda(workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that takes conda's arguments stands for conda: it makes the folder, and pip's part goes into it."""
    make_wheel(workshop.packages, "alpha")
    program = tmp_path / "bin" / "conda"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "conda got $*"\nexec {sys.executable} -m venv --without-pip "$4"\n')
    program.chmod(0o755)
    monkeypatch.setattr(tool, "CONDA_PROGRAMS", ("conda",))
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    spec = msgspec.structs.replace(
        workshop.spec("alpha"), conda_packages=("python=3.12", "numpy=2"), conda_channels=("conda-forge",)
    )
    python = build(spec, workshop.place, workshop.log, None, workshop.provision)
    assert said_by(python, "import alpha, runwatch; print(alpha.VERSION)") == "1.0"
    assert "--channel=conda-forge python=3.12 numpy=2" in workshop.words()


def test_a_broken_requirement_gives_the_resolvers_words(workshop: Workshop) -> None:
    make_wheel(workshop.packages, "alpha", "1.0")
    with pytest.raises(ExperimentExecutionException) as caught:
        workshop.build("alpha>=7")
    assert "only alpha" in str(caught.value)
    assert "unsatisfiable" in str(caught.value)
    assert "only alpha" in workshop.words()
    assert sorted(path.suffix for path in workshop.place.iterdir()) == [".lock"]


@pytest.mark.parametrize("line", ["-e .", "-r other.txt", "", "a\nb"])
def test_what_is_no_requirement_is_refused(workshop: Workshop, line: str) -> None:
    with pytest.raises(ExperimentExecutionException, match="no requirement"):
        workshop.build(line)
    assert "no requirement" in workshop.words()


def test_a_canceled_job_builds_nothing(workshop: Workshop) -> None:
    cancel = Event()
    cancel.set()
    with pytest.raises(BuildCanceledError):
        workshop.build(cancel=cancel)
    assert workshop.ready() == []


def test_an_old_python_is_built_without_runwatch(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runwatch.compute.environment.provision.OLDEST", (99, 0))
    python = workshop.build()
    assert said_by(python, "import importlib.util as u; print(u.find_spec('runwatch'))") == "None"
    assert "cannot import it" in workshop.words()


def test_old_ones_are_collected(workshop: Workshop) -> None:
    make_wheel(workshop.packages, "alpha")
    old = workshop.build("alpha")
    (workshop.source / "__init__.py").write_text("STATE = 2222\n")
    new = workshop.build()
    for path in (Path(old.prefix).parent / "ready.json", *workshop.place.glob("runwatch-*")):
        os.utime(path, (0, 0))
    new_again = workshop.build()
    removed = shelf.collect(workshop.place, keep_days=30)
    assert Path(old.prefix).parent in removed
    assert not Path(old.prefix).exists()
    assert (new_again, said_by(new, "import runwatch; print(runwatch.STATE)")) == (new, "2222")
    assert len(list(workshop.place.glob("*.lock"))) == 1
    assert shelf.collect(workshop.place, keep_days=30) == []


def test_one_that_lost_its_python_is_built_anew(workshop: Workshop) -> None:
    python = workshop.build()
    Path(python.executable).unlink()
    assert workshop.build() == python
    assert workshop.words().count("Building it") == 2


def has_index() -> bool:
    install = [tool.uv(), "pip", "install", "--dry-run", "--quiet", "--no-cache", "--reinstall"]
    environment = tool.variables() | {"UV_HTTP_TIMEOUT": "10"}
    done = subprocess.run(
        [*install, "--python", sys.executable, "msgspec"], env=environment, cwd="/", capture_output=True, check=False
    )
    return done.returncode == 0


def test_the_running_runwatch_works_in_a_built_environment(tmp_path: Path) -> None:
    if not has_index():
        pytest.skip("no package index can be reached")
    python = build(EnvironmentSpec(name="real", managed=True), tmp_path / "environments", tmp_path / "build.txt")
    script = (
        "from runwatch import Experiment, Workspace\n"
        f"run = Experiment(Workspace.open({str(tmp_path / 'workspace')!r}), 'e').start_logging(outputs=None)\n"
        "run.log('loss', 0.5)\n"
        "run.complete()\n"
        "run.wait_for_completion(wait_post_processing=True)\n"
        "print(run.get_metrics()['loss'], run.get_status())"
    )
    assert said_by(python, script) == "0.5 Completed"
    assert builder.build(EnvironmentSpec(managed=True), tmp_path / "environments", tmp_path / "again.txt") == python
