"""``runwatch azureml check``."""

from __future__ import annotations

import json
from pathlib import Path

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
