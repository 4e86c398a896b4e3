"""The programs that build environments, and the environment variables that they are run with."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from typing import Final

from runwatch.schema.error import ExperimentExecutionException

CONDA_PROGRAMS: Final = ("micromamba", "mamba", "conda")

# What would make a builder take another Python or another project than the one that is built.
_LEFT_OUT: Final = frozenset({
    "VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "PYTHONHOME", "PYTHONPATH", "UV_PROJECT_ENVIRONMENT",
    "UV_PYTHON", "UV_SYSTEM_PYTHON",
})  # fmt: skip

# uv does not read what pip is told about a company's package index.
_PIP_TWINS: Final = {
    "PIP_INDEX_URL": "UV_DEFAULT_INDEX",
    "PIP_EXTRA_INDEX_URL": "UV_INDEX",
    "PIP_FIND_LINKS": "UV_FIND_LINKS",
    "PIP_CERT": "SSL_CERT_FILE",
}


def uv() -> str:
    """The path of uv: that of the Python package, else the one on ``PATH``.

    Raises:
        ExperimentExecutionException: If there is none.
    """
    try:
        from uv import find_uv_bin

        return find_uv_bin()
    except (ImportError, FileNotFoundError):
        found = shutil.which("uv")
    if found is None:
        raise ExperimentExecutionException(
            "The program uv, which builds environments, is not there.", hint="Install it: pip install uv."
        )
    return found


def conda() -> str | None:
    """The path of a program that makes conda environments, or None."""
    return next((found for name in CONDA_PROGRAMS if (found := shutil.which(name))), None)


def variables(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment variables for building.

    Args:
        environment: Ours. What it says to pip about package indexes holds for uv too, unless uv was told something.
    """
    found = {name: value for name, value in environment.items() if name not in _LEFT_OUT}
    for pip_name, uv_name in _PIP_TWINS.items():
        if environment.get(pip_name) and uv_name not in environment:
            found[uv_name] = environment[pip_name]
    # Plain lines in the log, and nothing written outside of uv's own folders when it fetches a Python.
    return found | {"NO_COLOR": "1", "UV_NO_PROGRESS": "1", "UV_PYTHON_INSTALL_BIN": "0"}
