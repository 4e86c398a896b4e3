"""``runwatch azureml check``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Cli


def test_what_works_and_what_does_not(cli: Cli, tmp_path: Path) -> None:
    good = tmp_path / "good.py"
    good.write_text("from azureml.core import Run, Workspace\n")
    answer = cli("azureml", "check", str(good))
    assert answer.code == 0
    assert answer.lines == [
        f"{good}:1: azureml.core.Workspace works differently: it is a folder on this machine, or a server of Runwatch; "
        "Azure is never asked",
        "1 file, 2 uses of the Azure ML SDK: 1 works, 1 works differently, 0 not supported.",
    ]
    assert len(cli("azureml", "check", "--all", str(good)).lines) == 3
    (tmp_path / "bad.py").write_text("from azureml.core import Webservice\n")
    answer = cli("azureml", "check", str(tmp_path), "--json")
    assert answer.code == 1
    document = json.loads(answer.out)
    assert (document["files"], document["works"], document["differs"], document["absent"]) == (2, 1, 1, 1)
    assert document["uses"][0]["verdict"] == "not supported"


def test_what_cannot_be_read_is_told(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text("print 'x'\n")
    answer = cli("azureml", "check", str(tmp_path))
    assert (answer.code, answer.lines[0].endswith("old.py:1: not read: it is no Python of this version")) == (1, True)
    assert cli("azureml", "check", str(tmp_path / "nowhere")).code == 1


def test_the_doctor_sees_whose_names_are_imported(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def findings() -> dict[str, str]:
        found = json.loads(cli("doctor", "--json").out)["findings"]
        return {each["subject"]: each["level"] for each in found}

    installed = tmp_path / "installed"
    (installed / "runwatch_azureml-0.1.0.dist-info").mkdir(parents=True)
    (installed / "runwatch_azureml-0.1.0.dist-info" / "METADATA").write_text("Name: runwatch-azureml\nVersion: 0.1.0\n")
    monkeypatch.syspath_prepend(str(installed))
    for name in [name for name in sys.modules if name.partition(".")[0] == "azureml"]:
        monkeypatch.delitem(sys.modules, name)
    (installed / "azureml").mkdir()
    (installed / "azureml" / "__init__.py").write_text("raise ImportError('the original')\n")
    assert findings()["azureml"] == "problem"
    (installed / "azureml" / "_guard.py").write_text("")
    assert findings()["azureml"] == "ok"
