"""The package refuses to be imported beside the original."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import azureml


def imported(*paths: Path, code: str = "import azureml.core") -> str:
    """The last line that a fresh interpreter says when it imports the package, with further folders to import from."""
    folders = [str(Path(azureml.__file__).parents[1]), *map(str, paths), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stderr.strip().rpartition("\n")[2]


@pytest.mark.parametrize("entry", ["azureml_core-1.61.0.dist-info", "azureml_widgets-1.62.0.egg-info"])
def test_beside_the_original(tmp_path: Path, entry: str) -> None:
    (tmp_path / entry).mkdir()
    name = entry.partition("-")[0].replace("_", "-")
    assert imported(tmp_path) == (
        f"ImportError: runwatch-azureml stands in for the Azure ML SDK and cannot be used beside it: uninstall it with "
        f"'pip uninstall {name}', then 'pip install --force-reinstall --no-deps runwatch-azureml'."
    )


def test_beside_what_is_only_called_alike(tmp_path: Path) -> None:
    for entry in ("azureml_inference_server_http-1.0.dist-info", "runwatch_azureml-0.1.0.dist-info", "azureml_notes"):
        (tmp_path / entry).mkdir()
    assert imported(tmp_path) == ""


def test_a_package_that_is_spread_over_folders(tmp_path: Path) -> None:
    (tmp_path / "azureml").mkdir()
    code = f"from azureml import _guard; _guard.check([*__import__('azureml').__path__, {str(tmp_path / 'azureml')!r}])"
    assert "uninstall what has put the latter there" in imported(code=code)


def test_files_of_the_original_among_ours(tmp_path: Path) -> None:
    import shutil

    shutil.copytree(Path(azureml.__file__).parent, tmp_path / "azureml")
    (tmp_path / "azureml" / "_base_sdk_common").mkdir()
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import azureml"
    assert "holds files of the original" in imported(code=code)
