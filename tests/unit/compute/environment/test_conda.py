"""conda's spelling, said in pip's."""

from __future__ import annotations

import pytest

from runwatch.compute.environment.conda import name_of, python_version_of, to_pip
from runwatch.schema.error import ExperimentExecutionException


@pytest.mark.parametrize(
    ("conda", "pip"),
    [
        ("numpy", "numpy"),
        ("scikit-learn=1.5", "scikit-learn==1.5.*"),
        ("scikit-learn=1.5.*", "scikit-learn==1.5.*"),
        ("scikit-learn==1.5.2", "scikit-learn==1.5.2"),
        ("scikit-learn=1.5.2=py311h_0", "scikit-learn==1.5.2.*"),
        ("scikit-learn 1.5", "scikit-learn==1.5.*"),
        ("pandas>=1,<3", "pandas>=1,<3"),
        ("pandas >=1", "pandas>=1"),
        ("pandas=*", "pandas"),
        ("conda-forge::Pillow=11", "pillow==11.*"),
        ("pytorch::pytorch=2.1", "torch==2.1.*"),
        ("py-xgboost", "xgboost"),
        ("matplotlib-base>=3", "matplotlib>=3"),
        ("opencv", "opencv-python-headless"),
        ("librosa", "librosa"),
        ("cudatoolkit=11.3", None),
        ("gcc_linux-64", None),
        ("mkl", None),
        ("libgcc-ng", None),
    ],
)
def test_to_pip(conda: str, pip: str | None) -> None:
    assert to_pip(conda) == pip


@pytest.mark.parametrize("text", ["--file=x", "", "numpy[version='>=1']", "../x"])
def test_what_is_no_requirement(text: str) -> None:
    with pytest.raises(ExperimentExecutionException, match="no requirement"):
        to_pip(text)


@pytest.mark.parametrize(
    ("text", "version"), [("python=3.10", "3.10"), ("python=3.8.13", "3.8.13"), ("python==3.9", "3.9"),
                          ("python=3.11.*", "3.11"), ("python", ""), ("python>=3.9", "")]
)  # fmt: skip
def test_the_python_that_it_names(text: str, version: str) -> None:
    assert (name_of(text), python_version_of(text)) == ("python", version)
