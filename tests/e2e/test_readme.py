"""The README's examples do what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"RUNWATCH_WORKSPACE": str(folder / "workspace"), "NO_COLOR": "1", "COLUMNS": "100"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_the_python_examples_run_as_they_stand(tmp_path: Path) -> None:
    examples = blocks("python")
    assert examples
    for number, code in enumerate(examples):
        script = tmp_path / f"example{number}.py"
        script.write_text(code, encoding="utf-8")
        done = run([sys.executable, str(script)], tmp_path)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
    assert float(done.stdout.splitlines()[-1]) < 0.2  # the least loss of twenty epochs

    shell = Path(sys.executable).parent / "runwatch"
    listed = run([str(shell), "runs", "--columns", "loss.min,loss.last"], tmp_path)
    assert listed.returncode == 0, listed.stderr
    assert "first-steps" in listed.stdout
    assert "Completed" in listed.stdout


def test_the_commands_it_names_exist() -> None:
    named = set(re.findall(r"^make (\w+)", README, flags=re.MULTILINE))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert named
    assert all(re.search(rf"^{target}:", makefile, flags=re.MULTILINE) for target in named)


def test_its_links_lead_somewhere() -> None:
    targets = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert targets
    assert [link for link in targets if not (ROOT / link).exists()] == []


def test_the_map_names_what_is_there() -> None:
    folders = re.findall(r"^\| `([\w/]+)` \|", README, flags=re.MULTILINE)
    assert len(folders) > 5
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []
