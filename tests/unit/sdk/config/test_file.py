"""Run configurations in files: what is saved is what is loaded, and files of the original can be read."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from runwatch import MpiConfiguration, PyTorchConfiguration, RunConfiguration, TensorflowConfiguration
from runwatch.schema.error import RunConfigurationException
from runwatch.schema.launch import EnvironmentSpec
from runwatch.sdk.config.environment import from_form, spec_of, to_form
from runwatch.sdk.environment.environment import Environment

pytestmark = pytest.mark.usefixtures("clean_place")

_words = some.text("abcxyz-.", min_size=1, max_size=8)
_packages = some.lists(_words.map(lambda word: f"p{word}"), max_size=3).map(tuple)


@given(
    some.builds(
        EnvironmentSpec,
        name=_words.map(lambda word: f"n{word}"), version=_words, managed=some.booleans(),
        interpreter=_words.map(lambda word: f"/bin/{word}"), python_version=some.sampled_from(["", "3.11"]),
        pip_packages=_packages, pip_options=some.sampled_from([(), ("--pre",)]), conda_packages=_packages,
        conda_channels=_packages, variables=some.dictionaries(_words, _words, max_size=2), image=_words,
        dockerfile=_words,
    )
)  # fmt: skip
def test_an_environment_comes_back_from_its_form(spec: EnvironmentSpec) -> None:
    assert from_form(to_form(spec)) == spec


def test_no_environment_comes_back_too() -> None:
    assert from_form(to_form(EnvironmentSpec())) == EnvironmentSpec()


def test_what_is_saved_is_loaded() -> None:
    made = RunConfiguration("train.py", ["--lr", 0.1], "PyTorch", "Nccl")
    made.target, made.node_count, made.max_run_duration_seconds = "gpu", 2, 60
    made.environment_variables = {"A": "ü"}
    made.environment = Environment._from_spec(EnvironmentSpec(name="torch", managed=True, pip_packages=("torch==2.4",)))
    made.mpi, made.tensorflow = MpiConfiguration(2, 2), TensorflowConfiguration(3, 0)
    made.pytorch = PyTorchConfiguration("Nccl", 4, 2)
    made.docker = SimpleNamespace(use_docker=True, shared_volumes=False, shm_size="4g", arguments=["-v"])
    made.history.directories_to_watch = ["logs", "more"]
    made.save(name="mine")
    assert [path.name for path in Path(".azureml").iterdir()] == ["mine.runconfig"]
    again = RunConfiguration.load(".", "mine")
    same = {name: value for name, value in vars(made).items() if name not in {"_environment", "_path", "_name"}}
    assert {name: value for name, value in vars(again).items() if name in same} == {
        **same,
        "arguments": ["--lr", "0.1"],
    }
    assert spec_of(again.environment) == spec_of(made.environment)
    assert RunConfiguration.load(".azureml/mine.runconfig").target == "gpu"
    again.node_count = 1
    again.save()  # where it came from
    assert RunConfiguration.load(".", "mine").node_count == 1
    RunConfiguration.delete(".", "mine")
    for use in (RunConfiguration.load, RunConfiguration.delete):
        with pytest.raises(RunConfigurationException, match="no run configuration"):
            use(".", "mine")


def test_a_file_of_the_original() -> None:
    Path("aml_config").mkdir()
    Path("aml_config/cpu.runconfig").write_text(
        "script: train.py\narguments: [--x, 1]\ntarget: cpu\nframework: Python\ncommunicator: OpenMpi\n"
        "autoPrepareEnvironment: true\nnodeCount: 2\nmpi: {processCountPerNode: 2}\n"
        "environment:\n  name: e\n  python:\n    userManagedDependencies: false\n    interpreterPath: python\n"
        "    condaDependencies:\n      channels: [conda-forge]\n"
        "      dependencies: [python=3.8.13, numpy, {pip: [azureml-core]}]\n"
    )
    found = RunConfiguration.load(".", "cpu")
    assert (found.target, found.arguments, found.node_count) == ("cpu", ["--x", "1"], 2)
    assert found.mpi == MpiConfiguration(2)
    assert spec_of(found.environment) == EnvironmentSpec(
        name="e", managed=True, python_version="3.8.13", pip_packages=("azureml-core",), conda_packages=("numpy",),
        conda_channels=("conda-forge",),
    )  # fmt: skip


@pytest.mark.parametrize("text", ["[1]", "a: [", "environment: 3", "mpi: x", "a: !!python/object/apply:os.getcwd []"])
def test_a_file_that_is_none(text: str) -> None:
    Path(".azureml").mkdir()
    Path(".azureml/bad.runconfig").write_text(text)
    with pytest.raises(RunConfigurationException):
        RunConfiguration.load(".", "bad")


@pytest.mark.parametrize("name", ["../x", "a/b", ".hidden", "x" * 101])
def test_a_name_never_leads_elsewhere(name: str) -> None:
    with pytest.raises(RunConfigurationException, match="cannot name"):
        RunConfiguration().save(".", name)
    with pytest.raises(RunConfigurationException, match="cannot name"):
        RunConfiguration.load(".", name)
