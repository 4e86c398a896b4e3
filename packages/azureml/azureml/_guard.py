"""Refuses to be imported beside the original: two packages of one name mix, and nobody could say whose code runs.

And says, of modules of the original that are not here, what works instead.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

_OTHERS = ("azureml_inference_server_http",)
"""Distributions that are called alike and put nothing into the package ``azureml``."""

_PARTS = {"_base_sdk_common", "_common", "_restclient", "_run_impl", "_project", "_workspace", "_execution"}
"""Folders of the original's own package."""


def check(path: list[str]) -> None:
    """Look whether the original, or a part of it, is installed too.

    Args:
        path: Where the package ``azureml`` is looked for.

    Raises:
        ImportError: It is, or its files lie among ours.
    """
    found = sorted({name for folder in sys.path for name in _originals(folder or os.curdir)})
    if found:
        names = " ".join(found)
        raise ImportError(
            f"runwatch-azureml stands in for the Azure ML SDK and cannot be used beside it: uninstall it with "
            f"'pip uninstall {names}', then 'pip install --force-reinstall --no-deps runwatch-azureml'."
        )
    own = os.path.dirname(os.path.abspath(__file__))
    if mixed := [each for each in path if os.path.abspath(each) != own]:
        raise ImportError(
            f"The package azureml is spread over {own} and {', '.join(mixed)}: uninstall what has put the latter there."
        )
    if left := [each for each in os.listdir(own) if each in _PARTS]:
        raise ImportError(
            f"The folder {own} holds files of the original ({', '.join(left)}): delete it, then "
            "'pip install --force-reinstall --no-deps runwatch-azureml'."
        )
    if not any(isinstance(each, Absence) for each in sys.meta_path):
        sys.meta_path.append(Absence())


class Absence(MetaPathFinder):
    """Comes last, when nobody has found a module: `ModuleNotFoundError`, as ever, with a sentence that helps."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:  # fmt: skip
        """Nothing is ever found here.

        Raises:
            ModuleNotFoundError: The module would be the original's.
        """
        if not fullname.startswith("azureml."):
            return None
        from runwatch.importers.azureml.judge import of_module  # a table that nobody needs but who misses something

        raise ModuleNotFoundError(
            f"runwatch-azureml has no {fullname}: {of_module(fullname).note}. 'runwatch azureml check' tells of all "
            "that a script uses.",
            name=fullname,
        )


def _originals(folder: str) -> list[str]:
    """The original's distributions in a folder of ``sys.path``, by pip's names."""
    try:
        names = os.listdir(folder)
    except OSError:  # a zip file, or nothing
        return []
    return [
        name.partition("-")[0].replace("_", "-")
        for name in names
        if name.startswith("azureml_") and name.endswith((".dist-info", ".egg-info")) and not name.startswith(_OTHERS)
    ]
