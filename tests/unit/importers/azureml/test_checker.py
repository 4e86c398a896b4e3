"""Uses of the original are found without running anything, and judged by the table."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest

from runwatch.importers.azureml.checker import Report, check
from runwatch.importers.azureml.judge import Verdict
from runwatch.schema.error import UserErrorException


def checked(tmp_path: Path, code: str) -> list[tuple[int, str, str]]:
    """Line, name and verdict of each use in a script."""
    file = tmp_path / "script.py"
    file.write_text(textwrap.dedent(code))
    return [(int(use.place.rpartition(":")[2]), use.name, use.verdict.name) for use in check([file]).uses]


def notebook(path: Path, *cells: str) -> Path:
    made = [{"cell_type": "code", "source": cell.splitlines(keepends=True)} for cell in cells]
    path.write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": "# azureml"}, *made], "nbformat": 4}))
    return path


def test_imports_and_what_is_made_of_them(tmp_path: Path) -> None:
    found = checked(tmp_path, """\
        import azureml.core
        from azureml.core import Experiment, Workspace as Place
        from azureml.core.model import Model
        print(azureml.core.VERSION)
        place = Place.from_config()
        run = Experiment(place, "a").start_logging()
        run.log("loss", 1)
        model = run.register_model("m")
        model.download()
        Model.deploy(place, "s", [model])
    """)  # fmt: skip
    assert found == [
        (1, "azureml.core", "WORKS"),
        (2, "azureml.core.Experiment", "WORKS"),
        (2, "azureml.core.Workspace", "DIFFERS"),
        (3, "azureml.core.model.Model", "WORKS"),
        (4, "azureml.core.VERSION", "DIFFERS"),
        (5, "Workspace.from_config", "DIFFERS"),
        (6, "Experiment.start_logging", "DIFFERS"),
        (7, "Run.log", "WORKS"),
        (8, "Run.register_model", "WORKS"),
        (9, "Model.download", "WORKS"),
        (10, "Model.deploy", "ABSENT"),
    ]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("with exp.start_logging() as run:\n    run.no_such()", (2, "Run.no_such", "ABSENT")),
        ("for run in exp.get_runs():\n    run.parent.no_such", (2, "Run.no_such", "ABSENT")),
        ("for i, run in enumerate(exp.get_runs()): run.no_such", (1, "Run.no_such", "ABSENT")),
        ("for name, e in ws.experiments.items(): e.no_such", (1, "Experiment.no_such", "ABSENT")),
        ("[r.no_such for r in exp.get_runs()]", (1, "Run.no_such", "ABSENT")),
        ("next(exp.get_runs()).no_such", (1, "Run.no_such", "ABSENT")),
        ("list(exp.get_runs())[0].no_such", (1, "Run.no_such", "ABSENT")),
        ("ws.experiments['a'].no_such", (1, "Experiment.no_such", "ABSENT")),
        ("def f(given: Run):\n    given.no_such", (2, "Run.no_such", "ABSENT")),
        ("given: Run = f()\ngiven.no_such", (2, "Run.no_such", "ABSENT")),
        ("if (run := exp.submit(c)): run.no_such", (1, "Run.no_such", "ABSENT")),
        ("x = lambda: exp.no_such", (1, "Experiment.no_such", "ABSENT")),
        ("ScriptRunConfig('.', resume_from=run)", (1, "ScriptRunConfig(resume_from)", "ABSENT")),
        ("AmlCompute(ws, 'c').attach(1)", (1, "AmlCompute.attach", "ABSENT")),
        ("HyperDriveRun(exp, 'x').no_such", (1, "HyperDriveRun.no_such", "ABSENT")),
        ("exp.submit(HyperDriveConfig()).get_hyperparameters", (1, "HyperDriveRun.get_hyperparameters", "ABSENT")),
        ("for run in exp.get_runs(): run.get_graph", (1, "Run.get_graph", "ABSENT")),
        ("for run in exp.get_runs(): run.get_steps", (1, "Run.get_steps", "WORKS")),
        ("from azureml.dataprep import *", (1, "azureml.dataprep", "ABSENT")),
        ("from azureml.core import NoSuch", (1, "azureml.core.NoSuch", "ABSENT")),
        ("import azureml.opendatasets", (1, "azureml.opendatasets", "ABSENT")),
    ],
)
def test_values_are_followed(tmp_path: Path, code: str, expected: tuple[int, str, str]) -> None:
    head = (
        "from azureml.train.hyperdrive.runconfig import HyperDriveConfig;"
        " from azureml.core import *\nfrom azureml.core.compute import AmlCompute\n"
        "from azureml.train.hyperdrive.run import HyperDriveRun\nws = Workspace.from_config()\n"
        "exp = Experiment(ws, 'a')\n"
    )
    found = [(line - 5, name, verdict) for line, name, verdict in checked(tmp_path, head + code)]
    assert expected in found
    assert len(found) == len(set(found))


def test_what_is_no_business_of_the_original(tmp_path: Path) -> None:
    code = """\
        import numpy as np
        from azure.ai.ml import MLClient
        from .azureml import Run
        from azureml.core import Environment, ScriptRunConfig
        np.no_such
        Run.no_such
        env = Environment("a")
        env.python.anything = 3
        config = ScriptRunConfig(".", resume_from=None)
        config.run_config.target = "local"
    """
    assert {verdict for _, _, verdict in checked(tmp_path, code)} == {"WORKS"}


def test_names_of_a_star_count_where_they_are_used(tmp_path: Path) -> None:
    found = checked(tmp_path, "from azureml.train.hyperdrive import *\nHyperDriveConfig(policy=BanditPolicy())\n")
    assert found == [
        (2, "azureml.train.hyperdrive.HyperDriveConfig", "ABSENT"),
        (2, "azureml.train.hyperdrive.BanditPolicy", "WORKS"),
    ]


def test_cells_share_names_and_magics_are_passed_over(tmp_path: Path) -> None:
    path = notebook(
        tmp_path / "a.ipynb",
        "%matplotlib inline\n!pip install x\nfrom azureml.core import Run\nrun = Run.get_context()\nrun?",
        "%%time\nrun.no_such",
        "%%writefile train.py\nfrom azureml.core import Webservice\nrun.other_file",
        "%%bash\nrun.nothing ] [",
        "files = !ls\nrun.log('a', 1)",
    )
    report = check([path])
    assert report.unread == ()
    assert [(use.place.partition(":")[2], use.name) for use in report.uses] == [
        ("cell 2:3", "azureml.core.Run"),
        ("cell 2:4", "Run.get_context"),
        ("cell 3:2", "Run.no_such"),
        ("cell 4:2", "azureml.core.Webservice"),
        ("cell 6:2", "Run.log"),
    ]


def test_folders_and_what_cannot_be_read(tmp_path: Path) -> None:
    for folder in (".venv", "node_modules", "deep"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.py").write_text("from azureml.core import Run")
    (tmp_path / "old.py").write_text("x = 1\nprint 'python 2'\n")
    (tmp_path / "bytes.py").write_bytes(b"\xff\xfe")
    (tmp_path / "odd.ipynb").write_text("[]")
    (tmp_path / "notes.txt").write_text("azureml")
    report = check([tmp_path])
    assert report.files == 4
    assert [use.place for use in report.uses] == [f"{tmp_path}/deep/a.py:1"]
    assert {Path(unread.place).name for unread in report.unread} == {"old.py:2", "bytes.py", "odd.ipynb"}
    for missing in ("nowhere.py", "notes.txt"):
        with pytest.raises(UserErrorException):
            check([tmp_path / missing])


def test_a_report_counts(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("from azureml.core import Run, Webservice")
    report = check([tmp_path])
    assert isinstance(report, Report)
    assert [len(report.of(verdict)) for verdict in Verdict] == [1, 0, 1]
