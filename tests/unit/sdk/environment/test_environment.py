"""Environments as users describe them, and what a job is given of them."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import msgspec
import pytest

from runwatch import CondaDependencies, DockerConfiguration, Environment, Workspace
from runwatch.exceptions import InvalidValueError, NotFoundError, NotSupportedError, UserErrorException
from runwatch.schema.launch import EnvironmentSpec
from runwatch.schema.registry import Kind
from runwatch.sdk import agent
from runwatch.sdk.config.environment import from_form, to_form
from runwatch.sdk.environment.section import ContainerRegistry
from runwatch.store import registry

MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"


def test_what_a_new_one_is() -> None:
    made = Environment("mine")
    assert (made.python.user_managed_dependencies, made.python.interpreter_path) == (False, "python")
    assert (made.version, made.environment_variables, made.inferencing_stack_version) == (None, {}, None)
    assert (made.docker.enabled, made.docker.base_image, made.docker.shm_size) == (False, None, "2g")
    assert made._to_spec() == EnvironmentSpec(name="mine", managed=True, conda_channels=("conda-forge",))
    with pytest.raises(UserErrorException, match="no name"):
        Environment("")


def test_a_python_that_is_there() -> None:
    made = Environment("mine")
    made.python.user_managed_dependencies = True
    made.environment_variables["SEED"] = 7  # type: ignore[assignment]
    assert made._to_spec() == EnvironmentSpec(name="mine", variables={"SEED": "7"})
    made.python.interpreter_path = "/opt/conda/envs/x"
    assert made._to_spec().interpreter == "/opt/conda/envs/x"


def test_packages() -> None:
    made = Environment("mine")
    packages = CondaDependencies.create(pip_packages=["pandas"], conda_packages=["numpy=2"], python_version="3.12")
    packages.set_pip_option("--pre")
    made.python.conda_dependencies = packages
    spec = made._to_spec()
    assert (spec.managed, spec.python_version) == (True, "3.12")
    assert (spec.pip_packages, spec.pip_options, spec.conda_packages) == (("pandas",), ("--pre",), ("numpy=2",))
    made.python.conda_dependencies = None
    assert made._to_spec().pip_packages == ()


def test_a_file_of_packages_is_read_at_submission(tmp_path: Path) -> None:
    made = Environment("mine")
    made.python.conda_dependencies_file = str(tmp_path / "env.yml")
    (tmp_path / "env.yml").write_text("dependencies: [numpy]")
    assert made._to_spec().conda_packages == ("numpy",)


def test_from_pip_requirements(tmp_path: Path) -> None:
    (tmp_path / "more.txt").write_text("numpy<2 ; python_version < '3.12'\nnumpy>=2 ; python_version >= '3.12'\n")
    file = tmp_path / "requirements.txt"
    file.write_text("# what we need\n--pre\npandas[excel] \\\n  >=2  # tables\n\n-r more.txt\n")
    spec = Environment.from_pip_requirements("mine", file)._to_spec()
    assert (spec.python_version, spec.pip_options) == (MINOR, ("--pre",))
    assert spec.pip_packages == (
        "pandas[excel]    >=2",
        "numpy<2 ; python_version < '3.12'",
        "numpy>=2 ; python_version >= '3.12'",
    )


@pytest.mark.parametrize(
    ("text", "words"), [("-e .", "means nothing"), ("-c x.txt", "means nothing"), ("-r requirements.txt", "itself"),
                        ("-r gone.txt", "No such file"), ("\xff", "no text in UTF-8")]
)  # fmt: skip
def test_requirements_that_mean_nothing_elsewhere(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "requirements.txt"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(UserErrorException, match=words):
        Environment.from_pip_requirements("mine", file)


def test_images(tmp_path: Path) -> None:
    registry = ContainerRegistry(address="images.example", password="secret")
    made = Environment.from_docker_image("mine", "some/image:1", registry)
    assert made._to_spec() == EnvironmentSpec(name="mine", image="some/image:1")
    assert "secret" not in repr(made) + repr(made.docker)
    (tmp_path / "Dockerfile").write_text("FROM x")
    (tmp_path / "requirements.txt").write_text("pandas")
    made = Environment.from_dockerfile("mine", tmp_path / "Dockerfile", pip_requirements=tmp_path / "requirements.txt")
    assert (made._to_spec().dockerfile, made._to_spec().pip_packages) == ("FROM x", ("pandas",))
    assert Environment.from_dockerfile("mine", "FROM y\nRUN z")._to_spec().dockerfile == "FROM y\nRUN z"
    with pytest.raises(UserErrorException, match="Both"):
        Environment.from_docker_image("mine", "x", None, tmp_path / "a", tmp_path / "b")
    assert DockerConfiguration(use_docker=True).arguments == []


def test_a_clone_is_its_own() -> None:
    made = Environment("mine")
    made.version = "3"
    other = made.clone("other")
    assert other.python.conda_dependencies is not None
    other.python.conda_dependencies.add_pip_package("pandas")
    other.environment_variables["A"] = "1"
    assert (other.name, other.version) == ("other", None)
    assert made._to_spec() == msgspec.structs.replace(Environment("mine")._to_spec(), version="3")


def test_a_folder_gives_it_back(tmp_path: Path) -> None:
    made = Environment.from_docker_image("mine", "some/image:1")
    made.python.user_managed_dependencies = False
    made.python.conda_dependencies = CondaDependencies.create(pip_packages=["pandas"])
    made.environment_variables = {"A": "1"}
    made.docker.arguments = ["--rm"]
    made.save_to_directory(tmp_path / "kept")
    again = Environment.load_from_directory(tmp_path / "kept")
    assert again._to_dict() == made._to_dict()
    assert again._to_spec() == made._to_spec()
    assert json.loads(repr(again)) == made._to_dict()
    with pytest.raises(UserErrorException, match="already"):
        made.save_to_directory(tmp_path / "kept")
    made.python.conda_dependencies = None
    made.save_to_directory(tmp_path / "kept", overwrite=True)
    assert sorted(os.listdir(tmp_path / "kept")) == ["azureml_environment.json"]


@pytest.mark.parametrize("text", ["", "[]", '{"python": 3}'])
def test_a_folder_that_holds_none(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserErrorException, match="No such file"):
        Environment.load_from_directory(tmp_path)
    (tmp_path / "azureml_environment.json").write_text(text)
    with pytest.raises(UserErrorException, match=r"no JSON|no description"):
        Environment.load_from_directory(tmp_path)


def conda(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that answers as conda does."""
    (folder / "conda").write_text(f"#!/bin/sh\n{text}\n")
    (folder / "conda").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_an_existing_conda_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    conda(tmp_path, 'echo "{name: $4, prefix: /x, dependencies: [python=3.11.4, {pip: [pandas==2.0]}]}"', monkeypatch)
    spec = Environment.from_existing_conda_environment("mine", "theirs")._to_spec()
    assert (spec.python_version, spec.pip_packages) == ("3.11.4", ("pandas==2.0",))
    conda(tmp_path, "echo EnvironmentLocationNotFound >&2; exit 1", monkeypatch)
    with pytest.raises(UserErrorException, match="theirs: EnvironmentLocationNotFound"):
        Environment.from_existing_conda_environment("mine", "theirs")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UserErrorException, match="no conda"):
        Environment.from_existing_conda_environment("mine", "theirs")


def test_what_a_job_was_given_is_an_environment_again() -> None:
    packages = CondaDependencies.create("https://example.org/simple", ["numpy>=1.26"], ["scikit-learn"], "3.11")
    built, named, given = Environment("built"), Environment("named"), Environment("image")
    built.python.conda_dependencies, built.version = packages, "3"
    named.python.user_managed_dependencies, named.python.interpreter_path = True, "/opt/python"
    given.docker.base_dockerfile, given.environment_variables = "FROM scratch\n", {"A": "b"}
    for each in (built, named, given):
        spec = each._to_spec()
        assert Environment._from_spec(spec)._to_spec() == spec
        assert from_form(to_form(spec)) == spec
    unnamed = Environment._from_spec(EnvironmentSpec())
    assert (unnamed.name, unnamed._to_spec()) == ("default-environment", EnvironmentSpec(name="default-environment"))


def test_ready_made_names_mean_the_python_that_submits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = Environment.get(Workspace.open(tmp_path / "none"), "AzureML-Tutorial", version="1")
    assert made._to_spec() == EnvironmentSpec(name="AzureML-Tutorial", version="1")
    assert capsys.readouterr().err.count("AzureML-Tutorial") == 1


def test_registered_environments_count_their_versions(workspace: Workspace, tmp_path: Path) -> None:
    made = Environment("mine")
    made.python.conda_dependencies = CondaDependencies.create(pip_packages=["numpy"], python_version="3.11")
    made.docker.base_image_registry.password = "secret"
    made.environment_variables = {"A": "1"}
    assert made.register(workspace).version == "1"
    assert made.register(workspace).version == "1"  # the same again
    made.environment_variables["A"] = "2"
    assert made.register(workspace).version == made.version == "2"
    newest, first = Environment.get(workspace, "mine", label="Latest"), Environment.get(workspace, "mine", version="1")
    assert (newest.version, newest.environment_variables) == ("2", {"A": "2"})
    assert (first.version, first.environment_variables) == ("1", {"A": "1"})
    assert newest._to_spec() == made._to_spec()
    assert list(Environment.list(workspace)) == list(workspace.environments) == ["mine"]
    assert "secret" not in str([each.definition for each in registry.versions(workspace.store, Kind.ENVIRONMENT)])
    clone = newest.clone("AzureML-mine")
    assert (clone.version, clone.register(workspace).version) == (None, "1")
    assert Environment.get(workspace, "AzureML-mine").environment_variables == {"A": "2"}  # before what stands for it


def test_what_is_not_there_says_so(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError, match="mine"):
        Environment.get(workspace, "mine")
    with pytest.raises(NotFoundError):
        Environment.get(workspace, "AzureMine", version="2")
    with pytest.raises(InvalidValueError, match="version"):
        Environment.get(workspace, "mine", version="Autosave_1")
    with pytest.raises(InvalidValueError):
        Environment("a/b").register(workspace)
    with pytest.raises(NotSupportedError, match="build"):
        Environment("mine").get_image_details(workspace)


def test_a_build_is_a_job_that_needs_the_environment(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent, "wake", lambda location: None)
    made = Environment("mine")
    for details in (made.build(workspace), made.build_local(workspace)):
        assert details.status == "Queued"
        assert details.run.experiment.name == "environment-builds"
        assert details.run.get_environment().name == "mine"
    details.run.cancel()
    assert details.status == "Failed"
