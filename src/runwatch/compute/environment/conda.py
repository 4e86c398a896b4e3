"""Requirements in conda's spelling, said in pip's for machines without conda."""

from __future__ import annotations

import re
from typing import Final

from runwatch.schema.error import ExperimentExecutionException

PIP_NAMES: Final = {
    "dask-core": "dask",
    "keras-gpu": "keras",
    "matplotlib-base": "matplotlib",
    "msgpack-python": "msgpack",
    "numpy-base": "numpy",
    "opencv": "opencv-python-headless",
    "psycopg2": "psycopg2-binary",
    "py-opencv": "opencv-python-headless",
    "py-xgboost": "xgboost",
    "py-xgboost-cpu": "xgboost",
    "py-xgboost-gpu": "xgboost",
    "pyqt": "PyQt5",
    "pytables": "tables",
    "python-graphviz": "graphviz",
    "pytorch": "torch",
    "pytorch-cpu": "torch",
    "pytorch-gpu": "torch",
    "tensorflow-base": "tensorflow",
    "tensorflow-gpu": "tensorflow",
}
"""What is called otherwise on the Python package index; every other name is taken as it is."""

_NATIVE: Final = re.compile(
    r"_libgcc_mutex|_openmp_mutex|binutils.*|blas|boost.*|bzip2|c-compiler|ca-certificates|compilers|cpuonly|cuda-.*"
    r"|cudatoolkit.*|cudnn|cxx-compiler|ffmpeg|fortran-compiler|gcc.*|gfortran.*|git|glib|graphviz|gxx.*|hdf5|icu"
    r"|intel-openmp|ld_impl.*|libblas|libcblas|libffi|libgcc.*|libgomp|libjpeg.*|liblapack|libpng|libstdcxx.*|libtiff"
    r"|llvm-openmp|make|mkl|mkl-devel|mpich|nccl|ncurses|nodejs|openblas|openjdk|openmpi|openssl|pytorch-cuda|r-.*"
    r"|readline|sqlite|sysroot.*|tk|unixodbc|xz|yaml|zlib|zstd"
)
"""Libraries and programs that are no Python packages: wheels bring what they need of them."""

_REQUIREMENT: Final = re.compile(r"(?:[\w.\-/]+::)?([A-Za-z0-9_][\w.\-]*)\s*(.*)")
_EXACT: Final = re.compile(r"(=?)=\s*([\w.!+*\-]+)(?:\s*=\s*\S+)?|([\w.!+*]+)(?:\s+\S+)?")


def name_of(requirement: str) -> str:
    """The package's name in lower case, without its channel."""
    return _split(requirement)[0]


def python_version_of(requirement: str) -> str:
    """``3.10`` of ``python=3.10``; empty if it names no version or a range."""
    found = _EXACT.fullmatch(_split(requirement)[1])
    return (found[2] or found[3]).removesuffix(".*").removesuffix("*").rstrip(".") if found else ""


def to_pip(requirement: str) -> str | None:
    """The same in pip's spelling; None if it is no Python package.

    Args:
        requirement: E.g. ``scikit-learn=1.5``, which means any 1.5, or ``conda-forge::numpy>=1.26``.

    Raises:
        ExperimentExecutionException: If it is none.
    """
    name, version = _split(requirement)
    if _NATIVE.fullmatch(name):
        return None
    return f"{PIP_NAMES.get(name, name)}{_pip_version(version)}"


def _split(requirement: str) -> tuple[str, str]:
    found = _REQUIREMENT.fullmatch(requirement.strip())
    if found is None or "[" in found[2]:
        raise ExperimentExecutionException(
            f"{requirement!r} is no requirement in conda's spelling that can be read.",
            hint="Write it as name, name=1.2 or name>=1.2.",
        )
    return found[1].lower(), found[2].strip()


def _pip_version(version: str) -> str:
    found = _EXACT.fullmatch(version)
    if found is None:  # empty, or a comparison, which pip spells alike
        return version
    number = found[2] or found[3]
    if found[1] or "*" in number:  # "==1.2" and "=1.2.*"
        return "" if number == "*" else f"=={number}"
    return f"=={number}.*"
