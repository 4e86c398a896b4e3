"""``runwatch import azureml``, beside ``runwatch import PATH``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.cli.conftest import Cli, Maker
from tests.unit.importers.azureml.scene import RUN_ID, put, run_folder


def test_a_folder_comes_in_once(cli: Cli, tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "kept")
    workspace = str(tmp_path / "new")
    dry = cli("-w", workspace, "import", "azureml", "--dry-run", str(folder))
    assert dry.lines == [f"{RUN_ID}  would be imported  digits, Completed, 6 metrics, 6 files, 1.0 KiB"]
    assert not Path(workspace).exists()
    words = [cli("-w", workspace, "import", "azureml", str(folder)).lines[0].split("  ")[1] for _ in range(2)]
    assert words == ["imported", "already there"]
    assert [run["status"] for run in cli("-w", workspace, "runs", "--json").json["runs"]] == ["Completed"]


def test_what_is_not_understood_is_told(cli: Cli, tmp_path: Path) -> None:
    put(tmp_path / "tree", {"a/outputs/x": "x", "b/outputs/x": "x", "notes.md": "x", "b.json": '{"runId": '})
    answer = cli("-w", str(tmp_path / "new"), "import", "azureml", str(tmp_path / "tree"))
    assert answer.code == 1
    assert [line.split("  ")[:2] for line in answer.lines[:2]] == [["a", "imported"], ["b", "imported"]]
    assert (
        answer.lines[2]
        == f"{tmp_path}/tree/b.json: not understood: 'b.json' is no JSON that can be read. It is kept as a file."
    )


def test_json(cli: Cli, tmp_path: Path) -> None:
    folder = run_folder(tmp_path / "kept")
    for words in (("import", "--json", "azureml"), ("--json", "import", "azureml"), ("import", "azureml", "--json")):
        answer = cli("-w", str(tmp_path / "new"), *words, str(folder), "-e", "old").json
        assert [(run["run_id"], run["experiment"]) for run in answer["runs"]] == [(RUN_ID, "old")]
        assert (answer["dry_run"], answer["unread"]) == (False, [])


def test_nothing_or_too_much_is_named(cli: Cli, tmp_path: Path) -> None:
    assert cli("import", "azureml").code == 1
    assert cli("import", "azureml", str(tmp_path), "--tracking-uri", "http://127.0.0.1:1").code == 1


@pytest.mark.parametrize(
    "words", [("import",), ("import", "archive"), ("import", "--no-color"), ("import", "--as-new")]
)
def test_an_archive_needs_no_word(cli: Cli, digits: Maker, tmp_path: Path, words: tuple[str, ...]) -> None:
    cli("export", "gamma", "-o", "azureml")
    answer = cli("-w", str(tmp_path / "new"), *words, "./azureml", "--json")
    assert len(answer.json["imported"]["run_ids"]) == 1


def test_help(cli: Cli) -> None:
    assert "azureml" in cli("import", "--help").out
    assert "--as-new" in cli("import", "archive", "--help").out
    assert "--tracking-uri" in cli("import", "azureml", "--help").out
