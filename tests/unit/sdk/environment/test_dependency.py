"""The packages of an environment and their file in conda's format."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml

from runwatch.exceptions import UserErrorException
from runwatch.sdk.environment.dependency import CondaDependencies

MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"
TEXT = """
name: mine
channels: [conda-forge, pytorch]
dependencies:
  - python=3.10.4
  - scikit-learn=1.5
  - pip:
    - pandas>=2
    - --pre
    - azureml-defaults
"""


def test_create() -> None:
    made = CondaDependencies.create("https://packages.example", ["pandas"], ["scikit-learn"], "3.12")
    assert (made.pip_packages, made.conda_packages, made.python_version) == (["pandas"], ["scikit-learn"], "3.12")
    assert made.pip_options == ["--index-url https://packages.example"]
    assert CondaDependencies.create().python_version == MINOR
    assert CondaDependencies().python_version is None


def test_a_file_comes_back_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "env.yml"
    file.write_text(TEXT)
    made = CondaDependencies(file)
    assert made.get_python_version() == "3.10.4"
    assert made.conda_packages == ["scikit-learn=1.5"]
    assert made.pip_packages == ["pandas>=2", "azureml-defaults"]
    assert made.pip_options == ["--pre"]
    assert made.conda_channels == ["conda-forge", "pytorch"]
    assert made.as_dict() == yaml.safe_load(TEXT)
    assert made.save(tmp_path / "deep" / "again.yml") == str(tmp_path / "deep" / "again.yml")
    assert CondaDependencies(tmp_path / "deep" / "again.yml").as_dict() == made.as_dict()
    assert yaml.safe_load(made.serialize_to_string()) == made.as_dict()
    assert CondaDependencies(_underlying_structure=made.as_dict()).as_dict() == made.as_dict()


def test_a_package_takes_the_place_of_its_namesake() -> None:
    made = CondaDependencies.create(pip_packages=["scikit_learn==1.4"], conda_packages=["numpy=1"])
    made.add_pip_package("Scikit-Learn>=1.5")
    made.add_conda_package("conda-forge::numpy=2")
    assert (made.pip_packages, made.conda_packages) == (["Scikit-Learn>=1.5"], ["conda-forge::numpy=2"])
    made.remove_pip_package("scikit-learn")
    made.remove_conda_package("numpy")
    made.remove_conda_package("never-there")
    assert (made.pip_packages, made.conda_packages) == ([], [])


@pytest.mark.parametrize(
    ("package", "version"),
    [("python=3.9", "3.9"), ("python==3.9.1", "3.9.1"), ("python 3.9", "3.9"), ("python=3.9.1=h1_0", "3.9.1"),
     ("python>=3.9,<3.12", ">=3.9,<3.12"), ("conda-forge::python=3.9", "3.9"), ("python", "")],
)  # fmt: skip
def test_python_is_a_conda_package_of_its_own_kind(package: str, version: str) -> None:
    made = CondaDependencies()
    made.add_conda_package(package)
    assert (made.python_version or "", made.conda_packages) == (version, [])
    again = CondaDependencies(_underlying_structure=made.as_dict())
    assert again.python_version == made.python_version


def test_options_and_channels() -> None:
    made = CondaDependencies.create(pip_packages=["a"])
    made.set_pip_index_url("--index-url https://one.example")
    made.set_pip_index_url("https://two.example")
    made.set_pip_option("--pre")
    made.set_pip_option("--pre")
    assert made.pip_options == ["--index-url https://two.example", "--pre"]
    assert made.as_dict()["dependencies"][-1]["pip"][-1] == "a"
    made.remove_pip_option("--pre")
    made.add_channel("pytorch")
    made.add_channel("pytorch")
    assert made.conda_channels == ["conda-forge", "pytorch"]
    made.remove_channel("conda-forge")
    assert (made.conda_channels, len(made.pip_options)) == (["pytorch"], 1)


def test_a_file_that_includes_one_of_pip(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("pandas  # for tables\n--pre\n")
    (tmp_path / "env.yml").write_text("dependencies: [pip: ['-r requirements.txt', numpy]]")
    assert CondaDependencies(tmp_path / "env.yml").pip_packages == ["pandas", "numpy"]


@pytest.mark.parametrize(
    "text", ["[1]", "dependencies: x", "dependencies: [{conda: [a]}]", "dependencies: [3]", "a: [", "x",
             "!!python/object/apply:os.system [true]"]
)  # fmt: skip
def test_what_is_no_such_file(tmp_path: Path, text: str) -> None:
    (tmp_path / "env.yml").write_text(text)
    with pytest.raises(UserErrorException, match=r"env\.yml is no"):
        CondaDependencies(tmp_path / "env.yml")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserErrorException, match="No such file"):
        CondaDependencies(tmp_path / "env.yml")
