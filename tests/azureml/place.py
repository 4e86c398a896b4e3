"""A workspace of Azure's configuration file, with an agent, in which samples run as on a user's machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runwatch import Run, Workspace
from runwatch.sdk import home
from tests.e2e.site import serving

ROOT = Path(__file__).parents[2]
SCRIPTS = Path(__file__).parent / "scripts"
NAMES = {"subscription_id": "00000000-0000-0000-0000-000000000000", "resource_group": "rg", "workspace_name": "ws"}


class Place:
    """Where samples run.

    Args:
        folder: An empty folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.variables = _variables(folder)

    @property
    def workspace(self) -> Workspace:
        """The workspace that the samples' configuration file stands for."""
        return Workspace(NAMES["subscription_id"], NAMES["resource_group"], NAMES["workspace_name"])

    def fresh(self, name: str) -> Path:
        """A new folder with the configuration file as Azure's portal gives it."""
        made = self.folder / "work" / name
        made.mkdir(parents=True)
        (made / "config.json").write_text(json.dumps(NAMES))
        return made

    def run(self, name: str) -> str:
        """Run a sample, unchanged, in a fresh folder, and give what it printed."""
        source, here = SCRIPTS / name, self.fresh(name)
        script = here / "main.py"
        if source.is_dir():
            shutil.copytree(source, here, dirs_exist_ok=True)
        else:
            script = here / f"{name}.py"
            shutil.copy(SCRIPTS / script.name, script)
        done = subprocess.run(
            [sys.executable, "-W", "error::DeprecationWarning:azureml", script.name], cwd=here, env=self.variables,
            capture_output=True, text=True, timeout=200, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout

    def runs(self, experiment: str) -> list[Run]:
        """The runs of an experiment, newest first."""
        return list(self.workspace.experiments[experiment].get_runs())


def _variables(folder: Path) -> dict[str, str]:
    found = {name: value for name, value in os.environ.items() if not name.startswith(("RUNWATCH_", "AZUREML_"))}
    paths = [ROOT / "src", ROOT / "packages" / "azureml", os.environ.get("PYTHONPATH", "")]
    found |= {name: str(folder / name.lower()) for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        found[name] = str(folder / name.lower())
        Path(found[name]).mkdir()
    return found | {
        "RUNWATCH_STUDIO": "off", "MPLCONFIGDIR": str(folder / "matplotlib"),
        "AZUREML_RUN_POLLING_INTERVAL_MIN": "0.05", "PYTHONPATH": os.pathsep.join(map(str, paths)),
    }  # fmt: skip


@contextmanager
def opened(folder: Path) -> Iterator[Place]:
    """A place with its agent, which is gone afterwards."""
    made = Place(folder)
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(made.variables)
    try:
        location = Path(made.workspace.place)
        with serving(location):
            yield made
        home.close(str(location))
    finally:
        os.environ.clear()
        os.environ.update(before)
